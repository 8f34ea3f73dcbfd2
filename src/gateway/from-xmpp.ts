/**
 * Every stanza of an XMPP partner: the one door for what streams have authenticated. Policy first, then translation,
 * then the SIP user. A message ends in the SIP side's success or in an error stanza to its sender, never in silence.
 */

import type { ContactAction } from '../config/contact-rules.ts';
import { correlationId } from '../primitives/ids.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { Addressed } from './addressed.ts';
import type { Crossing, SipOutcome } from './crossing.ts';
import { deliveryOf } from './delivery-of-stanza.ts';
import { type DispositionParts, tellArrived, tellFailed } from './dispositions.ts';
import { answerIq, type IqSurroundings } from './iq/iq-service.ts';
import type { LinkEnds } from './link-ends.ts';
import { loopDetected } from './loop-log.ts';
import { admitMessage, dropped, isReturned } from './message-admission.ts';
import { messageDelivered } from './message-delivered.ts';
import type { OrderedDeliveries } from './ordered-deliveries.ts';
import { admitContact, admitEnds, type ContactRefused, type ContactStanding } from './policy/contacts.ts';
import { answerToRefused, roomEntryProblem } from './presence-admission.ts';
import type { MessageQueue } from './queue/message-queue.ts';
import { receiptAfter } from './receipts.ts';
import { stanzaErrorOf } from './refusal-answer.ts';
import type { Trail } from './sip/trail.ts';
import { type AddressFailure, answerStanza, refused, returnStanza, tracedAs } from './stanza-answer.ts';
import { type Arrow, allowed as allowedBy, handover, mapped } from './trace/handover.ts';
import { jidToAor } from './translation/address.ts';
import { stanzaFailureOf } from './translation/failure.ts';
import { receivedId } from './translation/receipt.ts';
import { stanzaFailureOfOutcome } from './translation/refused-outcome.ts';
import { trailOfStanza } from './translation/stanza-trail.ts';
import { parseJid, printBareJid } from './xmpp/jid.ts';
import type { Handled } from './xmpp/stanza.ts';
import { type StanzaError, stanzaError } from './xmpp/stanza-error.ts';
import { childOf, type Element } from './xmpp/xml/element.ts';

export interface FromXmpp {
  /**
   * `stanza` is from an authenticated domain to one of ours; the stream layer has checked that. What is returned settles
   * with the SIP side's final response, or with the error on its way to the sender: then nothing can be lost any more.
   */
  receive(stanza: Element): Handled;
}

/** Presence has a room of its own. */
export interface PresenceDoor {
  receive(stanza: Element, addressed: Addressed): Handled;
  /** What our user has said of the contact. */
  standingOf(ends: LinkEnds): ContactStanding;
}

export interface FromXmppParts extends DispositionParts {
  readonly deliveries: OrderedDeliveries;
  readonly presence: PresenceDoor;
  /** For answers that a contact has to get although the stream is gone. */
  readonly queue: Pick<MessageQueue, 'keep'>;
}

export function fromXmpp(crossing: Crossing, parts: FromXmppParts): FromXmpp {
  return {
    receive(stanza) {
      const id = correlationId(crossing.clock.wallTime(), crossing.ids);
      const { from = '' } = stanza.attributes;
      crossing.onTrace(handover(id, 'xmpp', { from, to: 'gateway', ...tracedAs(stanza) }));
      if (stanza.name === 'iq')
        return answerStanza(crossing, parts.queue, answerIq(stanza, iqSurroundings(crossing)), id);

      const addressed = address(crossing, stanza, id);
      if (stanza.name === 'presence') return receivePresence(crossing, parts, { stanza, addressed, id });
      if (!addressed.ok) return returnStanza(crossing, parts.queue, stanza, { ...addressed.error, correlationId: id });
      return receiveMessage(crossing, parts, { stanza, addressed: addressed.value });
    },
  };
}

interface Received {
  readonly stanza: Element;
  readonly addressed: Addressed;
}

interface ReceivedPresence {
  readonly stanza: Element;
  readonly addressed: Result<Addressed, AddressFailure>;
  readonly id: string;
}

function receivePresence(
  crossing: Crossing,
  parts: FromXmppParts,
  { stanza, addressed, id }: ReceivedPresence,
): Handled {
  const roomEntry = roomEntryProblem(stanza);
  if (roomEntry !== undefined) return returnStanza(crossing, parts.queue, stanza, { ...roomEntry, correlationId: id });
  if (addressed.ok) return parts.presence.receive(stanza, addressed.value);
  crossing.onEvent(refused(stanza, { ...addressed.error, correlationId: id }));
  return answerStanza(crossing, parts.queue, answerToRefused(stanza, addressed.error.refusal), id);
}

