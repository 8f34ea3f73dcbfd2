/**
 * INVITE server transaction, RFC 3261 §17.2.1, with the Accepted state of RFC 6026 §7.1.
 *
 *   (created) ──▶ proceeding ─┐ 1xx; 100 by itself after 200 ms
 *                  │ │  ▲─────┘
 *                  │ └─ 2xx ──▶ accepted ── timer L ──▶ terminated     the TU repeats the 2xx until its ACK
 *                  │ 300-699
 *                  └──▶ completed ── ACK ──▶ confirmed ── timer I ──▶ terminated
 *                         │ ▲─┐ timer G repeats
 *                         └── timer H ──▶ terminated, reported: no ACK came
 */
import { strict as assert } from 'node:assert';

import { isFinal, isSuccess } from '../status.ts';
import { nextInterval, type Reliability, T1, timerH, timerI, timerL, tryingDelay } from '../timers.ts';
import { end, type SentResponse, type Step as StepOf, startTimer, stay } from './transaction.ts';

export type State =
  | { readonly name: 'proceeding'; readonly last: SentResponse | undefined }
  | { readonly name: 'accepted' }
  | { readonly name: 'completed'; readonly last: SentResponse; readonly interval: number }
  | { readonly name: 'confirmed' }
  | { readonly name: 'terminated' };

export type Event =
  | { readonly type: 'request-retransmitted' }
  | { readonly type: 'ack' }
  | { readonly type: 'respond'; readonly response: SentResponse }
  | { readonly type: 'timer-fired'; readonly timer: string }
  | { readonly type: 'transport-failed' };

type Step = StepOf<State>;

export const start = (): Step => ({
  state: { name: 'proceeding', last: undefined },
  effects: [startTimer('trying', tryingDelay)],
});

export function step(state: State, event: Event, transport: Reliability): Step {
  if (state.name === 'terminated') return stay(state);
  if (event.type === 'request-retransmitted') return retransmitted(state);
  if (event.type === 'ack') return acknowledged(state, transport);
  if (event.type === 'respond') return respond(state, event.response, transport);
  if (event.type === 'timer-fired') return timerFired(state, event.timer);
  return end({ do: 'report-failure', why: 'transport' });
}

function retransmitted(state: State): Step {
  if (state.name === 'completed') return { state, effects: [send(state.last)] };
  if (state.name !== 'proceeding') return stay(state);
  return { state, effects: [state.last === undefined ? { do: 'send-100' } : send(state.last)] };
}

function acknowledged(state: State, transport: Reliability): Step {
  // Only a peer without branches reaches its transaction with the ACK of a 2xx [RFC 3261 §17.2.3].
  if (state.name === 'accepted') return { state, effects: [{ do: 'pass-ack-up' }] };
  if (state.name !== 'completed') return stay(state);
  return { state: { name: 'confirmed' }, effects: [startTimer('I', timerI(transport))] };
}

function respond(state: State, response: SentResponse, transport: Reliability): Step {
  const { status } = response;
  assert(status >= 100 && status <= 699, `response with status ${status}`);
  if (state.name === 'accepted') return isSuccess(status) ? { state, effects: [send(response)] } : stay(state);
  if (state.name !== 'proceeding') return stay(state);
  if (!isFinal(status)) return { state: { name: 'proceeding', last: response }, effects: [send(response)] };
  if (isSuccess(status)) return { state: { name: 'accepted' }, effects: [send(response), startTimer('L', timerL)] };
  const repeat = transport === 'unreliable' ? [startTimer('G', T1)] : [];
  return {
    state: { name: 'completed', last: response, interval: T1 },
    effects: [send(response), startTimer('H', timerH), ...repeat],
  };
}

function timerFired(state: State, timer: string): Step {
  switch (state.name) {
    case 'proceeding':
      return timer === 'trying' && state.last === undefined ? { state, effects: [{ do: 'send-100' }] } : stay(state);
    case 'accepted':
      return timer === 'L' ? end() : stay(state);
    case 'confirmed':
      return timer === 'I' ? end() : stay(state);
    case 'completed':
      return timer === 'H' ? end({ do: 'report-failure', why: 'timeout' }) : repeat(state, timer);
    default:
      return stay(state);
  }
}

function repeat(state: State & { name: 'completed' }, timer: string): Step {
  if (timer !== 'G') return stay(state);
  const interval = nextInterval(state.interval);
  return { state: { ...state, interval }, effects: [send(state.last), startTimer('G', interval)] };
}

const send = (response: SentResponse) => ({ do: 'send-response', response }) as const;
