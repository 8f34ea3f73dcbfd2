/**
 * One message of a contact on its way to a user. It ends in the SIP side's success or in an error stanza to its sender, never in
 * silence [D11]: policy, what kind of message it is, where it was before, what it is in SIP, and then in order for each pair.
 */
import type { ContactAction } from '../config/contact-rules.ts';
import { type Result, refuse } from '../primitives/result.ts';
import type { Addressed } from './addressed.ts';
import type { Crossing, SipDelivery, SipOutcome } from './crossing.ts';
import { deliveryOf } from './delivery-of-stanza.ts';
import { type DispositionParts, tellArrived, tellFailed } from './dispositions.ts';
import type { LinkEnds } from './link-ends.ts';
import { loopDetected } from './loop-log.ts';
import { admitMessage, dropped, isReturned } from './message-admission.ts';
import { messageDelivered } from './message-delivered.ts';
import type { OrderedDeliveries } from './ordered-deliveries.ts';
import { admitContact, type ContactStanding } from './policy/contacts.ts';
import type { MessageQueue } from './queue/message-queue.ts';
import { receiptAfter } from './receipts.ts';
import type { Trail } from './sip/trail.ts';
import { type AddressFailure, answerStanza, notAdmitted, returnStanza } from './stanza-answer.ts';
import { type Arrow, handover } from './trace/handover.ts';
import { stanzaFailureOf } from './translation/failure.ts';
import { receivedId } from './translation/receipt.ts';
import { stanzaFailureOfOutcome } from './translation/refused-outcome.ts';
import { trailOfStanza } from './translation/stanza-trail.ts';
import type { Handled } from './xmpp/stanza.ts';
import { type StanzaError, stanzaError } from './xmpp/stanza-error.ts';
import { childOf, type Element } from './xmpp/xml/element.ts';

export interface MessageToUser {
  readonly stanza: Element;
  readonly addressed: Addressed;
}

export interface ToUserParts extends DispositionParts {
  readonly deliveries: OrderedDeliveries;
  /** What our user has said of the contact. */
  readonly presence: { standingOf(ends: LinkEnds): ContactStanding };
  /** For answers that a contact has to get although the stream is gone. */
  readonly queue: Pick<MessageQueue, 'keep'>;
}

/** Settles with the SIP side's final response, or with the error on its way to the sender. */
export function sendToUser(crossing: Crossing, parts: ToUserParts, message: MessageToUser): Handled {
  const { stanza, addressed } = message;
  if (stanza.attributes['type'] === 'error') return tellFailed(crossing, parts, message);
  const back = (failure: AddressFailure): Handled => returned(crossing, parts, message, failure);
  const admitted = admit(crossing, parts, message);
  if (!admitted.ok) return back(admitted.error);
  if (admitted.value === 'drop') return crossing.onEvent(dropped(addressed));
  if (receivedId(stanza) !== undefined) return tellArrived(crossing, parts, message);
  const trail = passed(crossing, message);
  if (!trail.ok) return isAnswered(stanza) ? back(trail.error) : undefined;
  const delivery = deliveryOf(stanza, addressed, trail.value);
  if (!delivery.ok) return back(delivery.error);
  return delivery.value === undefined ? undefined : deliver(crossing, parts, message, delivery.value);
}

const returned = (
  crossing: Crossing,
  parts: ToUserParts,
  { stanza, addressed }: MessageToUser,
  failure: AddressFailure,
): Handled => returnStanza(crossing, parts.queue, stanza, { ...failure, ...addressed });

/** Policy before anything is said of the stanza itself: that would tell users from addresses that do not exist. */
function admit(
  crossing: Crossing,
  parts: ToUserParts,
  { stanza, addressed }: MessageToUser,
): Result<'deliver' | 'drop', AddressFailure> {
  const { userAor, contactAor } = addressed;
  const standing = parts.presence.standingOf(addressed);
  const act = { action: actionOf(stanza), direction: 'FromContact', userAor, contactAor, standing } as const;
  const allowed = admitContact(crossing.configuration(), act, crossing.clock.wallTime());
  return allowed.ok ? admitMessage(stanza) : refuse(notAdmitted(allowed.error));
}

const actionOf = (message: Element): ContactAction => {
  if (childOf(message, 'body', message.namespace) !== undefined) return 'SendIm';
  return receivedId(message) === undefined ? 'SendTyping' : 'SendReceipt';
};

function passed(crossing: Crossing, { stanza, addressed }: MessageToUser): Result<Trail, StanzaError> {
  const ends = { from: addressed.contactAor, to: addressed.userAor };
  const trail = crossing.loops.passed(trailOfStanza(stanza), ends);
  if (trail.ok) return trail;
  crossing.onEvent(loopDetected('xmpp', ends, trail.error));
  return refuse(stanzaFailureOf(trail.error.status, trail.error.reason));
}

/** After what the same contact has sent the same user before. */
function deliver(crossing: Crossing, parts: ToUserParts, message: MessageToUser, carried: SipDelivery): Handled {
  const { contact, userJid, partnerDomain, correlationId } = message.addressed;
  const since = crossing.clock.now();
  const about = { pair: `${contact} ${userJid}`, partnerDomain, bytes: carried.body.length };
  return new Promise((resolve) => {
    const busy = parts.deliveries.run(about, async () => {
      crossing.onTrace(handover(correlationId, 'sip', toUser(message.addressed, 'MESSAGE')));
      const outcome = await crossing.toSip(carried);
      if (outcome.status < 300)
        crossing.onEvent(messageDelivered('XmppToSip', message.addressed, crossing.clock.now() - since));
      resolve(concluded(crossing, parts, message, outcome));
      void answerStanza(crossing, parts.queue, receiptAfter(crossing, message, outcome), correlationId);
    });
    if (busy !== undefined) resolve(returned(crossing, parts, message, stanzaError('resource-constraint')));
  });
}

function concluded(crossing: Crossing, parts: ToUserParts, message: MessageToUser, outcome: SipOutcome): Handled {
  const { stanza, addressed } = message;
  const { status, reason } = outcome;
  const answered = { ...toUser(addressed, `${status} ${reason}`), from: addressed.userAor, to: 'gateway' };
  crossing.onTrace(handover(addressed.correlationId, 'sip', answered));
  if (status < 300 || !isAnswered(stanza)) return undefined;
  return returned(crossing, parts, message, stanzaFailureOfOutcome(outcome));
}

/** A typing notice that its client does not understand is nobody's loss [RFC 3994 §3.3]. */
const isAnswered = (message: Element): boolean =>
  childOf(message, 'body', message.namespace) !== undefined && isReturned(message);

const toUser = ({ userAor }: Addressed, label: string): Arrow => ({
  from: 'gateway',
  to: userAor,
  label,
  subject: 'Im',
});
