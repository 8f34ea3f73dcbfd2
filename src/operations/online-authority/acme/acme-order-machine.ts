/**
 * An order from its placing to its certificate. [RFC 8555 §7.1.6, §7.4] Pure: what the server shows of the order goes in, what
 * to do next comes out. Each step is done once; a server that does not move on is waited for, and left when that lasts too long.
 *
 *     pending --answer challenges--> ready --finalize--> processing --> valid --download-->
 */
import type { OrderStatus } from './acme-objects.ts';
import { firstPoll, nextPoll, type Polling } from './polling.ts';

export interface OrderState {
  readonly hasAnswered: boolean;
  readonly hasFinalized: boolean;
  readonly polling: Polling;
}

export const initialOrder: OrderState = { hasAnswered: false, hasFinalized: false, polling: firstPoll };

/** The order as the server shows it. */
export interface OrderSeen {
  readonly status: OrderStatus;
  /** Milliseconds after which the server wants to be asked again; undefined: it does not say. */
  readonly retryAfterMs: number | undefined;
}

export type OrderEffect =
  | { readonly do: 'answer-challenges' }
  | { readonly do: 'finalize' }
  | { readonly do: 'download' }
  | { readonly do: 'fail' }
  /** Look at the order again. */
  | { readonly do: 'wait'; readonly ms: number }
  /** Not refused and not issued. */
  | { readonly do: 'leave'; readonly retryAfterMs: number };

export interface OrderStep {
  readonly state: OrderState;
  readonly effect: OrderEffect;
}

export function step(state: OrderState, seen: OrderSeen): OrderStep {
  switch (seen.status) {
    case 'pending':
      if (state.hasAnswered) return wait(state, seen);
      return { state: { ...state, hasAnswered: true }, effect: { do: 'answer-challenges' } };
    case 'ready':
      if (state.hasFinalized) return wait(state, seen);
      return { state: { ...state, hasFinalized: true }, effect: { do: 'finalize' } };
    case 'processing':
      return wait(state, seen);
    case 'valid':
      return { state, effect: { do: 'download' } };
    default:
      return { state, effect: { do: 'fail' } };
  }
}

function wait(state: OrderState, { retryAfterMs }: OrderSeen): OrderStep {
  const next = nextPoll(state.polling, retryAfterMs);
  if (next.do === 'leave') return { state, effect: next };
  return { state: { ...state, polling: next.polling }, effect: { do: 'wait', ms: next.ms } };
}
