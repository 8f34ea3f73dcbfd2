/** How often an authority is asked whether it is done, and for how long altogether. Pure. */

export interface Polling {
  /** Milliseconds waited so far. */
  readonly waitedMs: number;
  /** Milliseconds of the next pause, where the server does not say. */
  readonly pauseMs: number;
}

export const firstPoll: Polling = { waitedMs: 0, pauseMs: 500 };

/** Milliseconds. */
const longestPauseMs = 15_000;
/** Milliseconds between two questions, whatever the server says. */
const leastPauseMs = 100;
/** Milliseconds that an administrator, or a renewal, waits for one order. Source: public authorities take seconds. */
export const patienceMs = 300_000;

export type NextPoll =
  | { readonly do: 'wait'; readonly ms: number; readonly polling: Polling }
  /** The patience is at its end, or the server wants to be left alone for longer than that. */
  | { readonly do: 'leave'; readonly retryAfterMs: number };

/** @param retryAfterMs - What the server says. */
export function nextPoll({ waitedMs, pauseMs }: Polling, retryAfterMs: number | undefined): NextPoll {
  const ms = Math.max(retryAfterMs ?? pauseMs, leastPauseMs);
  if (waitedMs + ms > patienceMs) return { do: 'leave', retryAfterMs: ms };
  return { do: 'wait', ms, polling: { waitedMs: waitedMs + ms, pauseMs: Math.min(pauseMs * 2, longestPauseMs) } };
}
