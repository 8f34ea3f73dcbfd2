import { describe, expect, it } from '@jest/globals';

import {
  type HopEffect,
  type HopEvent,
  type HopFailed,
  type HopState,
  startHop,
  stepHop,
} from '../../../src/gateway/sip/hop-health-machine.ts';
import {
  hopFirstBackoffMs,
  hopFirstProbeMs,
  hopKeepAliveMs,
  hopMaxBackoffMs,
  hopMaxRetryAfterMs,
} from '../../../src/gateway/sip/hop-limits.ts';

/** No jitter. */
const middle = 0.5;

/** Plays events from the start; gives where the machine stands and what the last event did. */
function play(...events: readonly HopEvent[]): { readonly state: HopState; readonly did: readonly HopEffect[] } {
  let { state, effects } = startHop(middle);
  for (const event of events) ({ state, effects } = stepHop(state, event, middle));
  return { state, did: effects };
}

const answered = (at: number, isProbe = false): HopEvent => ({ type: 'answered', at, isProbe });
const failed = (at: number, more: Partial<HopFailed> = {}): HopEvent => ({
  type: 'failed',
  at,
  isProbe: false,
  reason: 'it answers 503',
  ...more,
});
const probeFailed = (at: number, more: Partial<HopFailed> = {}): HopEvent => failed(at, { isProbe: true, ...more });
const timer = (at: number): HopEvent => ({ type: 'timer', at });
const wait = (ms: number): HopEffect => ({ do: 'start-timer', ms });

describe('a next hop', () => {
  it('is unknown at first, and asked soon', () => {
    expect(play()).toEqual({ state: { name: 'unknown' }, did: [wait(hopFirstProbeMs)] });
    expect(play(timer(1000)).did).toEqual([{ do: 'probe' }]);
  });

  it('is up once it has answered anything, and that is told once', () => {
    expect(play(answered(5))).toEqual({
      state: { name: 'up', since: 5, heard: 5 },
      did: [{ do: 'tell-up' }, wait(hopKeepAliveMs)],
    });
    expect(play(answered(5), answered(9))).toEqual({ state: { name: 'up', since: 5, heard: 9 }, did: [] });
  });

  it('is asked when nothing has been heard of it for a while, and not while it answers by itself', () => {
    expect(play(answered(0), timer(hopKeepAliveMs)).did).toEqual([{ do: 'probe' }]);
    expect(play(answered(0), answered(10_000), timer(hopKeepAliveMs)).did).toEqual([wait(10_000)]);
    expect(play(answered(0), timer(hopKeepAliveMs), answered(hopKeepAliveMs, true)).did).toEqual([
      wait(hopKeepAliveMs),
    ]);
  });

  it('is down when it answers 503 or cannot be reached, and that is told once', () => {
    const { state, did } = play(answered(0), failed(7));
    expect(state).toEqual({ name: 'down', since: 7, reason: 'it answers 503', failures: 1 });
    expect(did).toEqual([
      { do: 'tell-down', reason: 'it answers 503', waitMs: hopFirstBackoffMs },
      wait(hopFirstBackoffMs),
    ]);
    expect(play(answered(0), failed(7), failed(8, { reason: 'refused' }))).toEqual({
      state: { name: 'down', since: 7, reason: 'refused', failures: 1 },
      did: [],
    });
  });

  it('is not down for one request without an answer when it has answered others since', () => {
    const silence = (unansweredSince: number): HopEvent => failed(40_000, { unansweredSince });
    expect(play(answered(10_000), silence(8000)).state.name).toBe('up');
    expect(play(answered(10_000), silence(10_001)).state.name).toBe('down');
    expect(play(answered(10_000), probeFailed(40_000, { unansweredSince: 8000 })).did).toEqual([wait(hopKeepAliveMs)]);
  });

  it('waits twice as long after each question without a good answer, up to a limit', () => {
    const events: HopEvent[] = [failed(0)];
    const waits = Array.from({ length: 6 }, (_, index) => {
      events.push(timer(index), probeFailed(index));
      return play(...events).did;
    });
    const expected = [2, 4, 8].map((factor) => wait(factor * hopFirstBackoffMs));
    expect(waits.flat()).toEqual([...expected, ...Array.from({ length: 3 }, () => wait(hopMaxBackoffMs))]);
  });

  it('is left alone as long as its Retry-After says, never shorter than its failures make it, never longer than a limit', () => {
    const waited = (retryAfterMs: number): unknown => play(failed(0, { retryAfterMs })).did[1];
    expect(waited(120_000)).toEqual(wait(120_000));
    expect(waited(0)).toEqual(wait(hopFirstBackoffMs));
    expect(waited(86_400_000)).toEqual(wait(hopMaxRetryAfterMs));
  });

  it('is asked soon after it has ended a connection, and no faster when it ends each one', () => {
    const suspected = (at: number): HopEvent => ({ type: 'suspected', at });
    expect(play(answered(0), suspected(10)).did).toEqual([wait(hopFirstProbeMs)]);
    expect(play(answered(0), suspected(10), timer(10 + hopFirstProbeMs)).did).toEqual([{ do: 'probe' }]);
    expect(play(answered(0), suspected(10), answered(20), timer(1010)).did).toEqual([wait(hopKeepAliveMs - 990)]);
    expect(play(failed(0), suspected(10)).did).toEqual([]);
  });

  it('is asked soon after a request without an answer: the silence may be of the user behind it [RFC 4320 §4.2]', () => {
    expect(play(failed(32_000, { unansweredSince: 0 })).did[1]).toEqual(wait(hopFirstProbeMs));
    expect(play(probeFailed(32_000, { unansweredSince: 0 })).did[1]).toEqual(wait(hopFirstBackoffMs));
  });

  it('is up again when it answers a question, or a request that was sent all the same', () => {
    for (const isProbe of [true, false]) {
      expect(play(failed(0), timer(5000), answered(6000, isProbe))).toEqual({
        state: { name: 'up', since: 6000, heard: 6000 },
        did: [{ do: 'tell-up' }, wait(hopKeepAliveMs)],
      });
    }
  });

  it('waits a quarter less or more, at random: several gateways do not ask at once', () => {
    const waits = [0, 0.5, 0.999_999].map((fraction) => stepHop({ name: 'unknown' }, failed(0), fraction).effects[1]);
    expect(waits).toEqual([0.75, 1, 1.25].map((factor) => wait(factor * hopFirstBackoffMs)));
  });
});
