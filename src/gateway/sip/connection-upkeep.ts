/**
 * When a silent connection is kept alive, and when it is given up [RFC 5626 §4.4.1]: the one who opened it pings with a double
 * CRLF. Peers that never answer pings are left in peace; one that has answered must go on doing so.
 */
import type { Clock, Timer } from '../../primitives/clock.ts';
import { idleTimeoutMs, pingAfterMs, pongTimeoutMs } from './limits.ts';

export interface UpkeepOwner {
  readonly clock: Clock;
  /** True when the peer opened it: then pinging is the peer's business. */
  readonly isInbound: boolean;
  ping(): void;
  /** @param reason - One clause. */
  giveUp(reason: string): void;
}

export class ConnectionUpkeep {
  readonly #owner: UpkeepOwner;
  /** When bytes came or went last, pings apart. */
  #lastTraffic: number;
  #hasPonged = false;
  #timer: Timer | undefined;
  #pong: Timer | undefined;

  constructor(owner: UpkeepOwner) {
    this.#owner = owner;
    this.#lastTraffic = owner.clock.now();
    this.#watch();
  }

  /** Bytes of a message went out, or anything came in. */
  sawTraffic(): void {
    this.#lastTraffic = this.#owner.clock.now();
  }

  ponged(): void {
    this.#hasPonged = true;
    this.#pong?.cancel();
    this.#pong = undefined;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#pong?.cancel();
  }

  #watch(): void {
    const silent = this.#owner.clock.now() - this.#lastTraffic;
    const isPinging = !this.#owner.isInbound;
    // Pings repeat while nothing comes back: only traffic moves the time from which the silence is counted.
    const untilPing = isPinging ? pingAfterMs - (silent % pingAfterMs) : Number.POSITIVE_INFINITY;
    const ms = Math.min(untilPing, idleTimeoutMs - silent);
    this.#timer = this.#owner.clock.after(ms, () => this.#due());
  }

  #due(): void {
    const { clock, isInbound } = this.#owner;
    const silent = clock.now() - this.#lastTraffic;
    if (silent >= idleTimeoutMs) return this.#owner.giveUp('the connection was silent');
    if (!isInbound && silent >= pingAfterMs) this.#ping();
    this.#watch();
  }

  #ping(): void {
    this.#owner.ping();
    if (!this.#hasPonged) return;
    this.#pong?.cancel();
    this.#pong = this.#owner.clock.after(pongTimeoutMs, () =>
      this.#owner.giveUp('the peer answers no keep-alive any more'),
    );
  }
}
