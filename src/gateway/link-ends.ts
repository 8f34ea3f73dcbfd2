/** One of our users and one contact, each in both worlds: what a presence link is known by. */
import { parseSipUri } from './sip/sip-uri.ts';
import { jidToAor, sipUriToJid } from './translation/address.ts';
import { domainpartOf, type Jid, parseJid, printJid } from './xmpp/jid.ts';

export interface LinkEnds {
  /** `sip:user@domain` and the same as a bare JID. */
  readonly userAor: string;
  readonly userJid: string;
  readonly contactAor: string;
  readonly contact: string;
}

/** Both ends in both worlds; nothing when one of them has no XMPP form. */
export function endsOf(userAor: string, contactAor: string): LinkEnds | undefined {
  const [user, contact] = [jidOf(userAor), jidOf(contactAor)];
  if (user === undefined || contact === undefined) return undefined;
  return { userAor, userJid: printJid(user), contactAor, contact: printJid(contact) };
}

/** As the configuration names it: A-labels, where the printed address has U-labels. */
export const domainOf = (jid: string): string => domainpartOf(jid) ?? jid;

/** Addresses that are spelled alike in both worlds: of most contacts there is nothing to work out. */
const plain = /^[a-z0-9._-]+@[a-z0-9.-]+$/;

/** The ends as policy names them, however the user's client has spelled the contact. */
export function policyEnds({ userAor, contactAor, contact }: LinkEnds): { userAor: string; contactAor: string } {
  if (plain.test(contact) && contactAor === `sip:${contact}`) return { userAor, contactAor };
  const jid = parseJid(contact);
  const canonical = jid.ok ? jidToAor(jid.value) : jid;
  return { userAor, contactAor: canonical.ok ? canonical.value : contactAor };
}

function jidOf(uri: string): Jid | undefined {
  const parsed = parseSipUri(uri);
  const jid = parsed.ok ? sipUriToJid(parsed.value) : undefined;
  return jid?.ok ? jid.value : undefined;
}
