/** What a SIP user reads when a partner returns a message: a plain MESSAGE from the contact it did not reach. */
import { visibleText } from '../../primitives/visible-text.ts';
import type { HeaderField } from '../sip/headers.ts';
import { readStanzaError, type StanzaErrorCondition } from '../xmpp/stanza-error.ts';
import type { Element } from '../xmpp/xml/element.ts';

export interface UndeliveredNotice {
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
  const { condition, text: said = '', address = '' } = readStanzaError(stanza);
  const reason = reasons[condition];
  const fate = condition === 'remote-server-timeout' ? 'may not have been delivered' : 'was not delivered';
  const why = [reason, moved(address), quoted(said)].filter((part) => part !== undefined);
  const text = `Your message to ${contact} ${fate}${why.length === 0 ? '' : `: ${why.join('; ')}`}. (${condition})`;
  return { headers: [['Content-Type', 'text/plain;charset=UTF-8']], body: Buffer.from(text, 'utf8') };
}

/** Characters of what the other side adds. Source: own choice; a sentence. */
const maxAdded = 200;

const shown = (text: string): string => visibleText(text.trim().slice(0, maxAdded));

const moved = (address: string): string | undefined =>
  /^xmpp:[^\s]+$/i.test(address) ? `the user is at ${shown(address.slice('xmpp:'.length))} now` : undefined;

const quoted = (text: string): string | undefined => (text.trim() === '' ? undefined : `"${shown(text)}"`);
