/** A clock that stands still until a test moves it. */
import type { Clock } from '../../../src/primitives/clock.ts';

export interface MovableClock extends Clock {
  /** Fires everything that becomes due within `ms`, in order. */
  advance(ms: number): void;
}

export function movableClock(): MovableClock {
  let now = 0;
  const due = new Set<{ readonly at: number; readonly fire: () => void }>();
  const next = (until: number) =>
    [...due].filter(({ at }) => at <= until).toSorted((left, right) => left.at - right.at)[0];
  return {
    now: () => now,
    wallTime: () => new Date(now),
    after(ms, fire) {
      const entry = { at: now + ms, fire };
      due.add(entry);
      return { cancel: () => due.delete(entry) };
    },
    advance(ms) {
      const until = now + ms;
      for (let entry = next(until); entry !== undefined; entry = next(until)) {
        due.delete(entry);
        now = entry.at;
        entry.fire();
      }
      now = until;
    },
  };
}
