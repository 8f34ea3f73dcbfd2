/**
 * One IM session between a SIP user and an XMPP contact, as a pure machine: MESSAGEs inside the dialog of an INVITE, in order
 * and one at a time, each ending with its own final answer.
 *
 *   ours:  ────▶ inviting ── 2xx ──▶ established ── BYE of either, idle, dialog lost ──▶ ended
 *                   │ └── refused ───────────────────────────────────────────────────────▲ ▲
 *                   └── no answer, closed ──▶ cancelling ── any final answer ────────────┘ │
 *   theirs: ──────────────────────▶ established ───────────────────────────────────────────┘
 *
 * One timer runs at a time: a new one replaces the one before.
 */
import { imInviteMs, imSessionIdleMs, maxQueuedInSession } from '../limits.ts';
import type { RefusalDetails } from '../refusal-details.ts';
import { isSuccess } from '../status.ts';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** What else a refusal says of itself. */
  readonly details?: RefusalDetails | undefined;
}

/**
 * Whose answer an item ends with. `message`: its own. `session`: the session is the reason, and it may be tried again in
 * another one. `invitation`: the user did not take the session that it was to open.
 */
export type About = 'message' | 'session' | 'invitation';

/** Something for the SIP user. `leave`: the contact has left, the session ends when what was said before is through. */
export interface Item {
  readonly id: number;
  readonly kind: 'message' | 'typing' | 'leave';
}

export interface ImSessionState {
  readonly phase: 'inviting' | 'cancelling' | 'established' | 'ended';
  readonly waiting: readonly Item[];
  /** Sent, and not answered yet. */
  readonly outstanding: Item | undefined;
  /** The INVITE had a first message in it, which has not come as a MESSAGE so far. */
  readonly holdsFirst: boolean;
  /** False once the peer has refused a typing notice. */
  readonly takesTyping: boolean;
}

export type Event =
  | { readonly type: 'submitted'; readonly item: Item }
  | { readonly type: 'invite-answered' | 'item-answered'; readonly answer: Answer }
  /** The user has said something, or is typing. */
  | { readonly type: 'heard'; readonly what: 'message' | 'typing' }
  | { readonly type: 'bye-received' | 'ack-missing' | 'timer' | 'unrefreshed' | 'refresh-failed' | 'close' };

export type Effect =
  | { readonly do: 'invite' | 'cancel' | 'bye' }
  | { readonly do: 'start-timer'; readonly ms: number }
  | { readonly do: 'send'; readonly item: Item }
  | { readonly do: 'settle'; readonly item: Item; readonly answer: Answer; readonly about: About }
  | { readonly do: 'deliver-first' | 'tell-gone' | 'stop-timer' };

export interface Step {
  readonly state: ImSessionState;
  readonly effects: readonly Effect[];
}

const nothing = { waiting: [], outstanding: undefined, holdsFirst: false, takesTyping: true } as const;
const idleTimer: Effect = { do: 'start-timer', ms: imSessionIdleMs };
const stopTimer: Effect = { do: 'stop-timer' };

/** Ours. The messages that it is for are submitted next. */
export const startInviting = (): Step => ({
  state: { ...nothing, phase: 'inviting' },
  effects: [{ do: 'invite' }, { do: 'start-timer', ms: imInviteMs }],
});

/** Theirs, which we accept. */
export const startAnswered = (holdsFirst: boolean): Step => ({
  state: { ...nothing, phase: 'established', holdsFirst },
  effects: [idleTimer],
});

export function step(state: ImSessionState, event: Event): Step {
  switch (event.type) {
    case 'submitted':
      return submitted(state, event.item);
    case 'invite-answered':
      return inviteAnswered(state, event.answer);
    case 'item-answered':
      return itemAnswered(state, event.answer);
    case 'heard':
      return heard(state, event.what);
    case 'bye-received':
      return state.phase === 'established' ? end(state, [{ do: 'tell-gone' }]) : stay(state);
    case 'ack-missing':
      // Its sender never had our 2xx: the session that he thinks of next will bring the message again.
      return state.phase === 'established' ? end({ ...state, holdsFirst: false }, [{ do: 'bye' }]) : stay(state);
    case 'timer':
      return state.phase === 'inviting' ? cancel(state, noAnswer, 'invitation') : close(state);
    // A session that is closed, or was not refreshed.
    default:
      return close(state);
  }
}

const stay = (state: ImSessionState): Step => ({ state, effects: [] });

