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
import { StreamGroups } from './stream-groups.ts';
import type { StreamSecurity } from './stream-security.ts';

export interface Admitted {
  /** Kept by this class. */
  readonly inbound: Set<InboundStream>;
  /** Streams that we opened, all together. */
  outboundCount(): number;
  /** Domain pairs that we send to. */
  queues(): readonly DomainPair[];
}

export interface ConnectionProblem {
  readonly limit: keyof S2sLimits;
  readonly reason: string;
}

/** Streams that may be authenticated for a partner, a pair, or from a place: they have asked whether there is room. */
const partnerGroup = ({ partner }: StreamSecurity): string => `partner ${partner}`;
const pairGroup = ({ local, remote }: DomainPair): string => `pair ${local} ${remote}`;
const placeGroup = (address: string): string => `place ${placeOf(address)}`;

/** Asked of many streams for each new one: none of them is put on a list. */
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
  readonly #groups = new StreamGroups();
  /** Those that were strangers when somebody looked. */
  readonly #strangers = new Set<InboundStream>();

  constructor(options: S2sOptions, admitted: Admitted) {
    this.#options = options;
    this.#admitted = admitted;
  }

  accepted(stream: InboundStream): void {
    this.#admitted.inbound.add(stream);
    this.#strangers.add(stream);
  }

  closed(stream: InboundStream): void {
    this.#admitted.inbound.delete(stream);
    this.#strangers.delete(stream);
    this.#groups.remove(stream);
  }

  /** Why a new connection is ended before a byte of it is read; nothing when it is accepted. */
  connectionProblem(address: string): ConnectionProblem | undefined {
    const { connections, halfOpen } = this.#options.limits;
    const { inbound } = this.#admitted;
    if (inbound.size + this.#admitted.outboundCount() >= connections)
      return { limit: 'connections', reason: `there are ${connections} streams already` };
    if (this.#currentStrangers().size >= halfOpen)
      return { limit: 'halfOpen', reason: `${halfOpen} connections are not authenticated yet` };
    return this.#isCounted(address) ? this.#addressProblem(address) : undefined;
  }

  #addressProblem(address: string): ConnectionProblem | undefined {
    const { halfOpenPerAddress, connectionsPerMinutePerAddress } = this.#options.limits;
    const place = placeOf(address);
    const isThere = (stream: InboundStream): boolean => placeOf(stream.peerAddress) === place;
    if (!fewerThan(halfOpenPerAddress, this.#currentStrangers(), isThere))
      return {
        limit: 'halfOpenPerAddress',
        reason: `${halfOpenPerAddress} of its connections are not authenticated yet`,
      };
    const rate = { perSecond: connectionsPerMinutePerAddress / 60, burst: connectionsPerMinutePerAddress };
    const isKnown = !fewerThan(1, this.#groups.of(placeGroup(address)), (stream) => stream.isAuthenticated);
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
    if (!this.#hasRoomForPair(pair)) return false;
    const groups = [partnerGroup(pair.security), pairGroup(pair), placeGroup(stream.peerAddress)];
    for (const group of groups) this.#groups.add(group, stream);
    return true;
  }

  #currentStrangers(): ReadonlySet<InboundStream> {
    for (const stream of this.#strangers) if (stream.isAuthenticated) this.#strangers.delete(stream);
    return this.#strangers;
  }

  /** Whether there may be one more stream from the partner, or to it. */
  hasRoomForPartner(security: StreamSecurity): boolean {
    const { partner, connectionLimit } = security;
    const queues = this.#admitted.queues();
    const ours = queues.filter(({ remote }) => this.#options.securityFor(remote)?.partner === partner);
    const theirs = this.#groups.of(partnerGroup(security));
    return fewerThan(connectionLimit - ours.length, theirs, (stream) => stream.partner === partner);
  }

  #hasRoomAt(address: string): boolean {
    if (!this.#isCounted(address)) return true;
    const { authenticatedPerAddress } = this.#options.limits;
    const there = this.#groups.of(placeGroup(address));
    if (fewerThan(authenticatedPerAddress, there, (stream) => stream.isAuthenticated)) return true;
    const reason = `has ${authenticatedPerAddress} authenticated streams, and may not have more`;
    this.#report('authenticatedPerAddress', address, reason);
    return false;
  }

  /** A server that lost its connections comes back before we notice: the stream silent the longest gives way. */
  #hasRoomForPair(pair: AuthenticatedPair): boolean {
    const { limits, clock } = this.#options;
    const same = [...this.#groups.of(pairGroup(pair))].filter((stream) => stream.carries(pair));
    if (same.length < limits.streamsPerPair) return true;
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
