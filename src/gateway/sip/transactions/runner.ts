/** Runs one transaction machine: holds its state, starts its timers, hands every other effect to its owner, in order. */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import type { Effect, Step } from './transaction.ts';

type Named = { readonly name: string };
type TimerFired = { readonly type: 'timer-fired'; readonly timer: string };
type OtherEffect = Exclude<Effect, { do: 'start-timer' }>;

export interface Machine<State extends Named, Event> {
  readonly start: Step<State>;
  step(state: State, event: Event | TimerFired): Step<State>;
}

export interface Owner {
  readonly clock: Clock;
  /** May call `dispatch`; the event waits for its turn. */
  perform(effect: OtherEffect): void;
  /** Once, after the last effect: forget this transaction. */
  ended(): void;
}

export interface Running<Event> {
  stateName(): string;
  dispatch(event: Event): void;
  /** Drops timers and pending events without any effect. */
  stop(): void;
}

export function runMachine<State extends Named, Event>(machine: Machine<State, Event>, owner: Owner): Running<Event> {
  const timers = new Set<Timer>();
  const waiting: (Event | TimerFired)[] = [];
  let { state } = machine.start;
  let busy = false;
  let stopped = false;

  const perform = (effect: Effect): void => {
    if (effect.do !== 'start-timer') return owner.perform(effect);
    const timer = owner.clock.after(effect.ms, () => {
      timers.delete(timer);
      dispatch({ type: 'timer-fired', timer: effect.timer });
    });
    timers.add(timer);
  };
  const stop = (): void => {
    stopped = true;
    waiting.length = 0;
    for (const timer of timers) timer.cancel();
    timers.clear();
  };
  const take = (next: Step<State>): void => {
    state = next.state;
    for (const effect of next.effects) if (!stopped) perform(effect);
    if (state.name !== 'terminated' || stopped) return;
    stop();
    owner.ended();
  };
  const dispatch = (event: Event | TimerFired): void => {
    if (stopped) return;
    waiting.push(event);
    if (!busy) drain();
  };
  const drain = (): void => {
    busy = true;
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) take(machine.step(state, event));
    busy = false;
  };

  busy = true;
  take(machine.start);
  drain();
  return {
    // No getter: an object literal with one has a hidden class of its own, which keeps it until a full collection.
    stateName: () => state.name,
    dispatch,
    stop,
  };
}