const noAnswer: Answer = { status: 408, reason: 'No Answer To The Invitation' };
const isOver: Answer = { status: 480, reason: 'Session Is Over' };
const isFull: Answer = { status: 500, reason: 'Too Many Messages Waiting' };
const ignored: Answer = { status: 202, reason: 'Accepted' };

const settle = (item: Item, answer: Answer, about: About): Effect => ({ do: 'settle', item, answer, about });

function submitted(state: ImSessionState, item: Item): Step {
  // A typing notice is nobody's loss, and opens no window before the first message does.
  const isNotice = item.kind === 'typing' && (state.phase !== 'established' || !state.takesTyping);
  if (isNotice) return { state, effects: [settle(item, ignored, 'message')] };
  if (state.phase === 'cancelling' || state.phase === 'ended')
    return { state, effects: [settle(item, isOver, 'session')] };
  if (state.waiting.length >= maxQueuedInSession) return { state, effects: [settle(item, isFull, 'message')] };
  const queued = { ...state, waiting: [...state.waiting, item] };
  return state.phase === 'established' ? sendNext(queued) : stay(queued);
}

function sendNext(state: ImSessionState, before: readonly Effect[] = []): Step {
  const [item, ...waiting] = state.waiting;
  if (state.outstanding !== undefined || item === undefined) return { state, effects: before };
  if (item.kind === 'leave') return end({ ...state, waiting }, [...before, settle(item, ignored, 'message'), bye]);
  return { state: { ...state, waiting, outstanding: item }, effects: [...before, idleTimer, { do: 'send', item }] };
}

function inviteAnswered(state: ImSessionState, answer: Answer): Step {
  const isAccepted = isSuccess(answer.status);
  if (state.phase === 'cancelling') {
    return { state: { ...state, phase: 'ended' }, effects: isAccepted ? [{ do: 'bye' }] : [] };
  }
  if (state.phase !== 'inviting') return stay(state);
  if (isAccepted) return sendNext({ ...state, phase: 'established' }, [idleTimer]);
  const refused = state.waiting.map((item) => settle(item, answer, 'invitation'));
  return { state: { ...state, phase: 'ended', waiting: [] }, effects: [stopTimer, ...refused] };
}

/** The dialog may be gone while its user is still there [RFC 3261 §12.2.1.2; pidgin-sipe invites again after these]. */
const isDialogLost = (status: number): boolean => [408, 480, 481].includes(status);

/** Answers after which a dialog is of no further use: the target or the way to it is gone. Source: own choice. */
export const endsDialog = (status: number): boolean =>
  isDialogLost(status) || [404, 410, 416, 482, 483, 484, 485, 502, 604].includes(status);

/** A peer that does not know typing notices is not told again [RFC 3994 §3.3]. */
const refusesTyping = (status: number): boolean => [405, 415, 501].includes(status);

function itemAnswered(state: ImSessionState, answer: Answer): Step {
  const { outstanding: item } = state;
  if (item === undefined) return stay(state);
  const settled = settle(item, answer, isDialogLost(answer.status) ? 'session' : 'message');
  const free = { ...state, outstanding: undefined };
  if (state.phase !== 'established') return { state: free, effects: [settled] };
  if (endsDialog(answer.status)) return end(free, [settled, ...(answer.status === 481 ? [] : [bye])]);
  const takesTyping = state.takesTyping && !(item.kind === 'typing' && refusesTyping(answer.status));
  return sendNext({ ...free, takesTyping }, [settled]);
}

const bye: Effect = { do: 'bye' };

function heard(state: ImSessionState, what: 'message' | 'typing'): Step {
  if (state.phase !== 'established') return stay(state);
  return { state: { ...state, holdsFirst: state.holdsFirst && what !== 'message' }, effects: [idleTimer] };
}

function close(state: ImSessionState): Step {
  if (state.phase === 'inviting') return cancel(state, isOver, 'session');
  return state.phase === 'established' ? end(state, [bye]) : stay(state);
}

function cancel(state: ImSessionState, answer: Answer, about: About): Step {
  const settled = state.waiting.map((item) => settle(item, answer, about));
  return {
    state: { ...state, phase: 'cancelling', waiting: [] },
    effects: [stopTimer, { do: 'cancel' }, ...settled],
  };
}

/** What is on its way is still answered; what waits is not sent. */
function end(state: ImSessionState, effects: readonly Effect[]): Step {
  const lost = state.waiting.map((item) => settle(item, isOver, 'session'));
  const first: readonly Effect[] = state.holdsFirst ? [{ do: 'deliver-first' }] : [];
  return {
    state: { ...state, phase: 'ended', waiting: [], holdsFirst: false },
    effects: [stopTimer, ...first, ...effects, ...lost],
  };
}
