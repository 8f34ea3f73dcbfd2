/**
 * The stanza error for a refusal of the SIP side with all that it says of itself: what an IM filter refused is against a
 * policy, whoever has moved is somewhere else, and what may be tried again later is of type `wait`.
 */
import type { RefusalAdvice } from '../sip/refusal-advice.ts';
import { isFiltered, type RefusalDetails, refusalText } from '../sip/refusal-details.ts';
import { parseSipUri } from '../sip/sip-uri.ts';
import { printJid } from '../xmpp/jid.ts';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.ts';
import { sipUriToJid } from './address.ts';
import { stanzaFailureOf } from './failure.ts';
import { xmlText } from './xml-text.ts';

interface RefusedOutcome extends RefusalAdvice {
  /** 300 to 699. */
  readonly status: number;
  readonly reason: string;
  readonly details?: RefusalDetails | undefined;
}

/** The text is the reason phrase, and what the server has added to it: `Not Acceptable (16000: Blocked by the filter)`. */
export function stanzaFailureOfOutcome({ status, reason, details, movedTo, retryAfter }: RefusedOutcome): StanzaError {
  const added = details && refusalText(details);
  const text = xmlText(added === undefined ? reason : `${reason} (${added})`);
  if (isFiltered(status, details)) return stanzaError('policy-violation', text);
  const failure = stanzaFailureOf(status, text);
  const address = movedTo === undefined ? undefined : xmppUri(movedTo);
  return {
    ...failure,
    ...(retryAfter !== undefined && { type: 'wait' as const, text: `${text} (try again in ${retryAfter} s)` }),
    ...(address !== undefined && hasAddress.has(failure.condition) && { address }),
  };
}

const hasAddress: ReadonlySet<string> = new Set(['gone', 'redirect']);

function xmppUri(aor: string): string | undefined {
  const uri = parseSipUri(aor);
  const jid = uri.ok ? sipUriToJid(uri.value) : uri;
  // The characters that a localpart may have and a URI may not are escaped [RFC 5122 §2.2].
  return jid.ok ? `xmpp:${encodeURI(printJid(jid.value))}` : undefined;
}
