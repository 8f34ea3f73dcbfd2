/**
 * Who a source is, for the limits of the SIP side: asked for each message of whoever sends many, so it must not wait. Next hops are
 * known by the verdict on their last request, which did.
 */
import type { Clock } from '../primitives/clock.ts';
import type { Standing } from './sip/sip-options.ts';
import type { Source } from './sip/transport.ts';
import type { SipTrust } from './sip-trust.ts';

/** Milliseconds that a verdict stands: a busy hop renews it with each request. Source: own choice. */
const verdictMs = 60_000;
/** Connections and addresses that are remembered; the oldest is forgotten first. Source: own choice. */
const maxKnown = 1000;

export interface KnownSources {
  /** As given, and remembers who was trusted. */
  readonly trust: SipTrust;
  standingOf(source: Source): Standing;
}

/** @param isRegisteredAt - Whether a device of the home server is registered from this address. */
export function knownSources(
  trust: SipTrust,
  clock: Pick<Clock, 'now'>,
  isRegisteredAt: (address: string) => boolean,
): KnownSources {
  const until = new Map<string, number>();

  function remember(source: Source): void {
    const key = keyOf(source);
    until.delete(key);
    until.set(key, clock.now() + verdictMs);
    const [oldest] = until.keys();
    if (until.size > maxKnown && oldest !== undefined) until.delete(oldest);
  }

  return {
    trust: {
      ...trust,
      async trustsAsHop(source, hops) {
        const verdict = await trust.trustsAsHop(source, hops);
        if (verdict.ok) remember(source);
        return verdict;
      },
    },
    standingOf(source) {
      if ((until.get(keyOf(source)) ?? 0) > clock.now() || trust.isListed(source)) return 'trusted';
      return isRegisteredAt(source.address) ? 'registered' : 'stranger';
    },
  };
}

/** What is true of one connection need not be of another from the same address. */
const keyOf = ({ connectionId, transport, address }: Source): string => connectionId ?? `${transport} ${address}`;
