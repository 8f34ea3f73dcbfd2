/** Runs hop-health-machine.ts for one next hop: its timer, its OPTIONS, and when it changed on the wall clock. */
import type { Clock, Timer } from '../../primitives/clock.ts';
import { type HopEvent, type HopState, type HopStep, startHop, stepHop } from './hop-health-machine.ts';
import type { FinalResponse } from './outgoing-request.ts';
import { secondsIn } from './subscriber/subscription-state.ts';

export interface HopHealthSetup {
  readonly clock: Clock;
  /** 0 to below 1, at random. */
  fraction(): number;
  /** Asks the hop whether it is there. Never rejects. */
  probe(): Promise<FinalResponse>;
  onUp(): void;
  /** @param waitMs - Milliseconds until it is asked again. */
  onDown(reason: string, waitMs: number): void;
}

/** One request to the hop, from when it left until how it ended. */
export interface HopExchange {
  readonly sentAt: number;
  readonly final: FinalResponse;
  /** A provisional response came: the hop is there, whatever became of the request behind it. */
  readonly isHeard: boolean;
}

export class HopHealth {
  readonly #setup: HopHealthSetup;
  #state: HopState;
  #changed: Date | undefined;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(setup: HopHealthSetup) {
    this.#setup = setup;
    const first = startHop(setup.fraction());
    this.#state = first.state;
    this.#take(first);
  }

  get state(): HopState {
    return this.#state;
  }

  /** Since when it is as it is, by the wall clock; nothing while that is unknown. */
  get changed(): Date | undefined {
    return this.#changed;
  }

  /** What a request to the hop, or the attempt, has shown. */
  observe(exchange: HopExchange): void {
    this.#judge(exchange, false);
  }

  /** Something has happened to it that may mean that it ends. */
  suspect(): void {
    this.#feed({ type: 'suspected', at: this.#setup.clock.now() });
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #judge(exchange: HopExchange, isProbe: boolean): void {
    const event = eventOf(exchange, { at: this.#setup.clock.now(), isProbe });
    if (event !== undefined) this.#feed(event);
  }

  #feed(event: HopEvent): void {
    if (!this.#isClosed) this.#take(stepHop(this.#state, event, this.#setup.fraction()));
  }

  #take({ state, effects }: HopStep): void {
    if (state.name !== this.#state.name) this.#changed = this.#setup.clock.wallTime();
    this.#state = state;
    for (const effect of effects) {
      if (effect.do === 'probe') void this.#probe();
      else if (effect.do === 'start-timer') this.#startTimer(effect.ms);
      else if (effect.do === 'tell-up') this.#setup.onUp();
      else this.#setup.onDown(effect.reason, effect.waitMs);
    }
  }

  #startTimer(ms: number): void {
    this.#timer?.cancel();
    const { clock } = this.#setup;
    this.#timer = clock.after(ms, () => this.#feed({ type: 'timer', at: clock.now() }));
  }

  async #probe(): Promise<void> {
    const sentAt = this.#setup.clock.now();
    this.#judge({ sentAt, final: await this.#setup.probe(), isHeard: false }, true);
  }
}

/** Undefined: it says nothing about the hop. */
function eventOf(
  { sentAt, final, isHeard }: HopExchange,
  asked: { readonly at: number; readonly isProbe: boolean },
): HopEvent | undefined {
  if (!final.ok) {
    if (final.isOurs === true && !asked.isProbe) return undefined;
    if (isHeard) return { type: 'answered', ...asked };
    return {
      type: 'failed',
      ...asked,
      reason: final.detail,
      ...(final.why === 'timeout' ? { unansweredSince: sentAt } : {}),
    };
  }
  const { status, reason, headers } = final.response;
  // A 408 for what ends at the hop itself says that it is there and does not work.
  if (status !== 503 && !(asked.isProbe && status === 408)) return { type: 'answered', ...asked };
  const seconds = secondsIn(headers.get('Retry-After'));
  const retryAfterMs = seconds === undefined ? undefined : seconds * 1000;
  return { type: 'failed', ...asked, reason: `it answers ${status} ${reason}`, retryAfterMs };
}
