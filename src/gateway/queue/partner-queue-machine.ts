/**
 * The messages that wait for one partner, as data: who may be tried now, and when the partner is tried again. One message of
 * a pair of addresses is under way at a time, oldest first, so that none overtakes another [RFC 6120 §10.1]; pairs take
 * turns, so that who wrote much does not keep the others waiting when the partner is back.
 */

import { firstRetryMs, maxRetryMs, maxUnderWay } from './queue-limits.ts';

export interface Waiting {
  readonly id: string;
  /** Sender and recipient. */
  readonly pair: string;
  /** On the monotonic clock, milliseconds: not tried any more from then on. */
  readonly expiresAt: number;
}

export interface PartnerQueue {
  /** In the order in which they came. */
  readonly waiting: readonly Waiting[];
  /** Ids of those that are being tried, or written to the disk. */
  readonly underWay: readonly string[];
  /** Pairs that had a turn, the last one at the end. */
  readonly served: readonly string[];
  /** `away`: the partner is asked with one message at a time; `back`: it takes messages. */
  readonly partner: 'away' | 'back';
  /** Attempts in a row that came to nothing. */
  readonly failures: number;
  /** A retry is due in a while. */
  readonly isRetrying: boolean;
}

export type PartnerQueueEvent =
  /** It has its place, and is under way already: to the disk, or to the partner. */
  | { readonly type: 'added'; readonly message: Waiting }
  /** It is on the disk, and not being tried. */
  | { readonly type: 'stored'; readonly id: string }
  /** A stream with the partner is up. */
  | { readonly type: 'reachable' }
  | { readonly type: 'retry-due' }
  | { readonly type: 'expiry-due' }
  /** It is done with: delivered, refused, or removed. */
  | { readonly type: 'done'; readonly id: string; readonly isDelivered: boolean }
  /** It could not be delivered now. */
  | { readonly type: 'held'; readonly id: string };

export type PartnerQueueEffect =
  | { readonly do: 'try'; readonly id: string }
  /** Too old. It is not in the queue any more. */
  | { readonly do: 'expire'; readonly id: string }
  /** In place of the wait before. */
  | { readonly do: 'retry-in'; readonly ms: number }
  | { readonly do: 'expire-in'; readonly ms: number };

export interface PartnerQueueStep {
  readonly state: PartnerQueue;
  readonly effects: readonly PartnerQueueEffect[];
}

export const emptyQueue: PartnerQueue = {
  waiting: [],
  underWay: [],
  served: [],
  partner: 'away',
  failures: 0,
  isRetrying: false,
};

/** @param now - On the monotonic clock, milliseconds. */
export function step(state: PartnerQueue, event: PartnerQueueEvent, now: number): PartnerQueueStep {
  switch (event.type) {
    case 'added':
      return stay({
        ...state,
        waiting: [...state.waiting, event.message],
        underWay: [...state.underWay, event.message.id],
      });
    case 'stored':
      return stored(state, event.id, now);
    case 'reachable':
      return turns({ ...state, partner: 'back', failures: 0 });
    case 'retry-due':
      return retried({ ...state, isRetrying: false });
    case 'expiry-due':
      return expired(state, now);
    case 'done':
      return done(state, event);
    default:
      return held(state, event.id, now);
  }
}

const stay = (state: PartnerQueue, ...effects: readonly PartnerQueueEffect[]): PartnerQueueStep => ({ state, effects });

/** A partner that nobody has waited for until now is not asked at once: the attempt that led here has just failed. */
function stored(state: PartnerQueue, id: string, now: number): PartnerQueueStep {
  const isAlone = state.waiting.length === 1;
  const next = released(state, id);
  const expiry = expiryOf(next, now);
  if (state.partner === 'back' && !isAlone) return withEffects(turns(next), expiry);
  return withEffects(retrying({ ...next, partner: 'away' }, 0), expiry);
}

