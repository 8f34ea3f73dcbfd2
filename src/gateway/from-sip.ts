/**
 * Every request of a SIP user for an XMPP contact: policy first, then translation, then the partner's stream. The final
 * response tells the truth: 202 once the stanza is with an authenticated stream, else the mapped error [D11].
 */
import { correlationId as newCorrelationId } from '../primitives/ids.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { Crossing } from './crossing.ts';
import { flow } from './flow.ts';
import { loopDetected } from './loop-log.ts';
import { messageDelivered } from './message-delivered.ts';
import type { OrderedDeliveries } from './ordered-deliveries.ts';
import { admitContact, stranger } from './policy/contacts.ts';
import type { Refusal } from './policy/partners.ts';
import { requestRefusalOf } from './refusal-answer.ts';
import type { SentMessages } from './sent-messages.ts';
import type { HeaderField } from './sip/headers.ts';
import type { SipRequest } from './sip/message.ts';
import type { ResponseParts } from './sip/sip-endpoint.ts';
import { parseSipUri } from './sip/sip-uri.ts';
import { type Trail, trailOf } from './sip/trail.ts';
import { acceptEncoding } from './sip/uas-refusal.ts';
import type { SipEnds } from './sip-presence.ts';
import { stanzaOf } from './stanza-of-request.ts';
import { isNumber, jidToAor, sipUriToJid } from './translation/address.ts';
import { retryAfterSeconds, type SipFailure, sipFailureOf } from './translation/failure.ts';
import { withTrail } from './translation/stanza-trail.ts';
import { acceptedBodies } from './translation/text-body.ts';
import { printJid } from './xmpp/jid.ts';

/** A request whose sender is known: by digest at the home server, by trust in the next hop. */
export interface RequestFromUser {
  /** The sender's address of record, canonical. */
  readonly aor: string;
  readonly request: SipRequest;
  respond(status: number, more?: ResponseParts): void;
}

export interface FromSip {
  /** Answers every request exactly once. @returns The correlation id of what follows from it. */
  receive(incoming: RequestFromUser): string;
  /** Whether the user may begin an IM session with whom the Request-URI names. A refusal is in the log already. */
  admit(invited: Pick<RequestFromUser, 'aor' | 'request'>): Result<SipEnds, InvitationRefused>;
}

/** The answer to an INVITE of somebody who may not. */
export interface InvitationRefused {
  readonly status: number;
  readonly more: ResponseParts;
}

interface Addressed {
  readonly correlationId: string;
  /** Both in the spelling that addresses have on the SIP side after they were JIDs. */
  readonly ends: SipEnds;
  /** Sender and contact as bare JIDs. */
  readonly from: string;
  readonly to: string;
  readonly partnerDomain: string;
}

const noXmppForm: SipFailure = { status: 404, reason: 'Address Has No XMPP Form' };
const stopping = { status: 503, reason: 'Gateway Is Stopping' } as const;
const tooManyWaiting: SipFailure = {
  status: 500,
  reason: 'Too Many Messages Waiting',
  headers: [['Retry-After', String(retryAfterSeconds)]],
};

export function fromSip(crossing: Crossing, deliveries: OrderedDeliveries, sent: SentMessages): FromSip {
  return {
    receive(incoming) {
      const id = newCorrelationId(crossing.clock.wallTime(), crossing.ids);
      const { method, requestUri } = incoming.request;
      crossing.onEvent(flow(id, 'sip', { from: incoming.aor, to: 'gateway', label: method }));
      const answer = answering(crossing, incoming, id);
      const addressed = address(crossing, incoming, id);
      if (!addressed.ok) {
        crossing.onEvent(refused(id, incoming.aor, requestUri, addressed.error));
        answer(addressed.error);
        return id;
      }
      const trail = passed(crossing, incoming.request, addressed.value.ends);
      if (!trail.ok) {
        answer(trail.error);
        return id;
      }
      const since = crossing.clock.now();
      const accepted = deliveries.run(`${addressed.value.from} ${addressed.value.to}`, () =>
        carry(crossing, { incoming, addressed: addressed.value, trail: trail.value, answer, sent, since }),
      );
      if (!accepted) answer(deliveries.isDraining ? stopping : tooManyWaiting);
      return id;
    },
    admit({ aor, request }) {
      const id = newCorrelationId(crossing.clock.wallTime(), crossing.ids);
      crossing.onEvent(flow(id, 'sip', { from: aor, to: 'gateway', label: request.method }));
      if (deliveries.isDraining) return refuse({ status: stopping.status, more: { reason: stopping.reason } });
      const addressed = address(crossing, { aor, request }, id);
      if (addressed.ok) return ok(addressed.value.ends);
      const { status, reason } = addressed.error;
      crossing.onEvent(refused(id, aor, request.requestUri, addressed.error));
      return refuse({ status, more: { reason, headers: headersOf(addressed.error) } });
    },
  };
}

