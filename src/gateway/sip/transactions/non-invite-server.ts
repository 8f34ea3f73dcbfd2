/**
 * Non-INVITE server transaction, RFC 3261 §17.2.2, corrected by RFC 4320 §4.1.
 *
 *              request                        100
 *   (created) ───────▶ trying ──────────────────────▶ proceeding ─┐ 100
 *                         │                                │  ▲────┘
 *                         │ 200-699                200-699 │
 *                         └─────────▶ completed ◀──────────┘
 *                                         │ timer J
 *                                         ▼
 *                                     terminated ◀── transport failure, from any state
 */
import { strict as assert } from 'node:assert';

import { isFinal } from '../status.ts';
import { type Reliability, timerJ } from '../timers.ts';
import { end, type SentResponse, type Step as StepOf, startTimer, stay } from './transaction.ts';

export type State =
  | { readonly name: 'trying' }
  | { readonly name: 'proceeding'; readonly last: SentResponse }
  | { readonly name: 'completed'; readonly last: SentResponse }
  | { readonly name: 'terminated' };

export type Event =
  | { readonly type: 'request-retransmitted' }
  | { readonly type: 'respond'; readonly response: SentResponse }
  | { readonly type: 'timer-fired'; readonly timer: string }
  | { readonly type: 'transport-failed' };

type Step = StepOf<State>;

export const start = (): Step => stay({ name: 'trying' });

/** @throws AssertionError when the transaction user breaks RFC 4320 §4.1: that is our bug, not the peer's. */
export function step(state: State, event: Event, transport: Reliability): Step {
  if (state.name === 'terminated') return stay(state);
  // In Trying there is nothing to repeat yet; the peer's copy is discarded.
  if (event.type === 'request-retransmitted')
    return state.name === 'trying' ? stay(state) : { state, effects: [send(state.last)] };
  if (event.type === 'respond') return respond(state, event.response, transport);
  if (event.type === 'timer-fired') return event.timer === 'J' ? end() : stay(state);
  return end({ do: 'report-failure', why: 'transport' });
}

function respond(state: State, response: SentResponse, transport: Reliability): Step {
  const { status } = response;
  assert(status === 100 || (status >= 200 && status <= 699), `non-INVITE response with status ${status}`);
  // A second final response is discarded: the first one is the answer.
  if (state.name === 'completed') return stay(state);
  if (!isFinal(status)) return { state: { name: 'proceeding', last: response }, effects: [send(response)] };
  return {
    state: { name: 'completed', last: response },
    effects: [send(response), startTimer('J', timerJ(transport))],
  };
}

const send = (response: SentResponse) => ({ do: 'send-response', response }) as const;
