/** Time as a dependency: production passes the real one, tests pass one they can move. */
export interface Clock {
  /** Milliseconds on a monotonic clock, in steps of 1/1024. Only differences mean anything. */
  now(): number;
  /** The wall clock, for time stamps that people and other machines read. */
  wallTime(): Date;
  /** Calls `fire` once, `ms` milliseconds from now, unless cancelled first. Never calls it synchronously. */
  after(ms: number, fire: () => void): Timer;
}

export interface Timer {
  /** Harmless when the timer has fired or was cancelled before. */
  cancel(): void;
}

/** Parts of a millisecond that `now` tells apart. A power of two: sums and differences with whole milliseconds are exact. */
const partsPerMs = 1024;

export const realClock: Clock = {
  now: () => Math.floor(performance.now() * partsPerMs) / partsPerMs,
  wallTime: () => new Date(),
  after(ms, fire) {
    const timer = setTimeout(fire, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
