/** Performs the effects of partner-reach-machine.ts for every domain of contacts that our users see. */
import type { Clock, Timer } from '../primitives/clock.ts';
import { type PartnerReach, type ReachEffect, type ReachEvent, step } from './partner-reach-machine.ts';

export interface ReachHooks {
  /** Whether any stream to or from the domain lives. */
  hasStream(domain: string): boolean;
  tellUnknown(domain: string): void;
  probeOne(domain: string): void;
  probeAll(domain: string): void;
}

interface Watched {
  state: PartnerReach;
  timer?: Timer;
}

export class PartnerReaches {
  readonly #clock: Clock;
  readonly #hooks: ReachHooks;
  /** Only domains of which there is doubt. */
  readonly #doubtful = new Map<string, Watched>();

  constructor(clock: Clock, hooks: ReachHooks) {
    this.#clock = clock;
    this.#hooks = hooks;
  }

  close(): void {
    for (const { timer } of this.#doubtful.values()) timer?.cancel();
    this.#doubtful.clear();
  }

  feed(domain: string, event: ReachEvent): void {
    const watched = this.#doubtful.get(domain) ?? { state: 'reached' };
    const { state, effects } = step(watched.state, event);
    watched.state = state;
    if (state === 'reached') this.#doubtful.delete(domain);
    else this.#doubtful.set(domain, watched);
    for (const effect of effects) this.#perform(domain, watched, effect);
  }

  #perform(domain: string, watched: Watched, effect: ReachEffect): void {
    switch (effect.do) {
      case 'start-timer':
        watched.timer = this.#clock.after(effect.ms, () =>
          this.feed(domain, { type: 'timer', hasStream: this.#hooks.hasStream(domain) }),
        );
        return;
      case 'stop-timer':
        return watched.timer?.cancel();
      case 'tell-unknown':
        return this.#hooks.tellUnknown(domain);
      case 'probe-one':
        return this.#hooks.probeOne(domain);
      case 'probe-all':
        return this.#hooks.probeAll(domain);
    }
  }
}
