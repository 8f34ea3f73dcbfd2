/**
 * Every stanza of an XMPP partner: the one door for what streams have authenticated. Policy first, then translation,
 * then the SIP user. A message ends in the SIP side's success or in an error stanza to its sender, never in silence.
 */

import type { ContactAction } from '../config/contact-rules.ts';
import { correlationId } from '../primitives/ids.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { Addressed } from './addressed.ts';
import type { Crossing, SipOutcome } from './crossing.ts';
import { deliveryOf } from './delivery-of-stanza.ts';
import { tellArrived, tellFailed } from './dispositions.ts';
import { flow } from './flow.ts';
import { answerIq, type IqSurroundings } from './iq/iq-service.ts';
import type { LinkEnds } from './link-ends.ts';
import { loopDetected } from './loop-log.ts';
import { admitMessage, dropped, isReturned } from './message-admission.ts';
import { messageDelivered } from './message-delivered.ts';
import type { OrderedDeliveries } from './ordered-deliveries.ts';
import { admitContact, admitEnds, type ContactRefused, type ContactStanding } from './policy/contacts.ts';
import { answerToRefused, roomEntryProblem } from './presence-admission.ts';
import { receiptAfter } from './receipts.ts';
import { stanzaErrorOf } from './refusal-answer.ts';
import type { SentMessages } from './sent-messages.ts';
import type { Trail } from './sip/trail.ts';
import { jidToAor } from './translation/address.ts';
import { stanzaFailureOf } from './translation/failure.ts';
import { childText } from './translation/instant-message.ts';
import { receivedId } from './translation/receipt.ts';
import { stanzaFailureOfOutcome } from './translation/refused-outcome.ts';
import { trailOfStanza } from './translation/stanza-trail.ts';
import { chatStateOf } from './translation/typing.ts';
import { bareJid, parseJid, printJid } from './xmpp/jid.ts';
import type { Handled } from './xmpp/stanza.ts';
import { errorReply, type StanzaError, stanzaError } from './xmpp/stanza-error.ts';
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

interface Parts {
  readonly deliveries: OrderedDeliveries;
  readonly sent: SentMessages;
  readonly presence: PresenceDoor;
}

