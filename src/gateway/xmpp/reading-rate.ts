/**
 * Reads a connection no faster than its rate, and not while its owner has enough to do: who sends more waits in TCP. What arrived is looked at before it is counted,
 * so that an element that is too large is refused at the byte that makes it so, not when its turn comes.
 */
import type { Clock, Timer } from '../../primitives/clock.ts';
import { fullBucket, msInDebt, type Rate, refilled, spent, type TokenBucket } from '../../primitives/token-bucket.ts';
import { byteBurstSeconds } from './s2s-limits.ts';

/** What of a socket is needed. */
export interface Readable {
  pause(): unknown;
  resume(): unknown;
}

export class ReadingRate {
  readonly #clock: Clock;
  readonly #bytesPerSecond: () => number;
  #bucket: TokenBucket | undefined;
  #pause: Timer | undefined;
  #ended = false;
  #isHeld = false;

  /** @param bytesPerSecond - Asked for each chunk; 0: as fast as it comes. */
  constructor(clock: Clock, bytesPerSecond: () => number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** So many bytes were read from `source`. @returns Whether it is paused now, because they were too many. */
  count(bytes: number, source: Readable): boolean {
    const perSecond = this.#bytesPerSecond();
    if (perSecond === 0 || this.#ended) {
      this.#bucket = undefined;
      return false;
    }
    const rate: Rate = { perSecond, burst: perSecond * byteBurstSeconds };
    const now = this.#clock.now();
    const before = this.#bucket ?? fullBucket(rate, now);
    this.#bucket = spent(refilled(before, rate, now), bytes);
    const waitMs = msInDebt(this.#bucket, rate);
    if (waitMs === 0) return false;
    source.pause();
    this.#pause?.cancel();
    this.#pause = this.#clock.after(waitMs, () => {
      this.#pause = undefined;
      if (!this.#isHeld) source.resume();
    });
    return true;
  }

  /** Nothing is read while it is held. */
  hold(isHeld: boolean, source: Readable): void {
    this.#isHeld = isHeld && !this.#ended;
    if (this.#isHeld) source.pause();
    else if (this.#pause === undefined) source.resume();
  }

  /** What still comes is read as fast as it comes: the peer's goodbye may be behind it. */
  end(source: Readable): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#isHeld = false;
    this.release();
    source.resume();
  }

  /** Resumes nothing any more; what is owed stays owed. */
  release(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
  }
}
