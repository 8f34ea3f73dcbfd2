/** The words the transaction machines share. A machine answers each event with its next state and what to do, in order. */
import type { SipResponse } from '../message.ts';

/** A response of ours with its bytes, so that repeating it costs nothing and cannot differ. */
export interface SentResponse {
  readonly status: number;
  readonly wire: Buffer;
}

/** Timers of RFC 3261 table 4 and RFC 6026; `trying` is the 200 ms before an automatic 100. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'trying';

export type Effect =
  | { readonly do: 'send-request' }
  | { readonly do: 'send-ack'; readonly response: SipResponse }
  | { readonly do: 'send-response'; readonly response: SentResponse }
  | { readonly do: 'send-100' }
  | { readonly do: 'start-timer'; readonly timer: TimerName; readonly ms: number }
  | { readonly do: 'pass-up'; readonly response: SipResponse }
  | { readonly do: 'pass-ack-up' }
  | { readonly do: 'report-failure'; readonly why: 'timeout' | 'transport' };

export interface Step<State> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const stay = <State>(state: State): Step<State> => ({ state, effects: [] });
export const startTimer = (timer: TimerName, ms: number): Effect => ({ do: 'start-timer', timer, ms });

const terminated = { name: 'terminated' } as const;
export const end = (...effects: readonly Effect[]): Step<typeof terminated> => ({ state: terminated, effects });
