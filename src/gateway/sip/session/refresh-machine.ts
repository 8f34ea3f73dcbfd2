/**
 * The session timer of one dialog as a pure machine [RFC 4028 §7.2, §7.4, §10]: whoever agreed to refresh does so, or the
 * session is over. The owner keeps one timer; a new one replaces the one before.
 */
import { maxSessionSeconds, minSessionSeconds } from '../limits.ts';
import { isSuccess } from '../status.ts';
import type { Agreement, Refresh } from './session-timer.ts';

export interface RefreshState {
  /** Nothing when the session does not expire. */
  readonly agreed: Agreement | undefined;
  /** Milliseconds of the clock at which the session expires. */
  readonly expiresAt: number;
  /** Seconds, the largest Min-SE of a 422 in this dialog. */
  readonly minSeconds: number;
  readonly isRefreshing: boolean;
}

export interface RefreshAnswer {
  readonly status: number;
  /** Of a 2xx. */
  readonly agreed?: Agreement | undefined;
  /** Of a 422. */
  readonly minSeconds?: number | undefined;
}

/** `now`: milliseconds of the clock. */
export type RefreshEvent =
  | { readonly type: 'agreed'; readonly agreed: Agreement | undefined; readonly now: number }
  | { readonly type: 'timer'; readonly now: number }
  | { readonly type: 'answered'; readonly answer: RefreshAnswer; readonly now: number };

export type RefreshEffect =
  | { readonly do: 'start-timer'; readonly ms: number }
  | { readonly do: 'refresh'; readonly refresh: Refresh }
  /** `missing`: the peer did not refresh. `failed`: we could not. */
  | { readonly do: 'end'; readonly why: 'missing' | 'failed' }
  | { readonly do: 'stop-timer' };

export interface RefreshStep {
  readonly state: RefreshState;
  readonly effects: readonly RefreshEffect[];
}

export const noTimer: RefreshState = {
  agreed: undefined,
  expiresAt: 0,
  minSeconds: minSessionSeconds,
  isRefreshing: false,
};

/** Seconds before the end of the interval at which a session without a refresh is given up, a third of it at most [§10]. */
const farewellSeconds = 32;
const farewellMs = (seconds: number): number => Math.min(farewellSeconds, seconds / 3) * 1000;

export function stepRefresh(state: RefreshState, event: RefreshEvent): RefreshStep {
  if (event.type === 'agreed') return agree(state, event.agreed, event.now);
  const { agreed } = state;
  if (agreed === undefined) return { state, effects: [] };
  if (event.type === 'answered') return answered(state, agreed, event);
  if (agreed.refresher === 'peer') return end(state, 'missing');
  return event.now >= lastMoment(state, agreed) ? end(state, 'failed') : refresh(state, agreed);
}

function agree(state: RefreshState, agreed: Agreement | undefined, now: number): RefreshStep {
  const isRefreshing = state.isRefreshing && agreed !== undefined;
  if (agreed === undefined) return { state: { ...state, agreed, isRefreshing }, effects: [{ do: 'stop-timer' }] };
  const next = { ...state, agreed, isRefreshing, expiresAt: now + agreed.seconds * 1000 };
  const ms = agreed.refresher === 'us' ? agreed.seconds * 500 : lastMoment(next, agreed) - now;
  return { state: next, effects: [{ do: 'start-timer', ms }] };
}

function refresh(state: RefreshState, { seconds, takesUpdate }: Agreement): RefreshStep {
  const { minSeconds } = state;
  const method = takesUpdate ? 'UPDATE' : 'INVITE';
  const wanted: Refresh = { method, seconds: Math.max(seconds, minSeconds), minSeconds };
  return { state: { ...state, isRefreshing: true }, effects: [{ do: 'refresh', refresh: wanted }] };
}

function answered(
  before: RefreshState,
  agreed: Agreement,
  { answer, now }: Extract<RefreshEvent, { type: 'answered' }>,
): RefreshStep {
  const state = { ...before, isRefreshing: false };
  if (isSuccess(answer.status)) return agree(state, answer.agreed, now);
  if (answer.status === 408 || answer.status === 481) return end(state, 'failed');
  const { minSeconds = 0 } = answer;
  // Each 422 must ask for more than the one before, up to our maximum: they come to an end.
  if (answer.status === 422 && minSeconds > Math.max(agreed.seconds, state.minSeconds)) {
    if (minSeconds <= maxSessionSeconds) return refresh({ ...state, minSeconds }, agreed);
  }
  return tryAgain(state, agreed, now);
}

/** Not continuously [§10]: each time after half of what remains, until there is nothing left but to go. */
function tryAgain(state: RefreshState, agreed: Agreement, now: number): RefreshStep {
  const left = lastMoment(state, agreed) - now;
  if (left <= 0) return end(state, 'failed');
  const isLate = left <= farewellMs(agreed.seconds);
  return { state, effects: [{ do: 'start-timer', ms: isLate ? left : left / 2 }] };
}

const lastMoment = ({ expiresAt }: RefreshState, { seconds }: Agreement): number => expiresAt - farewellMs(seconds);

const end = (state: RefreshState, why: 'missing' | 'failed'): RefreshStep => ({
  state: { ...state, agreed: undefined, isRefreshing: false },
  effects: [{ do: 'stop-timer' }, { do: 'end', why }],
});
