/**
 * One subscription at its notifier [RFC 6665 §4.2.2], as a pure machine. The authorization is given from outside.
 *
 *               answered               update active
 *   (new) ────▶ waiting ───▶ pending ───────────────▶ active
 *                  │            │                       │  expired, terminated, fetched
 *                  └────────────┴───────────┬───────────┘
 *                                           ▼        final NOTIFY answered
 *                                         ending ──────────────────────────▶ removed ◀── a NOTIFY failed, from any state
 *
 * At most one NOTIFY is on its way; what changes meanwhile is collapsed into the next, and the last state wins
 * [RFC 3856 §6.10]. Times are milliseconds on the clock's monotonic scale.
 */

/** Milliseconds between notifications about presence on average. Source: RFC 3856 §6.10. */
export const notifyIntervalMs = 5000;
/** Notifications that may come at once, so that a fresh subscription settles without delay. Source: own choice. */
export const notifyBurst = 4;

export interface SubscriptionUpdate {
  readonly state: 'pending' | 'active' | 'terminated';
  /** Only for `terminated`; a reason of §4.1.3, such as `rejected`. Default: `noresource`. */
  readonly reason?: string | undefined;
  /** The presence document; without one the notification has no body, or repeats the last known one while active. */
  readonly pidf?: string | undefined;
}

export interface Subscription {
  readonly authorization: 'pending' | 'active';
  readonly pidf: string | undefined;
  readonly expiresAt: number;
  /** A fetch ends with its first notification [RFC 6665 §4.4.3]. */
  readonly isFetch: boolean;
  /** The SUBSCRIBE has its 2xx; no NOTIFY goes before it. */
  readonly isAnswered: boolean;
  readonly isNotifying: boolean;
  readonly due: 'nothing' | 'when-allowed' | 'now';
  /** Notifications are paid for at one interval each, up to this time. */
  readonly paidUntil: number;
  /** The final NOTIFY is due or on its way. */
  readonly ending: { readonly reason: string; readonly isSent: boolean } | undefined;
  readonly isRemoved: boolean;
}

export type Event =
  | { readonly type: 'answered'; readonly expiresAt: number }
  /** The time is over, or the watcher has ended it, which is the same [§4.2.1.4]. */
  | { readonly type: 'expired' }
  | { readonly type: 'updated'; readonly update: SubscriptionUpdate }
  | { readonly type: 'notify-allowed' }
  | { readonly type: 'notify-ended'; readonly isLost: boolean };

export type Effect =
  | { readonly do: 'notify'; readonly state: string; readonly pidf: string | undefined }
  | { readonly do: 'start-expiry' | 'start-pause'; readonly ms: number }
  | { readonly do: 'remove' };

export interface Step {
  readonly state: Subscription;
  readonly effects: readonly Effect[];
}

export const newSubscription = (isFetch: boolean): Subscription => ({
  authorization: 'pending',
  pidf: undefined,
  expiresAt: Number.POSITIVE_INFINITY,
  isFetch,
  isAnswered: false,
  isNotifying: false,
  due: 'nothing',
  paidUntil: Number.NEGATIVE_INFINITY,
  ending: undefined,
  isRemoved: false,
});

export function step(state: Subscription, event: Event, now: number): Step {
  if (state.isRemoved) return { state, effects: [] };
  switch (event.type) {
    case 'answered':
      return answered(state, event.expiresAt, now);
    case 'expired':
      return notifyIfDue(endedFor(state, 'timeout'), now);
    case 'updated':
      return notifyIfDue(updated(state, event.update), now);
    case 'notify-allowed':
      return notifyIfDue(state, now);
  }
  return notified({ ...state, isNotifying: false }, event.isLost, now);
}

/** Each 2xx to a SUBSCRIBE is followed by a NOTIFY [§4.2.1.2]; that of a fetch waits a moment for a state to tell. */
function answered(state: Subscription, expiresAt: number, now: number): Step {
  const due = state.isFetch ? 'nothing' : 'now';
  const expiry: Effect = { do: 'start-expiry', ms: Math.max(expiresAt - now, 0) };
  return notifyIfDue({ ...state, isAnswered: true, expiresAt, due }, now, [expiry]);
}

function updated(state: Subscription, update: SubscriptionUpdate): Subscription {
  if (state.ending !== undefined) return state;
  if (update.state === 'terminated') {
    return endedFor({ ...state, pidf: update.pidf }, update.reason ?? 'noresource');
  }
  const pidf = update.state === 'pending' ? update.pidf : (update.pidf ?? state.pidf);
  const known = { ...state, authorization: update.state, pidf };
  if (state.isFetch) return endedFor(known, 'timeout');
  if (known.authorization !== state.authorization) return { ...known, due: 'now' };
  return pidf === state.pidf || state.due === 'now' ? known : { ...known, due: 'when-allowed' };
}

const endedFor = (state: Subscription, reason: string): Subscription =>
  state.ending === undefined ? { ...state, ending: { reason, isSent: false } } : state;

function notified(state: Subscription, isLost: boolean, now: number): Step {
  const isOver = isLost || state.ending?.isSent === true;
  return isOver ? { state: { ...state, isRemoved: true }, effects: [{ do: 'remove' }] } : notifyIfDue(state, now);
}

function notifyIfDue(state: Subscription, now: number, before: readonly Effect[] = []): Step {
  const isDue = state.ending !== undefined || state.due !== 'nothing';
  if (!state.isAnswered || state.isNotifying || !isDue) return { state, effects: before };
  const pause = state.paidUntil - (notifyBurst - 1) * notifyIntervalMs - now;
  if (state.ending === undefined && state.due === 'when-allowed' && pause > 0) {
    return { state, effects: [...before, { do: 'start-pause', ms: pause }] };
  }
  const paidUntil = Math.max(state.paidUntil, now) + notifyIntervalMs;
  const ending = state.ending && { ...state.ending, isSent: true };
  const notify: Effect = { do: 'notify', state: stateValue(state, now), pidf: state.pidf };
  return { state: { ...state, isNotifying: true, due: 'nothing', paidUntil, ending }, effects: [...before, notify] };
}

/** The value of Subscription-State [§4.1.3]. */
function stateValue({ ending, authorization, expiresAt }: Subscription, now: number): string {
  if (ending !== undefined) return `terminated;reason=${ending.reason}`;
  return `${authorization};expires=${Math.max(Math.ceil((expiresAt - now) / 1000), 0)}`;
}
