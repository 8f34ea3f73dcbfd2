/**
 * One message of a SIP user on its way to a partner, and the final response that tells the truth of it: 202 once the partner
 * has acknowledged it, or an authenticated stream has taken it where nobody acknowledges, or it is on disk while the partner
 * is away; else the mapped error, before the client gives up by itself [D11, RFC 3261 §17.1.2.2].
 */
import type { Clock } from '../primitives/clock.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { TraceNote } from '../primitives/trace-step.ts';
import type { Crossing } from './crossing.ts';
import { messageDelivered } from './message-delivered.ts';
import type { DoubtfulMessage, DoubtfulMessages } from './queue/doubtful-messages.ts';
import type { MessageQueue } from './queue/message-queue.ts';
import { holdMs } from './queue/queue-limits.ts';
import type { SentMessage, SentMessages } from './sent-messages.ts';
import type { DispositionAsked } from './sip/bodies/imdn.ts';
import { exchangeOfStanza } from './trace/exchange.ts';
import { handover } from './trace/handover.ts';
import { labelOf } from './trace/stanza-note.ts';
import { retryAfterSeconds, type SipFailure, sipFailureOf } from './translation/failure.ts';
import type { Delivery } from './xmpp/delivery.ts';
import { awaitsAcknowledgement } from './xmpp/lost-stanzas.ts';
import { stanzaError } from './xmpp/stanza-error.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface MessageToPartner {
  readonly stanza: Element;
  readonly correlationId: string;
  /** Bare JIDs. */
  readonly from: string;
  readonly to: string;
  readonly partnerDomain: string;
  /** The SIP user, `sip:user@domain`, and what he asked to be told of it. */
  readonly sender: string;
  readonly disposition?: DispositionAsked | undefined;
  /** When it came, on the monotonic clock. */
  readonly since: number;
  /** False: whoever sent it wants to know now. */
  readonly mayWait: boolean;
  /** Nobody wants it any more then. */
  readonly expires?: Date | undefined;
}

export interface ToPartnerParts {
  readonly queue: Pick<MessageQueue, 'keep' | 'holds'>;
  readonly sent: SentMessages;
  readonly doubts: Pick<DoubtfulMessages, 'remember'>;
}

/** Milliseconds in which the sender has his answer. Below SIP Timer F, 32 s. Source: as long as a stanza may wait for a stream. */
const answerMs = 30_000;

const accepted: SipFailure = { status: 202, reason: 'Accepted' };
const queued: SipFailure = { status: 202, reason: 'Queued' };
export const tooManyWaiting: SipFailure = {
  status: 500,
  reason: 'Too Many Messages Waiting',
  headers: [['Retry-After', String(retryAfterSeconds)]],
};

/** @returns The final response. */
export async function sendToPartner(
  crossing: Crossing,
  parts: ToPartnerParts,
  message: MessageToPartner,
): Promise<SipFailure> {
  const { clock } = crossing;
  const { stanza, to, since } = message;
  const mayWait = message.mayWait && awaitsAcknowledgement(stanza);
  if (mayWait && parts.queue.holds(message)) return (await keep(crossing, parts, message)) ? queued : tooManyWaiting;
  const left = answerMs - (clock.now() - since);
  if (left <= 0) return sipFailureOf(stanzaError('remote-server-timeout'));

  const id = stanza.attributes['id'] ?? '';
  if (id !== '') parts.sent.remember(id, sentOf(message));
  crossing.onTrace(leaving(message));
  const attempt = crossing.toXmpp(stanza, left);
  const answered = mayWait ? await waited(crossing, parts, message, attempt) : await attempt;
  if (answered === 'kept') return queued;
  if (answered.ok) return delivered(crossing, parts, message, answered);
  parts.sent.take(id, to);
  crossing.onEvent(notDelivered(message, answered));
  return sipFailureOf(answered.error);
}

/** What becomes of the attempt; or `kept`, where that takes longer than its sender shall wait, or came to nothing for now. */
async function waited(
  crossing: Crossing,
  parts: ToPartnerParts,
  message: MessageToPartner,
  attempt: Promise<Delivery>,
): Promise<Delivery | 'kept'> {
  const { clock } = crossing;
  const held = await within(clock, attempt, holdMs - (clock.now() - message.since));
  if (held === undefined && (await keep(crossing, parts, message, attempt))) return 'kept';
  const delivery = held ?? (await attempt);
  const isPassing = !delivery.ok && delivery.isPassing === true;
  return isPassing && (await keep(crossing, parts, message)) ? 'kept' : delivery;
}

async function delivered(
  { clock, onEvent }: Crossing,
  { doubts }: ToPartnerParts,
  message: MessageToPartner,
  { acknowledged }: Extract<Delivery, { ok: true }>,
): Promise<SipFailure> {
  if (!acknowledged && awaitsAcknowledgement(message.stanza)) await doubts.remember(doubtful(message));
  onEvent(messageDelivered('SipToXmpp', message, clock.now() - message.since));
  return accepted;
}

const leaving = ({ stanza, correlationId, to }: MessageToPartner): TraceNote =>
  handover(correlationId, 'xmpp', {
    from: 'gateway',
    to,
    label: labelOf(stanza),
    subject: 'Im',
    exchange: exchangeOfStanza(stanza),
  });

const doubtful = ({ stanza, from, to, correlationId, sender, disposition }: MessageToPartner): DoubtfulMessage => ({
  id: stanza.attributes['id'] ?? '',
  from,
  to,
  correlationId,
  sender,
  disposition,
});

const sentOf = ({ sender, to, correlationId, disposition }: MessageToPartner): SentMessage => ({
  sender,
  contact: to,
  correlationId,
  disposition,
});

async function keep(
  { clock, onEvent }: Crossing,
  { queue }: ToPartnerParts,
  message: MessageToPartner,
  attempt?: Promise<Delivery>,
): Promise<boolean> {
  const { stanza, from, to, partnerDomain, correlationId, sender, disposition, expires } = message;
  const since = new Date(clock.wallTime().getTime() - (clock.now() - message.since));
  const about = { stanza, from, to, partnerDomain, correlationId, since };
  const isKept = await queue.keep({ ...about, for: { sender, disposition }, expires }, attempt);
  if (isKept) onEvent(queuedEvent(message));
  return isKept;
}

/** Undefined: it takes longer. */
function within<T>(clock: Clock, promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(Math.max(ms, 0), () => resolve(undefined));
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}

const queuedEvent = ({ sender, to, correlationId, partnerDomain }: MessageToPartner): LogEvent => ({
  id: 'MessageQueued',
  level: 'info',
  component: 'xmpp',
  message: `${partnerDomain} is away: a message of ${sender} to ${to} waits for it`,
  correlationId,
  facts: { partner: partnerDomain },
});

const notDelivered = (
  { sender, to, correlationId, partnerDomain }: MessageToPartner,
  { error, reason }: Extract<Delivery, { ok: false }>,
): LogEvent => ({
  id: 'MessageNotDelivered',
  level: 'warn',
  component: 'xmpp',
  message: `${sender} could not reach ${to}: ${reason}`,
  correlationId,
  facts: { partner: partnerDomain, condition: error.condition, reason },
});
