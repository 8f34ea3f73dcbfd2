/**
 * Which connections are accepted, and which streams may authenticate. Strangers are counted by address, before they cost
 * anything; partners by what they are. A peer that is authenticated already vouches for its address. Where partners may live
 * on this machine, loopback is everybody's address, and means nobody in particular.
 */
import { placeOf } from '../../primitives/address-place.ts';
import { RateTable } from '../../primitives/rate-table.ts';
import { isLoopback } from './address-policy.ts';
import type { DomainPair } from './dialback.ts';
import type { AuthenticatedPair } from './inbound-state.ts';
import type { InboundStream } from './inbound-stream.ts';
import { maxRatedAddresses, replaceableMs, type S2sLimits } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StreamSecurity } from './stream-security.ts';

export interface Admitted {
  readonly inbound: ReadonlySet<InboundStream>;
  /** Streams that we opened, all together. */
  outboundCount(): number;
  /** Domain pairs that we send to. */
  queues(): readonly DomainPair[];
}

export interface ConnectionProblem {
  readonly limit: keyof S2sLimits;
  readonly reason: string;
}

const isStranger = (stream: InboundStream): boolean => !stream.isAuthenticated;

/** Asked of a thousand streams for each new one: none of them is put on a list. */
function fewerThan(
  limit: number,
  streams: Iterable<InboundStream>,
  isOne: (stream: InboundStream) => boolean,
): boolean {
  let count = 0;
  for (const stream of streams) {
    if (count >= limit) break;
    if (isOne(stream)) count += 1;
  }
  return count < limit;
}

export class InboundAdmission {
  readonly #options: S2sOptions;
  readonly #admitted: Admitted;
  readonly #connections = new RateTable(maxRatedAddresses);

  constructor(options: S2sOptions, admitted: Admitted) {
    this.#options = options;
    this.#admitted = admitted;
  }

  /** Why a new connection is ended before a byte of it is read; nothing when it is accepted. */
  connectionProblem(address: string): ConnectionProblem | undefined {
    const { connections, halfOpen } = this.#options.limits;
    const { inbound } = this.#admitted;
    if (inbound.size + this.#admitted.outboundCount() >= connections)
      return { limit: 'connections', reason: `there are ${connections} streams already` };
    if (!fewerThan(halfOpen, inbound, isStranger))
      return { limit: 'halfOpen', reason: `${halfOpen} connections are not authenticated yet` };
    return this.#isCounted(address) ? this.#addressProblem(address) : undefined;
  }

  #addressProblem(address: string): ConnectionProblem | undefined {
    const { halfOpenPerAddress, connectionsPerMinutePerAddress } = this.#options.limits;
    const { inbound } = this.#admitted;
    const place = placeOf(address);
    const isThere = (stream: InboundStream): boolean => placeOf(stream.peerAddress) === place;
    if (!fewerThan(halfOpenPerAddress, inbound, (stream) => isStranger(stream) && isThere(stream)))
      return {
        limit: 'halfOpenPerAddress',
        reason: `${halfOpenPerAddress} of its connections are not authenticated yet`,
      };
    const rate = { perSecond: connectionsPerMinutePerAddress / 60, burst: connectionsPerMinutePerAddress };
    const isKnown = !fewerThan(1, inbound, (stream) => stream.isAuthenticated && isThere(stream));
    if (isKnown || this.#connections.take(place, rate, this.#options.clock.now())) return undefined;
    return {
      limit: 'connectionsPerMinutePerAddress',
      reason: `opens more than ${connectionsPerMinutePerAddress} connections a minute`,
    };
  }

  /**
   * Whether the pair may be authenticated on this stream. Only authenticated streams count: a stranger who claims to be the
   * partner takes nothing away from it.
   */
  hasRoomFor(stream: InboundStream, pair: AuthenticatedPair): boolean {
    const isFirst = !stream.isAuthenticated;
    if (isFirst && !(this.hasRoomForPartner(pair.security) && this.#hasRoomAt(stream.peerAddress))) return false;
    return this.#hasRoomForPair(pair);
  }

  /** Whether there may be one more stream from the partner, or to it. */
  hasRoomForPartner({ partner, connectionLimit }: StreamSecurity): boolean {
    const queues = this.#admitted.queues();
    const ours = queues.filter(({ remote }) => this.#options.securityFor(remote)?.partner === partner);
    return fewerThan(connectionLimit - ours.length, this.#admitted.inbound, (stream) => stream.partner === partner);
  }

  #hasRoomAt(address: string): boolean {
    if (!this.#isCounted(address)) return true;
    const { authenticatedPerAddress } = this.#options.limits;
    const place = placeOf(address);
    const isThere = (stream: InboundStream): boolean => stream.isAuthenticated && placeOf(stream.peerAddress) === place;
    if (fewerThan(authenticatedPerAddress, this.#admitted.inbound, isThere)) return true;
    const reason = `has ${authenticatedPerAddress} authenticated streams, and may not have more`;
    this.#report('authenticatedPerAddress', address, reason);
    return false;
  }

  /** A server that lost its connections comes back before we notice: the stream silent the longest gives way. */
  #hasRoomForPair(pair: AuthenticatedPair): boolean {
    const { limits, clock } = this.#options;
    const { inbound } = this.#admitted;
    if (fewerThan(limits.streamsPerPair, inbound, (stream) => stream.carries(pair))) return true;
    const same = [...inbound].filter((stream) => stream.carries(pair));
    const [silent] = same.toSorted((one, other) => one.lastHeard - other.lastHeard);
    const replaced = silent !== undefined && clock.now() - silent.lastHeard >= replaceableMs;
    const fate = replaced ? 'the one silent the longest is closed' : 'it may not have more';
    const reason = `has ${limits.streamsPerPair} streams to ${pair.local}, and ${fate}`;
    this.#report('streamsPerPair', pair.remote, reason);
    if (replaced) silent.close('a newer stream of the same domains takes its place');
    return replaced;
  }

  #isCounted(address: string): boolean {
    return !(this.#options.allowLoopbackPeers() && isLoopback(address));
  }

  #report(limit: keyof S2sLimits, subject: string, reason: string): void {
    this.#options.onEvent({ type: 'limit-reached', limit, subject, times: 1, reason });
  }
}
