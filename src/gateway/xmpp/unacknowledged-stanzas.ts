/** The stanzas of one stream that its peer has not acknowledged, oldest first, and how long it is waited for that [XEP-0198 §4]. */
import type { Clock, Timer } from '../../primitives/clock.ts';
import { askAgainMs, maxUnacknowledged, type S2sLimits } from './s2s-limits.ts';

/** What happens to a stanza once it is written. None of it when the stream ends before. */
export interface StanzaProgress {
  /** The kernel took it. @param isCounted - Whether the peer will say that it handled it. */
  onAccepted(isCounted: boolean): void;
  /** The peer handled it; only where it counts. */
  onAcknowledged(): void;
}

export type Expectation = 'acknowledgement' | 'handling' | 'nothing';

interface Times {
  readonly clock: Clock;
  readonly limits: S2sLimits;
}

export class UnacknowledgedStanzas {
  readonly #times: Times;
  readonly #onTime: (type: 'acknowledgement-due' | 'acknowledgement-overdue') => void;
  readonly #stanzas: StanzaProgress[] = [];
  #timer: Timer | undefined;

  constructor(times: Times, onTime: (type: 'acknowledgement-due' | 'acknowledgement-overdue') => void) {
    this.#times = times;
    this.#onTime = onTime;
  }

  get size(): number {
    return this.#stanzas.length;
  }

  get isFull(): boolean {
    return this.#stanzas.length >= maxUnacknowledged;
  }

  add(progress: StanzaProgress): void {
    this.#stanzas.push(progress);
  }

  /** The oldest `count` are handled. */
  settle(count: number): void {
    for (const progress of this.#stanzas.splice(0, count)) progress.onAcknowledged();
  }

  /** Waits for this, and no longer for what was expected before. */
  expect(what: Expectation): void {
    const { clock, limits } = this.#times;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (what === 'acknowledgement')
      this.#timer = clock.after(limits.acknowledgementMs, () => this.#onTime('acknowledgement-overdue'));
    if (what === 'handling') this.#timer = clock.after(askAgainMs, () => this.#onTime('acknowledgement-due'));
  }
}
