/**
 * One delivery at a time for each pair of addresses, in order of arrival [RFC 6120 §10.1, RFC 3428 §8: one outstanding
 * MESSAGE per target]. Bounded per pair and overall; what does not fit is refused, never dropped.
 */

/** Deliveries that may wait behind one of the same pair. */
const maxPerPair = 100;
/** Deliveries under way or waiting, of all pairs together. */
const maxOverall = 10_000;

export class OrderedDeliveries {
  readonly #tails = new Map<string, { tail: Promise<void>; waiting: number }>();
  #overall = 0;
  #draining = false;

  /**
   * Runs `deliver` after everything that was accepted for this pair before.
   *
   * @returns False when the bounds are reached, and once it is being drained: nothing was queued, tell the sender.
   */
  run(pair: string, deliver: () => Promise<void>): boolean {
    const line = this.#tails.get(pair) ?? { tail: Promise.resolve(), waiting: 0 };
    if (this.#draining || line.waiting >= maxPerPair || this.#overall >= maxOverall) return false;
    line.waiting += 1;
    this.#overall += 1;
    line.tail = line.tail.then(deliver).finally(() => {
      line.waiting -= 1;
      this.#overall -= 1;
      if (line.waiting === 0) this.#tails.delete(pair);
    });
    this.#tails.set(pair, line);
    return true;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  /** Takes nothing new from now on. Resolves when everything accepted before is done. */
  async drain(): Promise<void> {
    this.#draining = true;
    await this.settled();
  }

  /** Resolves when everything accepted so far is done. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#tails.values()].map(({ tail }) => tail));
  }
}
