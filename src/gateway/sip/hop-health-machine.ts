/**
 * Whether one next hop can be used, as a pure machine.
 *
 *   unknown ─── answered ───▶ up ◀─── answered ─── down
 *      └─────── failed ─────▶ down ◀─ failed ─ up
 *
 * What the hop answers to anything counts, a 503 apart: that means the whole server [RFC 3261 §21.5.4]. One timer runs at a
 * time, a new one replaces the one before; when it fires the hop is asked by OPTIONS: a silent one now and then, one that is
 * down after a wait that doubles with each failure.
 */
import {
  hopFirstBackoffMs,
  hopFirstProbeMs,
  hopKeepAliveMs,
  hopMaxBackoffMs,
  hopMaxRetryAfterMs,
} from './hop-limits.ts';

/** Times are milliseconds of one monotonic clock. */
export type HopState =
  | { readonly name: 'unknown' }
  /** `heard`: when it answered last. */
  | { readonly name: 'up'; readonly since: number; readonly heard: number }
  | { readonly name: 'down'; readonly since: number; readonly reason: string; readonly failures: number };

export type HopEvent =
  | { readonly type: 'answered'; readonly at: number; readonly isProbe: boolean }
  | HopFailed
  /** It ended a connection of ours. */
  | { readonly type: 'suspected'; readonly at: number }
  | { readonly type: 'timer'; readonly at: number };

export interface HopFailed {
  readonly type: 'failed';
  readonly at: number;
  readonly isProbe: boolean;
  /** When the request left that was not answered; what was heard after it counts for more. Absent: the hop refused. */
  readonly unansweredSince?: number | undefined;
  readonly reason: string;
  /** Of its 503. */
  readonly retryAfterMs?: number | undefined;
}

export type HopEffect =
  | { readonly do: 'probe' }
  | { readonly do: 'start-timer'; readonly ms: number }
  | { readonly do: 'tell-up' }
  | { readonly do: 'tell-down'; readonly reason: string; readonly waitMs: number };

export interface HopStep {
  readonly state: HopState;
  readonly effects: readonly HopEffect[];
}

/** The jitter takes this part of a wait, or adds it, at most. */
const jitter = 0.25;

/** @param fraction - 0 to below 1, at random. */
export const startHop = (fraction: number): HopStep => ({
  state: { name: 'unknown' },
  effects: [{ do: 'start-timer', ms: withJitter(hopFirstProbeMs, fraction) }],
});

export function stepHop(state: HopState, event: HopEvent, fraction: number): HopStep {
  if (event.type === 'answered') return answered(state, event.at, event.isProbe);
  if (event.type === 'failed') return failed(state, event, fraction);
  if (event.type === 'suspected') return suspected(state, event.at, fraction);
  const silentMs = state.name === 'up' ? event.at - state.heard : hopKeepAliveMs;
  return { state, effects: [silentMs < hopKeepAliveMs ? timer(hopKeepAliveMs - silentMs) : { do: 'probe' }] };
}

/** It is asked soon, and not at once: one that ends every connection is not asked faster than that. */
function suspected(state: HopState, at: number, fraction: number): HopStep {
  if (state.name !== 'up') return { state, effects: [] };
  const asIfSilent = { ...state, heard: Math.min(state.heard, at - hopKeepAliveMs) };
  return { state: asIfSilent, effects: [timer(withJitter(hopFirstProbeMs, fraction))] };
}

function answered(state: HopState, at: number, isProbe: boolean): HopStep {
  const keepAlive = timer(hopKeepAliveMs);
  if (state.name === 'up') return { state: { ...state, heard: at }, effects: isProbe ? [keepAlive] : [] };
  return { state: { name: 'up', since: at, heard: at }, effects: [{ do: 'tell-up' }, keepAlive] };
}

function failed(state: HopState, event: HopFailed, fraction: number): HopStep {
  const { at, reason, isProbe, unansweredSince } = event;
  if (state.name === 'down') {
    const next = { ...state, reason, failures: state.failures + (isProbe ? 1 : 0) };
    return { state: next, effects: isProbe ? [timer(waitOf(next.failures, event, fraction))] : [] };
  }
  const wasHeard = state.name === 'up' && unansweredSince !== undefined && state.heard >= unansweredSince;
  if (wasHeard) return { state, effects: isProbe ? [timer(hopKeepAliveMs)] : [] };
  const waitMs = waitOf(1, event, fraction);
  return {
    state: { name: 'down', since: at, reason, failures: 1 },
    effects: [{ do: 'tell-down', reason, waitMs }, timer(waitMs)],
  };
}

/**
 * As long as the hop asks for, within reason; and never shorter than its failures make it. A request that was not answered may
 * be silent for the sake of the user behind the hop [RFC 4320 §4.2]: then the hop is asked itself, soon.
 */
function waitOf(failures: number, { retryAfterMs = 0, isProbe, unansweredSince }: HopFailed, fraction: number): number {
  const isDoubtful = unansweredSince !== undefined && !isProbe;
  const first = isDoubtful ? hopFirstProbeMs : hopFirstBackoffMs;
  const doubled = Math.min(first * 2 ** (failures - 1), hopMaxBackoffMs);
  return Math.max(withJitter(doubled, fraction), Math.min(retryAfterMs, hopMaxRetryAfterMs));
}

const withJitter = (ms: number, fraction: number): number => Math.round(ms * (1 - jitter + 2 * jitter * fraction));

const timer = (ms: number): HopEffect => ({ do: 'start-timer', ms });
