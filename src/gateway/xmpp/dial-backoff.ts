/**
 * Domains that could not be reached, and when they are tried again: twice as long after each failure, with jitter, so that
 * a partner that comes back is not met by everybody at once. While a domain waits, the cause of its last failure answers.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Clock } from '../../primitives/clock.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import type { Ids } from '../../primitives/ids.ts';
import { randomFraction } from '../../primitives/random-fraction.ts';
import type { DialFailure } from './outbound-state.ts';
import { firstBackoffMs, maxBackoffMs, maxDomainsInBackoff } from './s2s-limits.ts';

interface Waiting {
  readonly failure: DialFailure;
  readonly failures: number;
  /** On the monotonic clock. */
  readonly until: number;
  /** What the failure may have depended on. */
  readonly circumstances: unknown;
}

/** The jitter takes this part of the wait at most. */
const jitter = 0.25;

export class DialBackoff {
  readonly #options: { readonly clock: Clock; readonly ids: Ids };
  readonly #domains = new Map<DomainName, Waiting>();

  constructor(options: { readonly clock: Clock; readonly ids: Ids }) {
    this.#options = options;
  }

  /**
   * The last failure, while the domain is not to be dialled.
   *
   * @param circumstances - Plain data. When it differs from what it was at the failure, the domain is dialled at once.
   */
  holds(domain: DomainName, circumstances: unknown): DialFailure | undefined {
    const waiting = this.#domains.get(domain);
    if (waiting === undefined) return undefined;
    if (!isDeepStrictEqual(waiting.circumstances, circumstances)) {
      this.#domains.delete(domain);
      return undefined;
    }
    return this.#options.clock.now() < waiting.until ? waiting.failure : undefined;
  }

  failed(domain: DomainName, failure: DialFailure, circumstances: unknown): void {
    const now = this.#options.clock.now();
    const before = this.#domains.get(domain);
    // Dials of several domain pairs that fail together are one failure of the domain.
    if (before !== undefined && now < before.until) return;
    const failures = (before?.failures ?? 0) + 1;
    this.#domains.delete(domain);
    const [oldest] = this.#domains.keys();
    if (oldest !== undefined && this.#domains.size >= maxDomainsInBackoff) this.#domains.delete(oldest);
    this.#domains.set(domain, { failure, failures, until: now + this.#waitMs(failures), circumstances });
  }

  /** The next stanza dials at once; without a domain, to every domain. */
  reset(domain?: string): void {
    if (domain === undefined) this.#domains.clear();
    else this.#domains.delete(domain as DomainName);
  }

  #waitMs(failures: number): number {
    const wait = Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs);
    return wait * (1 - jitter * randomFraction(this.#options.ids));
  }
}