interface Carriage {
  readonly incoming: RequestFromUser;
  readonly addressed: Addressed;
  /** With which it goes on. */
  readonly trail: Trail;
  readonly answer: (failure: SipFailure) => void;
  readonly sent: SentMessages;
  readonly since: number;
}

function passed(
  crossing: Crossing,
  { headers }: SipRequest,
  { userAor, contactAor }: SipEnds,
): Result<Trail, SipFailure> {
  const ends = { from: userAor, to: contactAor };
  const trail = crossing.loops.passed(trailOf(headers), ends);
  if (!trail.ok) crossing.onEvent(loopDetected('sip', ends, trail.error));
  return trail;
}

async function carry(crossing: Crossing, carriage: Carriage): Promise<void> {
  const { incoming, addressed, trail, answer, sent, since } = carriage;
  const stanza = stanzaOf(incoming.request, addressed, {
    id: crossing.ids.token(64),
    now: crossing.clock.wallTime(),
  });
  if (!stanza.ok) return answer(stanza.error);
  const { element, disposition } = stanza.value;
  const { id = '' } = element.attributes;
  const { to: contact, correlationId } = addressed;
  if (id !== '') sent.remember(id, { sender: incoming.aor, contact, correlationId, disposition });

  const delivery = await crossing.toXmpp(withTrail(element, trail));
  if (!delivery.ok) {
    sent.take(id, addressed.to);
    crossing.onEvent({
      id: 'MessageNotDelivered',
      level: 'warn',
      component: 'xmpp',
      message: `${incoming.aor} could not reach ${addressed.to}: ${delivery.reason}`,
      correlationId: addressed.correlationId,
      facts: { partner: addressed.partnerDomain, condition: delivery.error.condition, reason: delivery.reason },
    });
    return answer(sipFailureOf(delivery.error));
  }
  const label = `<message> ${id === '' ? '' : `id=${id}`}`.trim();
  crossing.onEvent(flow(addressed.correlationId, 'xmpp', { from: 'gateway', to: addressed.partnerDomain, label }));
  crossing.onEvent(messageDelivered(crossing.clock, { ...addressed, direction: 'SipToXmpp', since }));
  answer({ status: 202, reason: 'Accepted' });
}

interface AddressRefusal extends SipFailure {
  readonly refusal?: Refusal;
  /** Why, for people: the value of a Warning header. */
  readonly warning?: string;
}

type From = Pick<RequestFromUser, 'aor' | 'request'>;

function address(crossing: Crossing, incoming: From, id: string): Result<Addressed, AddressRefusal> {
  const target = parseSipUri(incoming.request.requestUri);
  // A sips URI promises TLS on every hop, and nobody can promise that of XMPP [RFC 7247 §8].
  if (!target.ok || target.value.scheme === 'sips') return refuse({ status: 416, reason: 'Unsupported URI Scheme' });
  const sender = parseSipUri(incoming.aor);
  if (!sender.ok) return refuse({ status: 400, reason: 'Bad From' });
  if (isNumber(target.value)) return refuse({ status: 484, reason: 'A Number Is No XMPP User' });
  const [from, to] = [sipUriToJid(sender.value), sipUriToJid(target.value)];
  if (!from.ok || !to.ok) return refuse(noXmppForm);

  const [userAor, contactAor] = [jidToAor(from.value), jidToAor(to.value)];
  if (!userAor.ok || !contactAor.ok) return refuse(noXmppForm);

  const parties = { userAor: incoming.aor, contactAor: contactAor.value, standing: stranger };
  const act = { ...parties, action: 'SendIm', direction: 'FromUser' } as const;
  const admitted = admitContact(crossing.configuration(), act, crossing.clock.wallTime());
  if (!admitted.ok) return refuse({ ...requestRefusalOf(admitted.error), refusal: admitted.error });
  return ok({
    correlationId: id,
    ends: { userAor: userAor.value, contactAor: contactAor.value },
    from: printJid(from.value),
    to: printJid(to.value),
    partnerDomain: to.value.domainpart,
  });
}

const answering =
  (crossing: Crossing, incoming: RequestFromUser, id: string) =>
  (failure: AddressRefusal): void => {
    const { status, reason } = failure;
    const headers = headersOf(failure);
    if (status === 415) headers.push(['Accept', acceptedBodies], acceptEncoding);
    if (status === 405 || status === 501) headers.push(['Allow', 'MESSAGE']);
    crossing.onEvent(flow(id, 'sip', { from: 'gateway', to: incoming.aor, label: `${status} ${reason}` }));
    incoming.respond(status, { reason, headers });
  };

const headersOf = ({ warning, headers = [] }: AddressRefusal): HeaderField[] =>
  warning === undefined ? [...headers] : [...headers, ['Warning', warning]];

const refused = (id: string, from: string, to: string, { reason, refusal }: AddressRefusal) =>
  ({
    id: 'MessageRefused',
    level: 'warn',
    component: 'policy',
    message: `${from} may not reach ${to}: ${refusal?.reason ?? reason}`,
    correlationId: id,
    facts: { from, to, gate: refusal?.gate, fix: refusal?.fix },
  }) as const;
