import { describe, expect, it } from '@jest/globals';

import { maxSessionSeconds } from '../../../../src/gateway/sip/limits.ts';
import {
  noTimer,
  type RefreshAnswer,
  type RefreshEvent,
  type RefreshStep,
  stepRefresh,
} from '../../../../src/gateway/sip/session/refresh-machine.ts';
import type { Agreement } from '../../../../src/gateway/sip/session/session-timer.ts';

const ours: Agreement = { seconds: 600, refresher: 'us', takesUpdate: false };
const theirs: Agreement = { ...ours, refresher: 'peer' };
const agreed = (agreement: Agreement | undefined, now = 0): RefreshEvent => ({
  type: 'agreed',
  agreed: agreement,
  now,
});
const timer = (now: number): RefreshEvent => ({ type: 'timer', now });
const answered = (answer: RefreshAnswer, now = 300_000): RefreshEvent => ({ type: 'answered', answer, now });

function play(...events: readonly RefreshEvent[]): RefreshStep['effects'] {
  let now: RefreshStep = { state: noTimer, effects: [] };
  for (const event of events) now = stepRefresh(now.state, event);
  return now.effects;
}
const refreshed = [agreed(ours), timer(300_000)] as const;
const after = (ms: number) => [{ do: 'start-timer', ms }];
const ended = (why: string) => [{ do: 'stop-timer' }, { do: 'end', why }];

describe('a session that we refresh [RFC 4028 §7.2, §7.4]', () => {
  it('SHOULD be refreshed after half its interval', () => {
    expect(play(agreed(ours))).toEqual(after(300_000));
    expect(play(...refreshed)).toEqual([
      { do: 'refresh', refresh: { method: 'INVITE', seconds: 600, minSeconds: 90 } },
    ]);
  });

  it('is refreshed by UPDATE when the peer lists it in Allow', () => {
    const effects = play(agreed({ ...ours, takesUpdate: true }), timer(300_000));
    expect(effects).toMatchObject([{ refresh: { method: 'UPDATE' } }]);
  });

  it('goes on with what the last 2xx said, in interval and role', () => {
    expect(play(...refreshed, answered({ status: 200, agreed: { ...ours, seconds: 200 } }))).toEqual(after(100_000));
    expect(play(...refreshed, answered({ status: 200, agreed: theirs }))).toEqual(after(568_000));
  });

  it('expires no more after a 2xx without Session-Expires', () => {
    expect(play(...refreshed, answered({ status: 200 }))).toEqual([{ do: 'stop-timer' }]);
    expect(play(...refreshed, answered({ status: 200 }), timer(600_000))).toEqual([]);
  });

  it('MUST name the Min-SE of a 422 in the next refresh, which follows at once, up to our maximum', () => {
    const longer = play(...refreshed, answered({ status: 422, minSeconds: 900 }));
    expect(longer).toEqual([{ do: 'refresh', refresh: { method: 'INVITE', seconds: 900, minSeconds: 900 } }]);
    const again = answered({ status: 422, minSeconds: 900 });
    expect(play(...refreshed, again, again)).toEqual(after(134_000));
    expect(play(...refreshed, answered({ status: 422, minSeconds: maxSessionSeconds + 1 }))).toEqual(after(134_000));
    expect(play(...refreshed, answered({ status: 422 }))).toEqual(after(134_000));
  });

  it.each([408, 481])('ends with BYE after a %i [§10]', (status) => {
    expect(play(...refreshed, answered({ status }))).toEqual(ended('failed'));
  });

  it('SHOULD NOT try again continuously after other refusals: each time after half of what remains [§10]', () => {
    const refused = [...refreshed, answered({ status: 500 })] as const;
    expect(play(...refused)).toEqual(after(134_000));
    expect(play(...refused, timer(434_000))).toMatchObject([{ do: 'refresh' }]);
    expect(play(...refused, timer(434_000), answered({ status: 500 }, 434_000))).toEqual(after(67_000));
  });

  it('ends 32 s before it expires when no refresh was taken [§10]', () => {
    const late = [...refreshed, answered({ status: 500 }, 540_000)] as const;
    expect(play(...late)).toEqual(after(28_000));
    expect(play(...late, timer(568_000))).toEqual(ended('failed'));
    expect(play(...refreshed, answered({ status: 500 }, 568_000))).toEqual(ended('failed'));
  });
});

describe('a session that the peer refreshes [RFC 4028 §10]', () => {
  it('SHOULD end 32 s, or a third of the interval, before it expires', () => {
    expect(play(agreed(theirs))).toEqual(after(568_000));
    expect(play(agreed({ ...theirs, seconds: 90 }))).toEqual(after(60_000));
    expect(play(agreed(theirs), timer(568_000))).toEqual(ended('missing'));
  });

  it('lives for another interval with each refresh', () => {
    expect(play(agreed(theirs), agreed({ ...theirs, seconds: 90 }, 400_000))).toEqual(after(60_000));
  });
});

it('a session without a timer expires never', () => {
  expect(play(agreed(undefined))).toEqual([{ do: 'stop-timer' }]);
  expect(play(timer(1))).toEqual([]);
});
