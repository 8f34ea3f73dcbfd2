/** Presence of a contact that is no business of a presence link: the entry into a room, and presence for somebody who may not be reached. */
import type { ContactRefused } from './policy/contacts.ts';
import { stanzaErrorOf } from './refusal-answer.ts';
import { bareJid, parseJid, printJid } from './xmpp/jid.ts';
import { stanza as stanzaOf } from './xmpp/stanza.ts';
import { errorReply, type StanzaError, stanzaError } from './xmpp/stanza-error.ts';
import { childOf, type Element } from './xmpp/xml/element.ts';

const rooms = 'http://jabber.org/protocol/muc';

/** Available presence that asks to enter a room [XEP-0045 §7.2]. Not a state of the contact, and nothing to subscribe to. */
export const roomEntryProblem = (presence: Element): StanzaError | undefined =>
  presence.attributes['type'] === undefined && childOf(presence, 'x', rooms) !== undefined
    ? stanzaError('service-unavailable', 'There are no rooms here.')
    : undefined;

/**
 * The answer to presence that was refused: to a probe what everybody gets who may not see the user, `unsubscribed`; to
 * the request of a federated partner's contact why this user has no XMPP; and to anything else silence, so that nobody
 * learns which users exist [RFC 6121 §4.3.2, §8.5.1].
 */
export function answerToRefused(presence: Element, refusal?: ContactRefused): Element | undefined {
  const { type } = presence.attributes as { type?: string };
  if (type === 'subscribe' && refusal?.partner?.partnerType === 'Federated' && refusal.gate !== 'unknown-user')
    return errorReply(presence, stanzaErrorOf(refusal));
  const from = parseJid(presence.attributes['to'] ?? '');
  const to = parseJid(presence.attributes['from'] ?? '');
  if (type !== 'probe' || !from.ok || !to.ok) return undefined;
  const ends = { from: printJid(bareJid(from.value)), to: printJid(bareJid(to.value)) };
  return stanzaOf('presence', { ...ends, type: 'unsubscribed' });
}
