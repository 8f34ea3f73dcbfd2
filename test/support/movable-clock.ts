/** A clock that stands still until a test moves it; timers fire in their order on the way. */
import type { Clock } from '../../src/primitives/clock.ts';

export interface MovableClock extends Clock {
  advance(ms: number): void;
  /** Timers that have neither fired nor been cancelled. */
  pending(): number;
}

export function movableClock(): MovableClock {
  let now = 1000;
  const timers = new Set<{ at: number; fire: () => void }>();
  return {
    now: () => now,
    wallTime: () => new Date(Date.UTC(2026, 0, 1) + now),
    after(ms, fire) {
      const timer = { at: now + ms, fire };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    pending: () => timers.size,
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.fire();
      }
      now = end;
    },
  };
}
