/**
 * Repetition of the 2xx to an INVITE until its ACK arrives, over every transport [RFC 3261 §13.3.1.4].
 *
 *   waiting ─┐ timer G: send again, doubled up to T2        waiting ── ACK ──▶ terminated
 *      ▲─────┘                                              waiting ── timer H (64*T1) ──▶ terminated, reported
 */
import { nextInterval, T1, timerH } from '../timers.ts';
import { end, type SentResponse, type Step as StepOf, startTimer, stay } from './transaction.ts';

export type State =
  | { readonly name: 'waiting'; readonly response: SentResponse; readonly interval: number }
  | { readonly name: 'terminated' };

export type Event = { readonly type: 'ack' } | { readonly type: 'timer-fired'; readonly timer: string };

type Step = StepOf<State>;

/** The transaction has sent the response once already. */
export const start = (response: SentResponse): Step => ({
  state: { name: 'waiting', response, interval: T1 },
  effects: [startTimer('H', timerH), startTimer('G', T1)],
});

export function step(state: State, event: Event): Step {
  if (state.name === 'terminated') return stay(state);
  if (event.type === 'ack') return end();
  if (event.timer === 'H') return end({ do: 'report-failure', why: 'timeout' });
  if (event.timer !== 'G') return stay(state);
  const interval = nextInterval(state.interval);
  return {
    state: { ...state, interval },
    effects: [{ do: 'send-response', response: state.response }, startTimer('G', interval)],
  };
}
