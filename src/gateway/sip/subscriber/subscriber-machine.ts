/**
 * One presence subscription at its subscriber [RFC 6665 §4.1], as a pure machine: it asks, is notified, refreshes, and asks
 * again for as long as it is wanted, unless the notifier says that it must not.
 *
 *   start        2xx or NOTIFY              refresh due
 *   ────▶ asking ────────────▶ subscribed ──────────────▶ refreshing
 *           │ ▲                    │  ▲                      │
 *   failure │ │ wait over          │  └──────── 2xx ─────────┤
 *           ▼ │                    │ terminated, no NOTIFY   │ failure
 *         waiting ◀────────────────┴─────────────────────────┘
 *
 *   any state ── stop, or refused for good ──▶ ended
 *
 * One timer runs at a time: a new one replaces the one before.
 */
import {
  type Answer,
  demandedExpires,
  giveUpAfter,
  isRefusedForGood,
  refreshAfter,
  type SubscriptionState,
  type Termination,
  terminationOf,
  waitSeconds,
} from './subscriber-rules.ts';

/** Seconds from a 2xx in which the first NOTIFY must come: Timer N [RFC 6665 §4.1.2.4]. */
export const firstNotifySeconds = 32;

export interface SubscriberState {
  readonly phase: 'asking' | 'subscribed' | 'refreshing' | 'waiting' | 'ended';
  /** Seconds to ask for. */
  readonly expires: number;
  /** What the last 2xx granted, in seconds. */
  readonly granted: number;
  readonly isNotified: boolean;
  /** In a row, without a NOTIFY that says how it stands. */
  readonly failures: number;
}

export type Event =
  | { readonly type: 'start' | 'timer' | 'unanswered' | 'stop' }
  | ({ readonly type: 'answered' } & Answer)
  | { readonly type: 'notified'; readonly subscription: SubscriptionState };

export type Effect =
  /** A SUBSCRIBE outside of any dialog; the dialog before, if any, is over. */
  | { readonly do: 'subscribe'; readonly expires: number }
  /** A SUBSCRIBE inside the dialog; 0 seconds end it. */
  | { readonly do: 'refresh'; readonly expires: number }
  | { readonly do: 'start-timer'; readonly seconds: number }
  | { readonly do: 'stop-timer' }
  /** `active`: what the document of the NOTIFY says. `unknown`: nobody can say until the next one. */
  | { readonly do: 'tell'; readonly what: 'active' | 'pending' | 'unknown' }
  | { readonly do: 'tell'; readonly what: 'refused'; readonly reason: string };

export interface Step {
  readonly state: SubscriberState;
  readonly effects: readonly Effect[];
}

export const newSubscriber = (expires: number): SubscriberState => ({
  phase: 'waiting',
  expires,
  granted: 0,
  isNotified: false,
  failures: 0,
});

/** @param fraction - 0 to below 1, at random: spreads the retries of many subscriptions. */
export function step(state: SubscriberState, event: Event, fraction: number): Step {
  switch (event.type) {
    case 'start':
      return ask(state);
    case 'stop':
      return stopped(state);
    case 'timer':
      return timed(state, fraction);
    case 'unanswered':
      return state.phase === 'ended' ? still(state) : failed(state, fraction);
    case 'answered':
      return answered(state, event, fraction);
    case 'notified':
      return notified(state, event.subscription, fraction);
  }
}

const still = (state: SubscriberState): Step => ({ state, effects: [] });

const ask = (state: SubscriberState): Step => ({
  state: { ...state, phase: 'asking', isNotified: false },
  effects: [{ do: 'stop-timer' }, { do: 'subscribe', expires: state.expires }],
});

/** A SUBSCRIBE that is still under way is ended when it has been answered. */
function stopped(state: SubscriberState): Step {
  const hasDialog = state.phase === 'subscribed' || state.phase === 'refreshing';
  const end: readonly Effect[] = hasDialog ? [{ do: 'refresh', expires: 0 }] : [];
  return { state: { ...state, phase: 'ended' }, effects: [{ do: 'stop-timer' }, ...end] };
}

function timed(state: SubscriberState, fraction: number): Step {
  if (state.phase === 'waiting') return ask(state);
  if (state.phase !== 'subscribed') return still(state);
  // A notifier that accepts and then says nothing is no notifier.
  if (!state.isNotified) return failed(state, fraction);
  return { state: { ...state, phase: 'refreshing' }, effects: [{ do: 'refresh', expires: state.expires }] };
}

function answered(state: SubscriberState, answer: Answer, fraction: number): Step {
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (state.phase === 'ended')
    return { state, effects: isSuccess && answer.isFirst ? [{ do: 'refresh', expires: 0 }] : [] };
  if (isSuccess) return granted(state, answer);
  const longer = demandedExpires(answer, state.expires);
  if (longer !== undefined) return ask({ ...state, expires: longer });
  if (isRefusedForGood(answer.status)) return refused(state, String(answer.status));
  // The notifier has forgotten the dialog: a new one, at once for the first time [RFC 6665 §4.1.2.2].
  if (answer.status === 481 && state.failures === 0) return ask({ ...state, failures: 1 });
  return failed(state, fraction, answer.retryAfter);
}

function granted(state: SubscriberState, { expires }: Answer): Step {
  const seconds = Math.min(expires ?? state.expires, state.expires);
  const timer: Effect = { do: 'start-timer', seconds: state.isNotified ? refreshAfter(seconds) : firstNotifySeconds };
  return { state: { ...state, phase: 'subscribed', granted: seconds }, effects: [timer] };
}

function notified(state: SubscriberState, subscription: SubscriptionState, fraction: number): Step {
  if (state.phase === 'ended' || state.phase === 'waiting') return still(state);
  if (subscription.state === 'terminated') return terminated(state, terminationOf(subscription), fraction);
  const seconds = subscription.expires ?? (state.granted || state.expires);
  const tell: Effect = { do: 'tell', what: subscription.state };
  const known = { ...state, isNotified: true, failures: 0 };
  // While a SUBSCRIBE is under way its answer starts the timer.
  if (state.phase !== 'subscribed') return { state: known, effects: [tell] };
  return { state: known, effects: [{ do: 'start-timer', seconds: refreshAfter(seconds) }, tell] };
}

function terminated(state: SubscriberState, termination: Termination, fraction: number): Step {
  switch (termination.next) {
    case 'ask-now':
      // Once; a notifier that ends each subscription at once would keep both of us busy.
      return state.failures === 0 ? ask({ ...state, failures: 1 }) : failed(state, fraction);
    case 'ask-later':
      return failed(state, fraction, termination.retryAfter);
    case 'never':
      return refused(state, termination.reason);
    case 'keep':
      return { state: { ...state, phase: 'ended' }, effects: [{ do: 'stop-timer' }] };
  }
}

const refused = (state: SubscriberState, reason: string): Step => ({
  state: { ...state, phase: 'ended' },
  effects: [{ do: 'stop-timer' }, { do: 'tell', what: 'refused', reason }],
});

function failed(state: SubscriberState, fraction: number, retryAfter?: number): Step {
  const failures = Math.min(state.failures + 1, giveUpAfter);
  const seconds = waitSeconds(failures, fraction, retryAfter);
  return {
    state: { ...state, phase: 'waiting', isNotified: false, failures },
    effects: [
      { do: 'start-timer', seconds },
      ...(state.phase === 'waiting' ? [] : [{ do: 'tell', what: 'unknown' } as const]),
    ],
  };
}
