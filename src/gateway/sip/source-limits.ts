/**
 * How much one source may send [RFC 3261 §26.3.2.4]: every new request, retransmission and malformed message costs a token. A
 * stranger has few; a registered device has more; a trusted peer, which speaks for many, is not counted.
 */
import { placeOf } from '../../primitives/address-place.ts';
import { RateTable } from '../../primitives/rate-table.ts';
import { RepeatedReports } from '../../primitives/repeated-reports.ts';
import type { Rate } from '../../primitives/token-bucket.ts';
import type { SipOptions } from './sip-options.ts';
import type { Source } from './transport.ts';

/**
 * Requests a second of one address (one /64), and as many seconds' worth at once. Over UDP each leaves a transaction for 32 s:
 * a stranger holds 1800 of them at most, a registered device 7200. Source: own choice; a client sends a dozen when it starts, an office
 * behind one address some hundred after a power failure.
 */
export const requestsPerSecond = { perStranger: 50, perRegistered: 200 } as const;
export const requestBurstSeconds = 4;
/** Addresses that are remembered. Source: own choice; 2 MB. */
export const maxRatedSources = 10_000;

const rateOf = (perSecond: number): Rate => ({ perSecond, burst: perSecond * requestBurstSeconds });

export class SourceLimits {
  readonly #options: Pick<SipOptions, 'clock' | 'standingOf' | 'onEvent'>;
  readonly #strangers = new RateTable(maxRatedSources);
  readonly #registered = new RateTable(maxRatedSources);
  readonly #reports: RepeatedReports;

  constructor(options: Pick<SipOptions, 'clock' | 'standingOf' | 'onEvent'>) {
    this.#options = options;
    this.#reports = new RepeatedReports(options.clock);
  }

  /** Whether one more message of the source is looked at; the administrator hears of it when it is not. */
  admits(source: Source): boolean {
    const { standingOf } = this.#options;
    if (standingOf === undefined) return true;
    // Everybody has the tokens of a stranger; who he is matters only when these are spent, since to know it costs more.
    const now = this.#options.clock.now();
    const place = placeOf(source.address);
    if (this.#strangers.take(place, rateOf(requestsPerSecond.perStranger), now)) return true;
    const standing = standingOf(source);
    if (standing === 'trusted') return true;
    const isRegistered = standing === 'registered';
    if (isRegistered && this.#registered.take(place, rateOf(requestsPerSecond.perRegistered), now)) return true;
    const kind = isRegistered ? 'perRegistered' : 'perStranger';
    this.met(`requestsPerSecond.${kind}`, source, `more than ${requestsPerSecond[kind]} requests a second`);
    return false;
  }

  /** A limit was met: told once a minute for each limit and address. */
  met(limit: string, { address }: Pick<Source, 'address'>, reason: string): void {
    const subject = placeOf(address);
    const times = this.#reports.count(`${limit} ${subject}`);
    if (times !== undefined) this.#options.onEvent?.({ type: 'limit-reached', limit, subject, times, reason });
  }
}
