/** A clock that tests move. Timers fire in their order, at their time, when it is moved past them. */
import type { Clock } from '../../src/primitives/clock.ts';

export interface FakeClock extends Clock {
  /** Moves the time on, and fires what becomes due. */
  advance(ms: number): void;
}

export function fakeClock(): FakeClock {
  let now = 0;
  const pending = new Map<object, { readonly at: number; readonly fire: () => void }>();
  return {
    now: () => now,
    wallTime: () => new Date(now),
    after(ms, fire) {
      const key = {};
      pending.set(key, { at: now + ms, fire });
      return { cancel: () => void pending.delete(key) };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...pending]
          .filter(([, { at }]) => at <= end)
          .toSorted(([, one], [, other]) => one.at - other.at);
        if (next === undefined) break;
        const [key, { at, fire }] = next;
        pending.delete(key);
        now = at;
        fire();
      }
      now = end;
    },
  };
}
