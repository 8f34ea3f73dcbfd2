/**
 * Non-INVITE client transaction, RFC 3261 §17.1.2.
 *
 *   (created) ──▶ trying ──── 1xx ────▶ proceeding ─┐ 1xx
 *                  │  ▲─┐ timer E           │  ▲────┘ (timer E repeats every T2)
 *                  │                        │
 *                  └── 200-699 ▶ completed ◀┘ 200-699
 *                                   │ timer K
 *                                   ▼
 *                               terminated ◀── timer F or transport failure before a final response
 */
import type { SipResponse } from '../message.ts';
import { isFinal } from '../status.ts';
import { nextInterval, type Reliability, T1, T2, timerF, timerK } from '../timers.ts';
import { end, type Step as StepOf, startTimer, stay } from './transaction.ts';

export type State =
  | { readonly name: 'trying'; readonly interval: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' };

export type Event =
  | { readonly type: 'response'; readonly response: SipResponse }
  | { readonly type: 'timer-fired'; readonly timer: string }
  | { readonly type: 'transport-failed' };

type Step = StepOf<State>;

export function start(transport: Reliability): Step {
  const repeat = transport === 'unreliable' ? [startTimer('E', T1)] : [];
  return {
    state: { name: 'trying', interval: T1 },
    effects: [{ do: 'send-request' }, startTimer('F', timerF), ...repeat],
  };
}

export function step(state: State, event: Event, transport: Reliability): Step {
  if (state.name === 'terminated') return stay(state);
  if (event.type === 'response') return receive(state, event.response, transport);
  if (event.type === 'timer-fired') return timerFired(state, event.timer);
  return state.name === 'completed' ? stay(state) : end({ do: 'report-failure', why: 'transport' });
}

function receive(state: State, response: SipResponse, transport: Reliability): Step {
  if (state.name === 'completed') return stay(state);
  const up = { do: 'pass-up', response } as const;
  if (!isFinal(response.status)) return { state: { name: 'proceeding' }, effects: [up] };
  return { state: { name: 'completed' }, effects: [up, startTimer('K', timerK(transport))] };
}

function timerFired(state: State, timer: string): Step {
  if (state.name === 'completed') return timer === 'K' ? end() : stay(state);
  if (timer === 'F') return end({ do: 'report-failure', why: 'timeout' });
  if (timer !== 'E') return stay(state);
  if (state.name === 'proceeding') return { state, effects: [{ do: 'send-request' }, startTimer('E', T2)] };
  if (state.name !== 'trying') return stay(state);
  const interval = nextInterval(state.interval);
  return { state: { name: 'trying', interval }, effects: [{ do: 'send-request' }, startTimer('E', interval)] };
}
