/**
 * What came lately, by key: bounded in number and age, the oldest forgotten first. Two generations: to forget one by one would
 * cost each entry a walk past those that are gone, since a Map keeps their places.
 */
import type { Clock } from './clock.ts';

export interface RecentBounds {
  /** At most; half of them are always kept for their time. */
  readonly entries: number;
  /** Milliseconds. */
  readonly ms: number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly at: number;
}

export class RecentEntries<Value> {
  readonly #clock: Clock;
  readonly #bounds: RecentBounds;
  #young = new Map<string, Entry<Value>>();
  #old = new Map<string, Entry<Value>>();
  #since = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, bounds: RecentBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  get(key: string): Value | undefined {
    const entry = this.#young.get(key) ?? this.#old.get(key);
    if (entry === undefined || this.#clock.now() - entry.at > this.#bounds.ms) return undefined;
    return entry.value;
  }

  set(key: string, value: Value): void {
    const at = this.#clock.now();
    if (this.#young.size >= this.#bounds.entries / 2 || at - this.#since > this.#bounds.ms) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#since = at;
    }
    this.#young.set(key, { value, at });
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
