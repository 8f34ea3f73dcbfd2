/** Time as a dependency: production passes the real one, tests pass one they can move. */
export interface Clock {
  /** Milliseconds on a monotonic clock. Only differences mean anything. */
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

export const realClock: Clock = {
  now: () => performance.now(),
  wallTime: () => new Date(),
  after(ms, fire) {
    const timer = setTimeout(fire, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
