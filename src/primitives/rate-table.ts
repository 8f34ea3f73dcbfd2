/**
 * How often each of many may do something: one token bucket by name, in a bounded table. When the table is full the one
 * that was seen the longest ago is forgotten, which gives it a full bucket again: a bound of memory, not of rate.
 */
import { fullBucket, type Rate, refilled, spent, type TokenBucket } from './token-bucket.ts';

export class RateTable {
  readonly #most: number;
  /** The one seen last is last. */
  readonly #buckets = new Map<string, TokenBucket>();

  /** @param most - Names that are remembered. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Whether `name` may do it once more now; it is not counted. @param now - As for `take`. */
  allows(name: string, rate: Rate, now: number): boolean {
    const bucket = this.#buckets.get(name);
    return bucket === undefined || refilled(bucket, rate, now).tokens >= 1;
  }

  /** Whether `name` may do it once more now; only then it is counted. @param now - Milliseconds on the monotonic clock. */
  take(name: string, rate: Rate, now: number): boolean {
    const before = this.#buckets.get(name);
    const bucket = before === undefined ? fullBucket(rate, now) : refilled(before, rate, now);
    const isTaken = bucket.tokens >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, isTaken ? spent(bucket, 1) : bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#most && oldest !== undefined) this.#buckets.delete(oldest);
    return isTaken;
  }
}
