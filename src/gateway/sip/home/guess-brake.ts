/**
 * A brake on guessing passwords: after some wrong ones in a minute no answer is looked at for a while, for the user whom they
 * were tried for and for the address they came from. Addresses are proved: wrong is only what answers a nonce that was given
 * to the same address. Where a user has come in before he has a count of his own, so that guesses made elsewhere do not
 * keep him out.
 */
import type { Clock } from '../../../primitives/clock.ts';
import { RateTable } from '../../../primitives/rate-table.ts';
import { RepeatedReports } from '../../../primitives/repeated-reports.ts';
import type { Rate } from '../../../primitives/token-bucket.ts';

/** Wrong passwords a minute, and as many at once. Source: own choice; an office behind one address has several forgetful users. */
export const passwordFailuresPerMinute = { perUser: 10, perAddress: 30 } as const;
/** Users, addresses, and users at addresses that are remembered. Source: own choice. */
const maxRemembered = 10_000;

/** Somebody met a limit; told once a minute while it goes on. */
export interface GuessingMet {
  readonly limit: `passwordFailuresPerMinute.${keyof typeof passwordFailuresPerMinute}`;
  /** The user or the address. */
  readonly subject: string;
  /** How often since the last report, this time included. */
  readonly times: number;
  readonly reason: string;
}

export interface GuessBrakeOptions {
  readonly clock: Pick<Clock, 'now'>;
  onHeld(met: GuessingMet): void;
}

export interface Guess {
  /** Canonical address of record, whether or not there is such a user. */
  readonly aor: string;
  /** The address it came from; of IPv6 the /64. */
  readonly place: string;
}

interface Bucket {
  readonly kind: keyof typeof passwordFailuresPerMinute;
  readonly subject: string;
  readonly name: string;
}

const rateOf = (kind: Bucket['kind']): Rate => {
  const perMinute = passwordFailuresPerMinute[kind];
  return { perSecond: perMinute / 60, burst: perMinute };
};

/** Seconds after which one more password may be tried, in a Retry-After. */
export const retryAfterSeconds = 60 / passwordFailuresPerMinute.perUser;

export class GuessBrake {
  readonly #options: GuessBrakeOptions;
  readonly #failures = new RateTable(3 * maxRemembered);
  readonly #reports: RepeatedReports;
  /** Users at the addresses from which they came in; the one that did last is last. */
  readonly #known = new Set<string>();

  constructor(options: GuessBrakeOptions) {
    this.#options = options;
    this.#reports = new RepeatedReports(options.clock);
  }

  /** Whether no password may be tried now; the administrator hears of it. */
  holds(guess: Guess): boolean {
    const now = this.#options.clock.now();
    const counted = this.#known.has(pairOf(guess)) ? [pairBucket(guess)] : [userBucket(guess), addressBucket(guess)];
    const met = counted.find(({ kind, name }) => !this.#failures.allows(name, rateOf(kind), now));
    if (met !== undefined) this.#report(met);
    return met !== undefined;
  }

  failed(guess: Guess): void {
    const now = this.#options.clock.now();
    for (const { kind, name } of [pairBucket(guess), userBucket(guess), addressBucket(guess)]) {
      this.#failures.take(name, rateOf(kind), now);
    }
  }

  passed(guess: Guess): void {
    const pair = pairOf(guess);
    this.#known.delete(pair);
    this.#known.add(pair);
    const [oldest] = this.#known;
    if (this.#known.size > maxRemembered && oldest !== undefined) this.#known.delete(oldest);
  }

  #report({ kind, subject }: Bucket): void {
    const times = this.#reports.count(subject);
    if (times === undefined) return;
    const who = kind === 'perUser' ? 'for this user' : 'from this address';
    const reason = `more than ${passwordFailuresPerMinute[kind]} wrong passwords a minute ${who}`;
    this.#options.onHeld({ limit: `passwordFailuresPerMinute.${kind}`, subject, times, reason });
  }
}

const pairOf = ({ aor, place }: Guess): string => `${aor} ${place}`;
const pairBucket = (guess: Guess): Bucket => ({ kind: 'perUser', subject: guess.aor, name: pairOf(guess) });
const userBucket = ({ aor }: Guess): Bucket => ({ kind: 'perUser', subject: aor, name: aor });
const addressBucket = ({ place }: Guess): Bucket => ({ kind: 'perAddress', subject: place, name: place });
