/**
 * What follows from a change of state leaves once the change survives a crash, in the order of its causes: nobody is told
 * what a restarted gateway would not know.
 */
import type { StateStore } from '../primitives/state-store.ts';

export class AfterWrites {
  readonly #state: Pick<StateStore, 'durable'>;
  /** Resolves when the last effect that waits has its turn; nothing while none waits. */
  #last: Promise<void> | undefined;

  constructor(state: Pick<StateStore, 'durable'>) {
    this.#state = state;
  }

  /** Runs the effect when everything written so far is durable, and every effect before it has run; at once when it can. */
  run<T>(effect: () => Promise<T>): Promise<T> {
    const durable = this.#state.durable();
    if (durable === undefined && this.#last === undefined) return effect();
    const turn = Promise.all([this.#last, durable]).then(() => undefined);
    this.#last = turn;
    const done = turn.then(effect);
    void turn.then(() => {
      if (this.#last === turn) this.#last = undefined;
    });
    return done;
  }
}
