/**
 * One delivery at a time for each pair of addresses, in order of arrival [RFC 6120 §10.1, RFC 3428 §8: one outstanding
 * MESSAGE per target]. Bounded for each pair, for each partner, so that none of them takes the room of the others, and overall,
 * in number and bytes; what does not fit is refused, never dropped.
 */
import { ByteBudget } from '../primitives/byte-budget.ts';
import { UnderWay } from '../primitives/under-way.ts';

/** Deliveries that may wait behind one of the same pair. Source: own choice. */
export const maxPerPair = 100;
/** Deliveries under way or waiting: of one partner, and of all together. Source: own choice, a fifth. */
export const maxPerPartner = 2_000;
export const maxOverall = 10_000;
/** Bytes of them, likewise. Source: own choice; a quarter. */
export const maxBytesPerPartner = 16 * 1024 * 1024;
export const maxBytesOverall = 64 * 1024 * 1024;

export interface DeliveryOf {
  /** Sender and recipient. */
  readonly pair: string;
  /** The domain of the contact. */
  readonly partnerDomain: string;
  /** What it keeps in memory. */
  readonly bytes: number;
}

/** Why a delivery is not taken: the gateway stops; or too much waits, of the pair or the partner, or of all. */
export type DeliveryRefusal = 'stopping' | 'busy-pair' | 'busy-gateway';

interface Share {
  readonly bytes: ByteBudget;
  count: number;
}

export class OrderedDeliveries {
  readonly #tails = new UnderWay<{ tail: Promise<void>; waiting: number }>();
  /** By domain of the partner. */
  readonly #shares = new UnderWay<Share>();
  readonly #bytes = new ByteBudget(() => maxBytesOverall);
  #overall = 0;
  #draining = false;

  /**
   * Runs `deliver` after everything that was accepted for this pair before.
   *
   * @returns Nothing when it was accepted; a refusal when nothing was queued: tell the sender.
   */
  run(about: DeliveryOf, deliver: () => Promise<void>): DeliveryRefusal | undefined {
    const { pair, partnerDomain, bytes } = about;
    const line = this.#tails.get(pair) ?? { tail: Promise.resolve(), waiting: 0 };
    const share = this.#shares.get(partnerDomain) ?? {
      bytes: new ByteBudget(() => maxBytesPerPartner, this.#bytes),
      count: 0,
    };
    const refusal = this.#refusal(line.waiting, share, bytes);
    if (refusal !== undefined) return refusal;
    this.#count(partnerDomain, share, bytes, 1);
    line.waiting += 1;
    line.tail = line.tail.then(deliver).finally(() => {
      this.#count(partnerDomain, share, -bytes, -1);
      line.waiting -= 1;
      if (line.waiting === 0) this.#tails.delete(pair);
    });
    this.#tails.set(pair, line);
    return undefined;
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
    await Promise.allSettled(this.#tails.values().map(({ tail }) => tail));
  }

  #refusal(waiting: number, share: Share, bytes: number): DeliveryRefusal | undefined {
    if (this.#draining) return 'stopping';
    if (this.#overall >= maxOverall || !this.#bytes.hasRoomFor(bytes)) return 'busy-gateway';
    if (waiting >= maxPerPair || share.count >= maxPerPartner || !share.bytes.hasRoomFor(bytes)) return 'busy-pair';
    return undefined;
  }

  #count(partnerDomain: string, share: Share, bytes: number, one: 1 | -1): void {
    this.#overall += one;
    share.count += one;
    share.bytes.add(bytes);
    if (share.count === 0) this.#shares.delete(partnerDomain);
    else this.#shares.set(partnerDomain, share);
  }
}
