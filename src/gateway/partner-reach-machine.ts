/**
 * Whether what contacts of one domain said last can still be believed, as a pure machine. A stream that both sides ended
 * properly takes nothing away; one that was lost may have swallowed news, and with it the news that somebody is gone.
 *
 *              stream lost            no stream for 120 s
 *   reached ────────────────▶ doubtful ──────────────────▶ unknown ⟲ a probe now and then
 *      ▲                         │                            │
 *      └───────── a stream ──────┴──────────── a stream ──────┘        each time every contact is probed again
 */

/** Milliseconds without a stream until contacts count as unknown: servers that restart are back by then. Source: own choice. */
const doubtMs = 120_000;
/** Milliseconds between attempts to reach a partner that is lost. Source: the longest back-off of a dial. */
const attemptMs = 300_000;

export type PartnerReach = 'reached' | 'doubtful' | 'unknown';

export type ReachEvent =
  | { readonly type: 'stream-up' | 'stream-lost' }
  /** @property hasStream - Whether another stream of the domain lives. */
  | { readonly type: 'timer'; readonly hasStream: boolean };

export type ReachEffect =
  | { readonly do: 'probe-all' | 'probe-one' | 'tell-unknown' | 'stop-timer' }
  | { readonly do: 'start-timer'; readonly ms: number };

export interface ReachStep {
  readonly state: PartnerReach;
  readonly effects: readonly ReachEffect[];
}

const again: ReachStep = { state: 'reached', effects: [{ do: 'stop-timer' }, { do: 'probe-all' }] };
const attempt: readonly ReachEffect[] = [{ do: 'start-timer', ms: attemptMs }, { do: 'probe-one' }];

export function step(state: PartnerReach, event: ReachEvent): ReachStep {
  switch (event.type) {
    case 'stream-up':
      return state === 'reached' ? { state, effects: [] } : again;
    case 'stream-lost':
      return state === 'reached'
        ? { state: 'doubtful', effects: [{ do: 'start-timer', ms: doubtMs }] }
        : { state, effects: [] };
    case 'timer':
      if (event.hasStream) return again;
      if (state === 'doubtful') return { state: 'unknown', effects: [{ do: 'tell-unknown' }, ...attempt] };
      return { state, effects: state === 'unknown' ? attempt : [] };
  }
}
