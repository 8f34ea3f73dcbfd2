/**
 * Stanzas whose stream was lost before the peer acknowledged them, XEP-0198 §5: in doubt, since the peer may have them.
 * Messages are sent again under the same id and with the time they were meant for, so that a peer which knows them already can
 * tell; presence only as it is now; requests are returned, and a notice that somebody types is nobody's loss.
 */
import type { DomainName } from '../../primitives/domain-name.ts';
import { printDomainpart } from './jid.ts';
import { namespaces } from './namespaces.ts';
import { childElements, childOf, type Element, element } from './xml/element.ts';

/** Whether it counts as delivered only once the peer acknowledged it: an error for a message too, since it is the last word of it. Other answers and presence are not waited for. */
export function awaitsAcknowledgement(stanza: Element): boolean {
  const { type } = stanza.attributes;
  if (stanza.name === 'iq') return type === 'get' || type === 'set';
  return stanza.name === 'message' && !isTypingNotice(stanza);
}

/** @param later - What was sent or waits behind it, for the same domain pair. */
export function fateOf(stanza: Element, later: readonly Element[]): 'resend' | 'drop' | 'return' {
  if (stanza.name === 'iq') return 'return';
  if (stanza.name === 'presence') return later.some((other) => supersedes(other, stanza)) ? 'drop' : 'resend';
  return isTypingNotice(stanza) ? 'drop' : 'resend';
}

/** The message with the time at which it was to be sent [XEP-0203 §2]; what is delayed already keeps its time. */
export function delayed(stanza: Element, from: DomainName, sent: Date): Element {
  if (stanza.name !== 'message' || childOf(stanza, 'delay', namespaces.delay) !== undefined) return stanza;
  const delay = element('delay', namespaces.delay, { from: printDomainpart(from), stamp: sent.toISOString() });
  return { ...stanza, children: [...stanza.children, delay] };
}

function isTypingNotice(stanza: Element): boolean {
  return (
    childOf(stanza, 'body', stanza.namespace) === undefined &&
    childElements(stanza).some(({ namespace }) => namespace === namespaces.chatStates)
  );
}

/** Only the availability of the same sender; subscriptions are steps, and each of them counts. */
function supersedes(other: Element, stanza: Element): boolean {
  if (other.name !== 'presence' || !isAvailability(other) || !isAvailability(stanza)) return false;
  return ['from', 'to'].every((name) => other.attributes[name] === stanza.attributes[name]);
}

const isAvailability = ({ attributes: { type } }: Element): boolean => type === undefined || type === 'unavailable';
