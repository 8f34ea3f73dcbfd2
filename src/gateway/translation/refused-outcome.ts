/** The stanza error for a refusal of the SIP side with all that it says of itself: what an IM filter refused is against a policy. */
import { isFiltered, type RefusalDetails, refusalText } from '../sip/refusal-details.ts';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.ts';
import { stanzaFailureOf } from './failure.ts';
import { xmlText } from './xml-text.ts';

interface RefusedOutcome {
  /** 300 to 699. */
  readonly status: number;
  readonly reason: string;
  readonly details?: RefusalDetails | undefined;
}

/** The text is the reason phrase, and what the server has added to it: `Not Acceptable (16000: Blocked by the filter)`. */
export function stanzaFailureOfOutcome({ status, reason, details }: RefusedOutcome): StanzaError {
  const added = details && refusalText(details);
  const text = xmlText(added === undefined ? reason : `${reason} (${added})`);
  return isFiltered(status, details) ? stanzaError('policy-violation', text) : stanzaFailureOf(status, text);
}
