/**
 * Every request of a SIP user for an XMPP contact: policy first, then translation, then the partner's stream. The final
 * response tells the truth of it, whatever it is [D11].
 */
import { correlationId as newCorrelationId } from '../primitives/ids.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { Crossing } from './crossing.ts';
import { loopDetected } from './loop-log.ts';
import { sendToPartner, type ToPartnerParts, tooManyWaiting } from './message-to-partner.ts';
import type { DeliveryRefusal, OrderedDeliveries } from './ordered-deliveries.ts';
import { admitContact, stranger } from './policy/contacts.ts';
import type { Refusal } from './policy/partners.ts';
import type { MessageIds } from './queue/message-ids.ts';
import { requestRefusalOf } from './refusal-answer.ts';
import type { HeaderField } from './sip/headers.ts';
import type { SipRequest } from './sip/message.ts';
import type { ResponseParts } from './sip/sip-endpoint.ts';
import { parseSipUri } from './sip/sip-uri.ts';
import { type Trail, trailOf } from './sip/trail.ts';
import { acceptEncoding } from './sip/uas-refusal.ts';
import type { SipEnds } from './sip-presence.ts';
import { stanzaOf } from './stanza-of-request.ts';
import { exchangeOfSip } from './trace/exchange.ts';
import { type Arrow, allowed, handover, mapped } from './trace/handover.ts';
import { isNumber, jidToAor, sipUriToJid } from './translation/address.ts';
import type { SipFailure } from './translation/failure.ts';
import { expiryOf } from './translation/message-age.ts';
import { withTrail } from './translation/stanza-trail.ts';
import { acceptedBodies } from './translation/text-body.ts';
import { printJid } from './xmpp/jid.ts';

/** A request whose sender is known: by digest at the home server, by trust in the next hop. */
export interface RequestFromUser {
  /** The sender's address of record, canonical. */
  readonly aor: string;
  readonly request: SipRequest;
  respond(status: number, more?: ResponseParts): void;
  /** False: whether it arrives is wanted now, and no queue is to keep it. Default: true. */
  readonly mayWait?: boolean;
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
/** One partner that is slow is not the whole gateway: only when that is full, a hop should turn to another [RFC 3261 §21.5.4]. */
const refusals: Readonly<Record<DeliveryRefusal, SipFailure>> = {
  stopping,
  'busy-pair': tooManyWaiting,
  'busy-gateway': { ...tooManyWaiting, status: 503, reason: 'Gateway Is Busy' },
};

export interface FromSipParts extends ToPartnerParts {
  readonly deliveries: OrderedDeliveries;
  readonly ids: Pick<MessageIds, 'make'>;
}

export function fromSip(crossing: Crossing, parts: FromSipParts): FromSip {
  const { deliveries } = parts;
  return {
    receive(incoming) {
      const id = newCorrelationId(crossing.clock.wallTime(), crossing.ids);
      const { requestUri } = incoming.request;
      crossing.onTrace(handover(id, 'sip', arrived(incoming)));
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
      const { from, to, partnerDomain } = addressed.value;
      const about = { pair: `${from} ${to}`, partnerDomain, bytes: incoming.request.body.length };
      const busy = deliveries.run(about, () =>
        carry(crossing, parts, { incoming, addressed: addressed.value, trail: trail.value, answer, since }),
      );
      if (busy !== undefined) answer(refusals[busy]);
      return id;
    },
    admit({ aor, request }) {
      const id = newCorrelationId(crossing.clock.wallTime(), crossing.ids);
      crossing.onTrace(handover(id, 'sip', arrived({ aor, request })));
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

async function carry(crossing: Crossing, parts: FromSipParts, carriage: Carriage): Promise<void> {
  const { incoming, addressed, trail, answer, since } = carriage;
  const { from, to, correlationId, partnerDomain } = addressed;
  const id = parts.ids.make({ user: from, contact: to });
  const now = crossing.clock.wallTime();
  const stanza = stanzaOf(incoming.request, addressed, { id, now });
  if (!stanza.ok) return answer(stanza.error);
  const { element, disposition } = stanza.value;
  const about = { from, to, correlationId, partnerDomain, sender: incoming.aor, disposition, since };
  const waiting = { mayWait: incoming.mayWait ?? true, expires: expiryOf(incoming.request.headers, now) };
  answer(await sendToPartner(crossing, parts, { ...about, stanza: withTrail(element, trail), ...waiting }));
}

interface AddressRefusal extends SipFailure {
  readonly refusal?: Refusal;
  /** Why, for people: the value of a Warning header. */
  readonly warning?: string;
}

type From = Pick<RequestFromUser, 'aor' | 'request'>;

const arrived = ({ aor, request }: From): Arrow => ({
  from: aor,
  to: 'gateway',
  label: request.method,
  subject: 'Im',
  exchange: exchangeOfSip(request.headers),
});

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
  crossing.onTrace(allowed(id, admitted.value.identity, admitted.value.partnerType));
  crossing.onTrace(mapped(id, 'SIP->JID', printJid(to.value)));
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
    const arrow = { ...arrived(incoming), from: 'gateway', to: incoming.aor, label: `${status} ${reason}` };
    crossing.onTrace(handover(id, 'sip', arrow));
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
