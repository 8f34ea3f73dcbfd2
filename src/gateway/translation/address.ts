/**
 * One person on either side: `sip:user@domain` and `local@domain` [RFC 7247 §6], with the whole of XEP-0106, since a
 * decoded user part may hold what a localpart may not. Resources and GRUUs do not cross: From and To are bare.
 */
import { domainToASCII } from 'node:url';

import { ok, type Result, refuse } from '../../primitives/result.ts';
import { decodedUser, escapeUser, type SipUri } from '../sip/sip-uri.ts';
import { escapeLocalpart, type Jid, parseJid, unescapeLocalpart } from '../xmpp/jid.ts';

/**
 * The address of record of a JID.
 *
 * @returns A refusal for a JID without a localpart, which is no person, and for one that hides control characters.
 */
export function jidToAor(jid: Jid): Result<string, string> {
  const known = aors.get(jid);
  if (known !== undefined) return known;
  const aor = aorOf(jid);
  aors.set(jid, aor);
  return aor;
}

/** Kept with the address: each message asks several times. */
const aors = new WeakMap<Jid, Result<string, string>>();

function aorOf(jid: Jid): Result<string, string> {
  if (jid.localpart === undefined) return refuse('a domain is not a person');
  const user = unescapeLocalpart(jid.localpart);
  if (/[\u0000-\u001f\u007f-\u009f]/.test(user)) return refuse('the localpart hides a control character');
  return ok(`sip:${escapeUser(user)}@${jid.domainpart}`);
}

/** Whether it is a telephone number in the form of an address [RFC 3261 §19.1.6]: nobody in XMPP has one. */
export const isNumber = ({ parameters }: SipUri): boolean => parameters.get('user')?.toLowerCase() === 'phone';

/**
 * The bare JID of a SIP URI. The user part is folded to lower case, as XMPP compares localparts without case.
 *
 * @returns A refusal for a URI without a user part, for escapes that hide control characters, and for what is no JID.
 */
export function sipUriToJid(uri: SipUri): Result<Jid, string> {
  const user = decodedUser(uri);
  if (!user.ok) return user;
  return parseJid(`${escapeLocalpart(user.value.toLowerCase())}@${domainToASCII(uri.host)}`);
}
