/**
 * INVITE client transaction, RFC 3261 §17.1.1, with the Accepted state of RFC 6026 §7.2.
 *
 *   (created) ──▶ calling ───── 1xx ─────▶ proceeding ─┐ 1xx
 *                  │ │ ▲─┐ timer A            │ │  ▲────┘
 *                  │ └──── 2xx ──▶ accepted ◀─┘ │        2xx in accepted: passed up, each needs an ACK of the TU
 *                  │                  │ timer M │
 *                  │ 300-699          ▼         │ 300-699
 *                  └──▶ completed ─▶ terminated │        300-699 in completed: ACK again
 *                         ▲  timer D            │
 *                         └─────────────────────┘
 *   Timer B in calling and transport failure before a final response: terminated.
 */
import type { SipResponse } from '../message.ts';
import { isFinal, isSuccess } from '../status.ts';
import { type Reliability, T1, timerB, timerD, timerM } from '../timers.ts';
import { end, type Step as StepOf, startTimer, stay } from './transaction.ts';

export type State =
  | { readonly name: 'calling'; readonly interval: number }
  | { readonly name: 'proceeding' }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' };

export type Event =
  | { readonly type: 'response'; readonly response: SipResponse }
  | { readonly type: 'timer-fired'; readonly timer: string }
  | { readonly type: 'transport-failed' };

type Step = StepOf<State>;

export function start(transport: Reliability): Step {
  const repeat = transport === 'unreliable' ? [startTimer('A', T1)] : [];
  return {
    state: { name: 'calling', interval: T1 },
    effects: [{ do: 'send-request' }, startTimer('B', timerB), ...repeat],
  };
}

export function step(state: State, event: Event, transport: Reliability): Step {
  if (state.name === 'terminated') return stay(state);
  if (event.type === 'response') return receive(state, event.response, transport);
  if (event.type === 'timer-fired') return timerFired(state, event.timer);
  // The TU has its answer already; an ACK that cannot leave is the peer's timer H.
  return isAnswered(state) ? stay(state) : end({ do: 'report-failure', why: 'transport' });
}

function receive(state: State, response: SipResponse, transport: Reliability): Step {
  const up = { do: 'pass-up', response } as const;
  const acknowledge = { do: 'send-ack', response } as const;
  if (state.name === 'accepted') return isSuccess(response.status) ? { state, effects: [up] } : stay(state);
  if (state.name === 'completed') return response.status >= 300 ? { state, effects: [acknowledge] } : stay(state);
  if (!isFinal(response.status)) return { state: { name: 'proceeding' }, effects: [up] };
  if (isSuccess(response.status)) return { state: { name: 'accepted' }, effects: [up, startTimer('M', timerM)] };
  return { state: { name: 'completed' }, effects: [acknowledge, up, startTimer('D', timerD(transport))] };
}

function timerFired(state: State, timer: string): Step {
  if (state.name === 'accepted') return timer === 'M' ? end() : stay(state);
  if (state.name === 'completed') return timer === 'D' ? end() : stay(state);
  if (state.name !== 'calling') return stay(state);
  if (timer === 'B') return end({ do: 'report-failure', why: 'timeout' });
  if (timer !== 'A') return stay(state);
  // Timer A doubles without a ceiling [§17.1.1.2].
  const interval = 2 * state.interval;
  return { state: { name: 'calling', interval }, effects: [{ do: 'send-request' }, startTimer('A', interval)] };
}

const isAnswered = (state: State): boolean => state.name === 'accepted' || state.name === 'completed';
