import { describe, expect, it } from '@jest/globals';

import { runMachine } from '../../../../src/gateway/sip/transactions/runner.ts';
import type { Effect, Step } from '../../../../src/gateway/sip/transactions/transaction.ts';
import { startTimer } from '../../../../src/gateway/sip/transactions/transaction.ts';
import { movableClock } from '../../../support/movable-clock.ts';

type State = { readonly name: 'open' | 'terminated' };
type Event = { readonly type: 'echo' | 'finish' } | { readonly type: 'timer-fired'; readonly timer: string };

const start: Step<State> = { state: { name: 'open' }, effects: [startTimer('A', 10), startTimer('B', 1000)] };

function step(state: State, event: Event): Step<State> {
  if (event.type === 'finish') return { state: { name: 'terminated' }, effects: [{ do: 'send-100' }] };
  return { state, effects: [{ do: 'send-request' }, { do: 'pass-ack-up' }] };
}

function run(onEffect: (effect: Effect, dispatch: (event: Event) => void) => void = () => undefined) {
  const clock = movableClock();
  let pending = 0;
  const done: string[] = [];
  const counting = {
    ...clock,
    after(ms: number, fire: () => void) {
      pending += 1;
      const timer = clock.after(ms, () => {
        pending -= 1;
        fire();
      });
      return {
        cancel() {
          pending -= 1;
          timer.cancel();
        },
      };
    },
  };
  const running = runMachine<State, Event>(
    { start, step },
    {
      clock: counting,
      perform(effect) {
        done.push(effect.do);
        onEffect(effect, (event) => running.dispatch(event));
      },
      ended: () => done.push('ended'),
    },
  );
  return { clock, running, done, pending: () => pending };
}

describe('transaction runner', () => {
  it('performs the effects of one event before the next, also when an effect causes an event', () => {
    let first = true;
    const { running, done } = run((effect, dispatch) => {
      if (effect.do !== 'send-request' || !first) return;
      first = false;
      dispatch({ type: 'echo' });
    });
    running.dispatch({ type: 'echo' });
    expect(done).toEqual(['send-request', 'pass-ack-up', 'send-request', 'pass-ack-up']);
  });

  it('turns timers into events', () => {
    const { clock, done } = run();
    clock.advance(10);
    expect(done).toEqual(['send-request', 'pass-ack-up']);
  });

  it('ends once, with its last effects, and leaves no timer', () => {
    const { running, done, pending } = run();
    running.dispatch({ type: 'finish' });
    running.dispatch({ type: 'echo' });
    expect([done, pending()]).toEqual([['send-100', 'ended'], 0]);
  });

  it('stops silently, and leaves no timer', () => {
    const { running, done, pending } = run();
    running.stop();
    running.dispatch({ type: 'finish' });
    expect([done, pending()]).toEqual([[], 0]);
  });
});
