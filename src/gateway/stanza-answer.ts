/**
 * What goes back to a contact's server: answers, and stanzas that return to their sender with an error. An error for a message
 * is kept on disk while the server is away: nobody but us knows that the message came to nothing.
 */
import { correlationId as newCorrelationId } from '../primitives/ids.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { Crossing } from './crossing.ts';
import type { ContactRefused } from './policy/contacts.ts';
import type { MessageQueue } from './queue/message-queue.ts';
import { stanzaErrorOf } from './refusal-answer.ts';
import { exchangeOfStanza } from './trace/exchange.ts';
import { type Arrow, handover } from './trace/handover.ts';
import { labelOf, subjectOf } from './trace/stanza-note.ts';
import { receivedId } from './translation/receipt.ts';
import { mayPass } from './xmpp/delivery.ts';
import { bareJid, parseJid, printJid } from './xmpp/jid.ts';
import type { Handled } from './xmpp/stanza.ts';
import { errorReply, type StanzaError } from './xmpp/stanza-error.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface AddressFailure extends StanzaError {
  readonly refusal?: ContactRefused;
}

export const notAdmitted = (refusal: ContactRefused): AddressFailure => ({ ...stanzaErrorOf(refusal), refusal });

export interface Returned extends AddressFailure {
  readonly correlationId: string;
}

type Queue = Pick<MessageQueue, 'keep'>;

/** Settles when the error is on its way, or kept. Nothing where no error may answer [RFC 6120 §8.3.1, XEP-0184]. */
export function returnStanza(crossing: Crossing, queue: Queue, stanza: Element, failure: Returned): Handled {
  crossing.onEvent(refused(stanza, failure));
  const isReceipt = stanza.name === 'message' && receivedId(stanza) !== undefined;
  const reply = isReceipt ? undefined : errorReply(stanza, failure);
  return answerStanza(crossing, queue, reply, failure.correlationId);
}

export function answerStanza(crossing: Crossing, queue: Queue, reply: Element | undefined, id: string): Handled {
  if (reply === undefined) return undefined;
  const { to = '' } = reply.attributes;
  crossing.onTrace(handover(id, 'xmpp', { from: 'gateway', to, ...tracedAs(reply) }));
  return crossing.toXmpp(reply).then(async (delivery) => {
    if (delivery.ok) return undefined;
    const isWaitedFor = isErrorForMessage(reply) && mayPass(delivery);
    if (isWaitedFor && (await keepError(crossing, queue, reply, id))) return undefined;
    const message = `An answer to ${to} could not be sent: ${delivery.reason}`;
    crossing.onEvent({ id: 'AnswerNotDelivered', level: 'warn', component: 'xmpp', message, correlationId: id });
    return isWaitedFor ? 'unanswered' : undefined;
  });
}

const isErrorForMessage = ({ name, attributes: { type } }: Element): boolean => name === 'message' && type === 'error';

/** Keeps an error for a message until its server is there. @returns Whether it will survive a crash. */
export async function keepError(
  { clock, ids }: Pick<Crossing, 'clock' | 'ids'>,
  queue: Queue,
  reply: Element,
  correlationId = newCorrelationId(clock.wallTime(), ids),
): Promise<boolean> {
  const { from = '', to = '' } = reply.attributes as Readonly<Record<string, string | undefined>>;
  const [sender, recipient] = [parseJid(from), parseJid(to)];
  if (!isErrorForMessage(reply) || !sender.ok || !recipient.ok) return false;
  return queue.keep({
    stanza: reply,
    from: printJid(bareJid(sender.value)),
    to: printJid(bareJid(recipient.value)),
    partnerDomain: recipient.value.domainpart,
    correlationId,
    since: clock.wallTime(),
  });
}

export function refused({ attributes }: Element, failure: Returned): LogEvent {
  const { from = '', to = '' } = attributes;
  return {
    id: 'StanzaRefused',
    level: failure.refusal === undefined ? 'info' : 'warn',
    component: failure.refusal === undefined ? 'sip' : 'policy',
    message: `${from} to ${to}: ${failure.condition}${failure.refusal === undefined ? '' : `, ${failure.refusal.reason}`}`,
    correlationId: failure.correlationId,
    facts: { from, to, condition: failure.condition, gate: failure.refusal?.gate, fix: failure.refusal?.fix },
  };
}

export const tracedAs = (stanza: Element): Pick<Arrow, 'label' | 'subject' | 'exchange'> => ({
  label: labelOf(stanza),
  subject: subjectOf(stanza),
  exchange: exchangeOfStanza(stanza),
});
