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

/** Milliseconds between notifications of one subscription on average. Source: RFC 3856 §6.10, RFC 3857 §4.10. */
export const notifyIntervalMs = 5000;
/** Notifications that may come at once, so that a fresh subscription settles without delay. Source: own choice. */
export const notifyBurst = 4;

/** `State` is what the event package tells; by default the text of a document. Equal states are no news. */
export interface SubscriptionUpdate<State = string> {
  readonly state: 'pending' | 'active' | 'terminated';
  /** Only for `terminated`; a reason of §4.1.3, such as `rejected`. Default: `noresource`. */
  readonly reason?: string | undefined;
  /** Without one the notification has no body, or repeats the last known one while active. One without text is no body. */
  readonly document?: State | undefined;
}

export interface Subscription<State = string> {
  readonly authorization: 'pending' | 'active';
  readonly document: State | undefined;
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

export type Event<State = string> =
  | { readonly type: 'answered'; readonly expiresAt: number }
  /** The time is over, or the watcher has ended it, which is the same [§4.2.1.4]. */
  | { readonly type: 'expired' }
  | { readonly type: 'updated'; readonly update: SubscriptionUpdate<State> }
  | { readonly type: 'notify-allowed' }
  | { readonly type: 'notify-ended'; readonly isLost: boolean };

export type Effect<State = string> =
  | { readonly do: 'notify'; readonly state: string; readonly document: State | undefined }
  | { readonly do: 'start-expiry' | 'start-pause'; readonly ms: number }
  | { readonly do: 'remove' };

export interface Step<State> {
  readonly state: Subscription<State>;
  readonly effects: readonly Effect<State>[];
}

export const newSubscription = <State = string>(isFetch: boolean): Subscription<State> => ({
  authorization: 'pending',
  document: undefined,
  expiresAt: Number.POSITIVE_INFINITY,
  isFetch,
  isAnswered: false,
  isNotifying: false,
  due: 'nothing',
  paidUntil: Number.NEGATIVE_INFINITY,
  ending: undefined,
  isRemoved: false,
});

export function step<State>(state: Subscription<State>, event: Event<State>, now: number): Step<State> {
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
function answered<State>(state: Subscription<State>, expiresAt: number, now: number): Step<State> {
  const due = state.isFetch ? 'nothing' : 'now';
  const expiry: Effect<State> = { do: 'start-expiry', ms: Math.max(expiresAt - now, 0) };
  return notifyIfDue({ ...state, isAnswered: true, expiresAt, due }, now, [expiry]);
}

function updated<State>(state: Subscription<State>, update: SubscriptionUpdate<State>): Subscription<State> {
  if (state.ending !== undefined) return state;
  if (update.state === 'terminated') {
    return endedFor({ ...state, document: update.document }, update.reason ?? 'noresource');
  }
  const document = update.state === 'pending' ? update.document : (update.document ?? state.document);
  const known = { ...state, authorization: update.state, document };
  // Of whom nothing has been heard yet the answer may be under way: the fetch waits for it.
  if (state.isFetch) return update.state === 'active' && document === undefined ? known : endedFor(known, 'timeout');
  if (known.authorization !== state.authorization) return { ...known, due: 'now' };
  return document === state.document || state.due === 'now' ? known : { ...known, due: 'when-allowed' };
}

const endedFor = <State>(state: Subscription<State>, reason: string): Subscription<State> =>
  state.ending === undefined ? { ...state, ending: { reason, isSent: false } } : state;

function notified<State>(state: Subscription<State>, isLost: boolean, now: number): Step<State> {
  const isOver = isLost || state.ending?.isSent === true;
  return isOver ? { state: { ...state, isRemoved: true }, effects: [{ do: 'remove' }] } : notifyIfDue(state, now);
}

function notifyIfDue<State>(
  state: Subscription<State>,
  now: number,
  before: readonly Effect<State>[] = [],
): Step<State> {
  const isDue = state.ending !== undefined || state.due !== 'nothing';
  if (!state.isAnswered || state.isNotifying || !isDue) return { state, effects: before };
  const pause = state.paidUntil - (notifyBurst - 1) * notifyIntervalMs - now;
  if (state.ending === undefined && state.due === 'when-allowed' && pause > 0) {
    return { state, effects: [...before, { do: 'start-pause', ms: pause }] };
  }
  const paidUntil = Math.max(state.paidUntil, now) + notifyIntervalMs;
  const ending = state.ending && { ...state.ending, isSent: true };
  const notify: Effect<State> = { do: 'notify', state: stateValue(state, now), document: state.document };
  return { state: { ...state, isNotifying: true, due: 'nothing', paidUntil, ending }, effects: [...before, notify] };
}

/** The value of Subscription-State [§4.1.3]. */
function stateValue({ ending, authorization, expiresAt }: Subscription<unknown>, now: number): string {
  if (ending !== undefined) return `terminated;reason=${ending.reason}`;
  return `${authorization};expires=${Math.max(Math.ceil((expiresAt - now) / 1000), 0)}`;
}