function done(
  state: PartnerQueue,
  { id, isDelivered }: Extract<PartnerQueueEvent, { type: 'done' }>,
): PartnerQueueStep {
  const next = without(state, id);
  if (!state.underWay.includes(id)) return stay(next);
  if (isDelivered) return turns({ ...next, partner: 'back', failures: 0 });
  return turns(next, next.partner === 'back' ? maxUnderWay : 1);
}

/** Several that were under way together and come to nothing are one failure. */
function held(state: PartnerQueue, id: string, now: number): PartnerQueueStep {
  const isNews = state.partner === 'back' || state.underWay.length === 1;
  const failures = isNews ? state.failures + 1 : state.failures;
  const { state: left, effects } = expired({ ...released(state, id), partner: 'away', failures }, now);
  if (left.waiting.length === 0) return stay(left, ...effects);
  const retry = retrying({ ...left, isRetrying: left.isRetrying && !isNews }, failures - 1);
  return { state: retry.state, effects: [...effects, ...retry.effects] };
}

const retried = (state: PartnerQueue): PartnerQueueStep => (state.underWay.length > 0 ? stay(state) : turns(state, 1));

function retrying(state: PartnerQueue, failures: number): PartnerQueueStep {
  if (state.isRetrying) return stay(state);
  const ms = Math.min(firstRetryMs * 2 ** Math.max(failures, 0), maxRetryMs);
  return stay({ ...state, isRetrying: true }, { do: 'retry-in', ms });
}

const released = (state: PartnerQueue, id: string): PartnerQueue => ({
  ...state,
  underWay: state.underWay.filter((each) => each !== id),
});

/** What is being tried is let finish: it may arrive, and whoever was told that it did not would be told wrongly. */
function expired(state: PartnerQueue, now: number): PartnerQueueStep {
  const old = state.waiting.filter(({ id, expiresAt }) => expiresAt <= now && !state.underWay.includes(id));
  const next = old.reduce((left, { id }) => without(left, id), state);
  return stay(next, ...old.map(({ id }) => ({ do: 'expire', id }) as const), ...expiryOf(next, now));
}

/** Gives turns to pairs while there is room: to who had none for the longest time, and among those to who waits longest. */
function turns(state: PartnerQueue, room = maxUnderWay): PartnerQueueStep {
  const effects: PartnerQueueEffect[] = [];
  let next = state;
  while (next.underWay.length < room) {
    const head = nextHead(next);
    if (head === undefined) break;
    effects.push({ do: 'try', id: head.id });
    next = {
      ...next,
      underWay: [...next.underWay, head.id],
      served: [...next.served.filter((pair) => pair !== head.pair), head.pair],
    };
  }
  return stay(next, ...effects);
}

function nextHead({ waiting, underWay, served }: PartnerQueue): Waiting | undefined {
  const busy = new Set(waiting.filter(({ id }) => underWay.includes(id)).map(({ pair }) => pair));
  const turnOf = new Map(served.map((pair, turn) => [pair, turn]));
  let best: Waiting | undefined;
  for (const message of waiting) {
    if (busy.has(message.pair)) continue;
    busy.add(message.pair);
    if (best === undefined || (turnOf.get(message.pair) ?? -1) < (turnOf.get(best.pair) ?? -1)) best = message;
  }
  return best;
}

function without(state: PartnerQueue, id: string): PartnerQueue {
  const waiting = state.waiting.filter((message) => message.id !== id);
  const pairs = new Set(waiting.map(({ pair }) => pair));
  return {
    ...state,
    waiting,
    underWay: state.underWay.filter((each) => each !== id),
    served: state.served.filter((pair) => pairs.has(pair)),
  };
}

function expiryOf({ waiting, underWay }: PartnerQueue, now: number): readonly PartnerQueueEffect[] {
  const idle = waiting.filter(({ id }) => !underWay.includes(id));
  if (idle.length === 0) return [];
  return [{ do: 'expire-in', ms: Math.max(Math.min(...idle.map(({ expiresAt }) => expiresAt)) - now, 0) }];
}

const withEffects = (step: PartnerQueueStep, effects: readonly PartnerQueueEffect[]): PartnerQueueStep => ({
  state: step.state,
  effects: [...step.effects, ...effects],
});