export function fromXmpp(crossing: Crossing, parts: Parts): FromXmpp {
  return {
    receive(stanza) {
      const id = correlationId(crossing.clock.wallTime(), crossing.ids);
      const { from = '' } = stanza.attributes;
      crossing.onEvent(flow(id, 'xmpp', { from, to: 'gateway', label: labelOf(stanza) }));
      if (stanza.name === 'iq') return answer(crossing, answerIq(stanza, iqSurroundings(crossing)));

      const addressed = address(crossing, stanza, id);
      if (stanza.name === 'presence') return receivePresence(crossing, parts, { stanza, addressed, id });
      if (!addressed.ok) return bounce(crossing, stanza, { ...addressed.error, correlationId: id });
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

function receivePresence(crossing: Crossing, parts: Parts, { stanza, addressed, id }: ReceivedPresence): Handled {
  const roomEntry = roomEntryProblem(stanza);
  if (roomEntry !== undefined) return bounce(crossing, stanza, { ...roomEntry, correlationId: id });
  if (addressed.ok) return parts.presence.receive(stanza, addressed.value);
  crossing.onEvent(refused(stanza, { ...addressed.error, correlationId: id }));
  return answer(crossing, answerToRefused(stanza, addressed.error.refusal));
}

function receiveMessage(crossing: Crossing, parts: Parts, { stanza, addressed }: Received): Handled {
  const { type } = stanza.attributes;
  if (type === 'error') return tellFailed(crossing, parts, { stanza, addressed });
  // Before anything is said of the stanza itself: that would tell users from addresses that do not exist.
  const act = { ...addressed, action: actionOf(stanza), direction: 'FromContact' } as const;
  const standing = parts.presence.standingOf(addressed);
  const allowed = admitContact(crossing.configuration(), { ...act, standing }, crossing.clock.wallTime());
  if (!allowed.ok) return bounce(crossing, stanza, { ...addressFailure(allowed.error), ...addressed });
  const admitted = admitMessage(stanza);
  if (!admitted.ok) return bounce(crossing, stanza, { ...admitted.error, ...addressed });
  if (admitted.value === 'drop') return crossing.onEvent(dropped(addressed));
  if (receivedId(stanza) !== undefined) return tellArrived(crossing, parts, { stanza, addressed });
  const trail = passed(crossing, { stanza, addressed });
  if (!trail.ok) return isAnswered(stanza) ? bounce(crossing, stanza, { ...trail.error, ...addressed }) : undefined;
  const delivery = deliveryOf(stanza, addressed, trail.value);
  if (!delivery.ok) return bounce(crossing, stanza, { ...delivery.error, ...addressed });
  if (delivery.value === undefined) return;

  const carried = delivery.value;
  const since = crossing.clock.now();
  return new Promise((resolve) => {
    const accepted = parts.deliveries.run(`${addressed.contact} ${addressed.userJid}`, async () => {
      crossing.onEvent(
        flow(addressed.correlationId, 'sip', { from: 'gateway', to: addressed.userAor, label: 'MESSAGE' }),
      );
      const outcome = await crossing.toSip(carried);
      if (outcome.status < 300)
        crossing.onEvent(messageDelivered(crossing.clock, { ...addressed, direction: 'XmppToSip', since }));
      resolve(concluded(crossing, { stanza, addressed }, outcome));
      void answer(crossing, receiptAfter(crossing, { stanza, addressed }, outcome));
    });
    if (!accepted) resolve(bounce(crossing, stanza, { ...stanzaError('resource-constraint'), ...addressed }));
  });
}

/** It answers a message, so no error answers it [XEP-0184]. */
const isReceipt = (stanza: Element): boolean => stanza.name === 'message' && actionOf(stanza) === 'SendReceipt';

const actionOf = (message: Element): ContactAction => {
  if (childOf(message, 'body', message.namespace) !== undefined) return 'SendIm';
  return receivedId(message) === undefined ? 'SendTyping' : 'SendReceipt';
};

function concluded(crossing: Crossing, { stanza, addressed }: Received, outcome: SipOutcome): Handled {
  const { status, reason } = outcome;
  crossing.onEvent(
    flow(addressed.correlationId, 'sip', { from: addressed.userAor, to: 'gateway', label: `${status} ${reason}` }),
  );
  if (status < 300) return;
  if (!isAnswered(stanza)) return;
  return bounce(crossing, stanza, { ...stanzaFailureOfOutcome(outcome), ...addressed });
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

interface AddressFailure extends StanzaError {
  readonly refusal?: ContactRefused;
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
  return ok({
    correlationId: id,
    contact: printJid(bareJid(from.value)),
    contactAor: contactAor.value,
    userJid: printJid(bareJid(to.value)),
    userAor: userAor.value,
    partnerDomain: from.value.domainpart,
  });
}

const addressFailure = (refusal: ContactRefused): AddressFailure => ({ ...stanzaErrorOf(refusal), refusal });

interface Bounce extends AddressFailure {
  readonly correlationId: string;
}

function bounce(crossing: Crossing, stanza: Element, failure: Bounce): Handled {
  const { from = '' } = stanza.attributes;
  crossing.onEvent(refused(stanza, failure));
  const reply = isReceipt(stanza) ? undefined : errorReply(stanza, failure);
  if (reply === undefined) return;
  const label = `<${stanza.name} type='error'> ${failure.condition}`;
  crossing.onEvent(flow(failure.correlationId, 'xmpp', { from: 'gateway', to: from, label }));
  return answer(crossing, reply);
}

function refused({ attributes }: Element, failure: Bounce): LogEvent {
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

const iqSurroundings = (crossing: Crossing): IqSurroundings => ({
  contactAddresses: crossing.configuration().gateway.contactAddresses,
  now: crossing.clock.wallTime(),
});

function answer(crossing: Crossing, reply: Element | undefined): Handled {
  if (reply === undefined) return undefined;
  return crossing.toXmpp(reply).then((delivery) => {
    if (delivery.ok) return;
    const message = `An answer to ${reply.attributes['to'] ?? ''} could not be sent: ${delivery.reason}`;
    crossing.onEvent({ id: 'AnswerNotDelivered', level: 'warn', component: 'xmpp', message });
  });
}

/** `<message> chat composing id=a7`: what a reader of the trace needs, and nothing of the content. */
function labelOf(stanza: Element): string {
  const { id, type } = stanza.attributes as { id?: string; type?: string };
  const state = stanza.name === 'message' && childText(stanza, 'body') === '' ? chatStateOf(stanza) : undefined;
  const parts = [`<${stanza.name}>`, type, state, id === undefined ? undefined : `id=${id}`];
  return parts.filter((part) => part !== undefined).join(' ');
}
