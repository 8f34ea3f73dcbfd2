/** Requests for local users: from other local users, passed on as a proxy [RFC 3261 §16], and from the gateway. */
import type { Clock } from '../../../primitives/clock.ts';
import type { Ids } from '../../../primitives/ids.ts';
import { refuse } from '../../../primitives/result.ts';
import { canonicalAor, sipUriIn } from '../aor.ts';
import { type HeaderField, Headers } from '../headers.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import { endsOf, LoopGuard } from '../loop-guard.ts';
import type { SipRequest } from '../message.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import { type Trail, trailFields, trailOf } from '../trail.ts';
import { type Delivery, fork, ownDelivery } from './fork.ts';
import type { Binding, Location } from './location.ts';

/** Bits of a From tag and of a Call-ID. Source: RFC 3261 §19.3 asks for 32 at least. */
const tagBits = 64;
const callIdBits = 128;

export interface RequestForUser {
  readonly method: string;
  /** `sip:contact@partner`. */
  readonly from: string;
  /** `sip:user@domain`. */
  readonly to: string;
  /** What else the request carries. From, To, Call-ID and CSeq are made where they are not among these. */
  readonly headers: readonly HeaderField[];
  readonly body?: Buffer | undefined;
}

export interface LocalDeliveryOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly endpoint: Pick<SipEndpoint, 'request'>;
  readonly location: Location;
  isUser(aor: string): boolean;
  /** A device took no connection. */
  onUnreachable?(aor: string, binding: Binding): void;
  readonly loops?: LoopGuard | undefined;
}

export interface LocalDelivery {
  /** To all devices of a user; 404 for an unknown user, 480 for one without a device. */
  deliver(request: RequestForUser): Promise<Delivery>;
  /** Passes a request on to a local user and the best answer back. */
  proxy(incoming: IncomingRequest, aor: string): Promise<void>;
}

export function createLocalDelivery(options: LocalDeliveryOptions): LocalDelivery {
  const { ids, location, loops = new LoopGuard(ids) } = options;

  async function send(aor: string, request: Pick<SipRequest, 'method' | 'headers'> & { body?: Buffer }) {
    if (!options.isUser(aor)) return ownDelivery(404);
    const bindings = location.of(aor);
    if (bindings.length === 0) return ownDelivery(480);
    const onUnreachable = (binding: Binding): void => options.onUnreachable?.(aor, binding);
    return fork({ ...options, onUnreachable }, bindings, request);
  }

  return {
    async deliver({ method, from, to, headers, body = Buffer.alloc(0) }) {
      const uri = sipUriIn(`<${to}>`);
      if (uri === undefined) return ownDelivery(404);
      const made: readonly HeaderField[] = [
        ['From', `<${from}>;tag=${ids.token(tagBits)}`],
        ['To', `<${to}>`],
        ['Call-ID', ids.token(callIdBits)],
        ['CSeq', `1 ${method}`],
      ];
      const given = Headers.of(headers);
      const missing = made.filter(([name]) => !given.has(name));
      return send(canonicalAor(uri), { method, headers: Headers.of([...missing, ...headers]), body });
    },

    async proxy(incoming, aor) {
      const { request } = incoming;
      const ends = endsOf(request);
      const trail = ends === undefined ? refuse({ status: 400 }) : loops.passed(trailOf(request.headers), ends);
      if (!trail.ok) return incoming.respond(trail.error.status);
      const unsupported = request.headers.getAll('Proxy-Require');
      if (unsupported.length > 0) {
        return incoming.respond(420, { headers: [['Unsupported', unsupported.join(', ')]] });
      }
      const { method, body } = request;
      const delivery = await send(aor, { method, body, headers: passedOn(request.headers, trail.value) });
      // RFC 4320 §4.2: a 408 to a non-INVITE comes too late to be of use, and makes proxies avoid this server.
      if (delivery.response !== undefined) incoming.relay(delivery.response);
      else incoming.respond(delivery.status === 408 ? 480 : delivery.status);
    },
  };
}

/** Credentials for this server stay here, and a Route that is left is not followed: this is no open relay. */
const passedOn = (headers: Headers, trail: Trail): Headers =>
  trailFields(trail).reduce(
    (kept, [name, value]) => kept.with(name, value),
    headers.without('Proxy-Authorization').without('Authorization').without('Route'),
  );
