/** What a SIP user reads when a partner returns a message: a plain MESSAGE from the contact it did not reach. */
import type { HeaderField } from '../sip/headers.ts';
import { readStanzaError, type StanzaErrorCondition } from '../xmpp/stanza-error.ts';
import type { Element } from '../xmpp/xml/element.ts';

export interface UndeliveredNotice {
  /** The stanza error condition, or `undefined-condition`. */
  readonly condition: StanzaErrorCondition;
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
}

/** Why, in words for a person who knows neither protocol. Conditions without a row say only that it was not delivered. */
const reasons: Readonly<Partial<Record<StanzaErrorCondition, string>>> = {
  'item-not-found': 'there is no such user',
  'service-unavailable': 'the user cannot be reached now',
  'recipient-unavailable': 'the user cannot be reached now',
  'remote-server-not-found': 'the server of that domain cannot be found',
  'remote-server-timeout': 'the server of that domain does not answer',
  forbidden: 'the other side does not allow it',
  'not-allowed': 'the other side does not allow it',
  'not-authorized': 'the other side does not allow it',
  'policy-violation': 'the other side does not allow it',
  'subscription-required': 'the other side does not allow it',
  'resource-constraint': 'the other side is too busy',
};

/** @param contact - The bare JID the message was for. */
export function undeliveredNotice(stanza: Element, contact: string): UndeliveredNotice {
  const { condition } = readStanzaError(stanza);
  const reason = reasons[condition];
  const fate = condition === 'remote-server-timeout' ? 'may not have been delivered' : 'was not delivered';
  const text = `Your message to ${contact} ${fate}${reason === undefined ? '' : `: ${reason}`}. (${condition})`;
  return { condition, headers: [['Content-Type', 'text/plain;charset=UTF-8']], body: Buffer.from(text, 'utf8') };
}