function receiveMessage(crossing: Crossing, parts: FromXmppParts, { stanza, addressed }: Received): Handled {
  const { type } = stanza.attributes;
  if (type === 'error') return tellFailed(crossing, parts, { stanza, addressed });
  // Before anything is said of the stanza itself: that would tell users from addresses that do not exist.
  const { userAor, contactAor } = addressed;
  const standing = parts.presence.standingOf(addressed);
  const act = { action: actionOf(stanza), direction: 'FromContact', userAor, contactAor, standing } as const;
  const allowed = admitContact(crossing.configuration(), act, crossing.clock.wallTime());
  if (!allowed.ok)
    return returnStanza(crossing, parts.queue, stanza, { ...addressFailure(allowed.error), ...addressed });
  const admitted = admitMessage(stanza);
  if (!admitted.ok) return returnStanza(crossing, parts.queue, stanza, { ...admitted.error, ...addressed });
  if (admitted.value === 'drop') return crossing.onEvent(dropped(addressed));
  if (receivedId(stanza) !== undefined) return tellArrived(crossing, parts, { stanza, addressed });
  const trail = passed(crossing, { stanza, addressed });
  if (!trail.ok)
    return isAnswered(stanza)
      ? returnStanza(crossing, parts.queue, stanza, { ...trail.error, ...addressed })
      : undefined;
  const delivery = deliveryOf(stanza, addressed, trail.value);
  if (!delivery.ok) return returnStanza(crossing, parts.queue, stanza, { ...delivery.error, ...addressed });
  if (delivery.value === undefined) return;

  const carried = delivery.value;
  const since = crossing.clock.now();
  return new Promise((resolve) => {
    const { contact, userJid, partnerDomain } = addressed;
    const about = { pair: `${contact} ${userJid}`, partnerDomain, bytes: carried.body.length };
    const busy = parts.deliveries.run(about, async () => {
      crossing.onTrace(handover(addressed.correlationId, 'sip', toUser(addressed, 'MESSAGE')));
      const outcome = await crossing.toSip(carried);
      if (outcome.status < 300)
        crossing.onEvent(messageDelivered('XmppToSip', addressed, crossing.clock.now() - since));
      resolve(concluded(crossing, parts, { stanza, addressed }, outcome));
      void answerStanza(
        crossing,
        parts.queue,
        receiptAfter(crossing, { stanza, addressed }, outcome),
        addressed.correlationId,
      );
    });
    if (busy !== undefined)
      resolve(returnStanza(crossing, parts.queue, stanza, { ...stanzaError('resource-constraint'), ...addressed }));
  });
}

const actionOf = (message: Element): ContactAction => {
  if (childOf(message, 'body', message.namespace) !== undefined) return 'SendIm';
  return receivedId(message) === undefined ? 'SendTyping' : 'SendReceipt';
};

function concluded(
  crossing: Crossing,
  parts: FromXmppParts,
  { stanza, addressed }: Received,
  outcome: SipOutcome,
): Handled {
  const { status, reason } = outcome;
  const answered = { ...toUser(addressed, `${status} ${reason}`), from: addressed.userAor, to: 'gateway' };
  crossing.onTrace(handover(addressed.correlationId, 'sip', answered));
  if (status < 300) return;
  if (!isAnswered(stanza)) return;
  return returnStanza(crossing, parts.queue, stanza, { ...stanzaFailureOfOutcome(outcome), ...addressed });
}

/** A typing notice that its client does not understand is nobody's loss [RFC 3994 §3.3]. */
const isAnswered = (message: Element): boolean =>
  childOf(message, 'body', message.namespace) !== undefined && isReturned(message);

function passed(crossing: Crossing, { stanza, addressed }: Received): Result<Trail, StanzaError> {
  const ends = { from: addressed.contactAor, to: addressed.userAor };
  const trail = crossing.loops.passed(trailOfStanza(stanza), ends);
  if (trail.ok) return trail;
  crossing.onEvent(loopDetected('xmpp', ends, trail.error));
  return refuse(stanzaFailureOf(trail.error.status, trail.error.reason));
}

function address(crossing: Crossing, stanza: Element, id: string): Result<Addressed, AddressFailure> {
  const from = parseJid(stanza.attributes['from'] ?? '');
  const to = parseJid(stanza.attributes['to'] ?? '');
  if (!from.ok || !to.ok) return refuse(stanzaError('jid-malformed'));
  const [contactAor, userAor] = [jidToAor(from.value), jidToAor(to.value)];
  if (!contactAor.ok) return refuse(stanzaError('jid-malformed'));
  if (!userAor.ok) return refuse(stanzaError('service-unavailable'));

  const ends = { userAor: userAor.value, contactAor: contactAor.value };
  const admitted = admitEnds(crossing.configuration(), ends, crossing.clock.wallTime());
  if (!admitted.ok) return refuse(addressFailure(admitted.error));
  crossing.onTrace(allowedBy(id, admitted.value.identity, admitted.value.partnerType));
  crossing.onTrace(mapped(id, 'JID->SIP', contactAor.value));
  return ok({
    correlationId: id,
    contact: printBareJid(from.value),
    contactAor: contactAor.value,
    userJid: printBareJid(to.value),
    userAor: userAor.value,
    partnerDomain: from.value.domainpart,
  });
}

const addressFailure = (refusal: ContactRefused): AddressFailure => ({ ...stanzaErrorOf(refusal), refusal });

const iqSurroundings = (crossing: Crossing): IqSurroundings => ({
  contactAddresses: crossing.configuration().gateway.contactAddresses,
  now: crossing.clock.wallTime(),
});

const toUser = ({ userAor }: Addressed, label: string): Arrow => ({
  from: 'gateway',
  to: userAor,
  label,
  subject: 'Im',
});
