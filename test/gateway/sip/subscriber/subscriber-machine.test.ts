import { describe, expect, it } from '@jest/globals';

import {
  type Effect,
  type Event,
  firstNotifySeconds,
  newSubscriber,
  step,
} from '../../../../src/gateway/sip/subscriber/subscriber-machine.ts';
import { readSubscriptionState } from '../../../../src/gateway/sip/subscriber/subscription-state.ts';

/** What the machine does at each event. */
function play(...events: readonly Event[]): string[] {
  let state = newSubscriber(3600);
  return events.map((event) => {
    const next = step(state, event, 0);
    state = next.state;
    return next.effects.map(text).join(', ');
  });
}

function text(effect: Effect): string {
  switch (effect.do) {
    case 'subscribe':
    case 'refresh':
      return `${effect.do} ${effect.expires}`;
    case 'start-timer':
      return `timer ${effect.seconds}`;
    case 'stop-timer':
      return 'no timer';
    case 'tell':
      return effect.what === 'refused' ? `refused ${effect.reason}` : effect.what;
  }
}

const start: Event = { type: 'start' };
const timer: Event = { type: 'timer' };
const stop: Event = { type: 'stop' };
const unanswered: Event = { type: 'unanswered' };
const answer = (status: number, more: object = {}): Event => ({ type: 'answered', status, isFirst: true, ...more });
const again = (status: number, more: object = {}): Event => ({ type: 'answered', status, isFirst: false, ...more });
const notify = (value: string): Event => {
  const subscription = readSubscriptionState(value);
  if (subscription === undefined) throw new Error(value);
  return { type: 'notified', subscription };
};
const running = [start, answer(200, { expires: 3600 }), notify('active;expires=3600')] as const;

describe('a subscriber [RFC 6665 §4.1]', () => {
  it('asks, waits for the first NOTIFY, tells, and refreshes before the end', () => {
    expect(play(...running, timer, again(200, { expires: 1200 }), notify('active;expires=1200'))).toEqual([
      'no timer, subscribe 3600',
      `timer ${firstNotifySeconds}`,
      'timer 3240, active',
      'refresh 3600',
      'timer 1080',
      'timer 1080, active',
    ]);
  });

  it('takes a NOTIFY that comes before the 200', () => {
    expect(play(start, notify('active;expires=3600'), answer(200)).slice(1)).toEqual(['active', 'timer 3240']);
  });

  it('tells pending as pending, and active when it becomes so', () => {
    expect(play(start, answer(200), notify('pending;expires=600'), notify('active;expires=590')).slice(2)).toEqual([
      'timer 536, pending',
      'timer 526, active',
    ]);
  });

  it('takes the shorter time that it is granted, never a longer one', () => {
    expect(play(start, notify('active'), answer(200, { expires: 100 }))[2]).toBe('timer 50');
    expect(play(start, notify('active'), answer(200, { expires: 999_999 }))[2]).toBe('timer 3240');
  });

  it('asks for as long as the notifier demands, within a day', () => {
    expect(play(start, answer(423, { minExpires: 7200 }))[1]).toBe('no timer, subscribe 7200');
    expect(play(start, answer(423, { minExpires: 60 }))[1]).toBe('timer 15, unknown');
    expect(play(start, answer(423, { minExpires: 999_999 }))[1]).toBe('timer 15, unknown');
  });

  it.each([403, 404, 405, 406, 410, 489, 501, 603, 604])('%i is for good', (status) => {
    expect(play(start, answer(status), timer).slice(1)).toEqual([`no timer, refused ${status}`, '']);
    expect(play(...running, timer, again(status)).at(-1)).toBe(`no timer, refused ${status}`);
  });

  it.each([401, 407, 408, 480, 481, 500, 503, 504, 600])('%i may be over soon: the authorization stays', (status) => {
    expect(play(start, answer(status, { retryAfter: 77 }), timer).slice(1)).toEqual(
      status === 481 ? ['no timer, subscribe 3600', ''] : ['timer 77, unknown', 'no timer, subscribe 3600'],
    );
  });

  it('waits twice as long after each failure, half an hour at most, and starts anew after a NOTIFY', () => {
    const failures = Array.from({ length: 9 }, () => [unanswered, timer]).flat();
    const waits = play(start, ...failures).filter((line) => line.startsWith('timer'));
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 1800, 1800].map((seconds) => `timer ${seconds}, unknown`));
    expect(play(start, unanswered, timer, answer(200), notify('active'), timer, unanswered).at(-1)).toBe(
      'timer 15, unknown',
    );
  });

  it('makes a new dialog when the notifier has forgotten it, once at once [§4.1.2.2]', () => {
    expect(play(...running, timer, again(481), answer(481)).slice(-2)).toEqual([
      'no timer, subscribe 3600',
      'timer 30, unknown',
    ]);
  });

  it('does not believe a 200 that no NOTIFY follows: Timer N [§4.1.2.4]', () => {
    expect(play(start, answer(200), timer).at(-1)).toBe('timer 15, unknown');
  });

  it.each<[string, string]>([
    ['terminated;reason=deactivated', 'no timer, subscribe 3600'],
    ['terminated;reason=timeout', 'no timer, subscribe 3600'],
    ['terminated;reason=probation;retry-after=90', 'timer 90, unknown'],
    ['terminated;reason=giveup', 'timer 15, unknown'],
    ['terminated;reason=rejected', 'no timer, refused rejected'],
    ['terminated;reason=noresource', 'no timer, refused noresource'],
    ['terminated;reason=invariant', 'no timer'],
    ['terminated;reason=something-new', 'timer 15, unknown'],
    ['terminated', 'timer 15, unknown'],
    ['Terminated ; Reason = Rejected', 'no timer, refused Rejected'],
  ])('%s: %s [§4.1.3]', (value, expected) => expect(play(...running, notify(value)).at(-1)).toBe(expected));

  it('is not kept busy by a notifier that ends each subscription at once', () => {
    const ended = notify('terminated;reason=timeout');
    expect(play(start, answer(200), ended, answer(200), ended).slice(2)).toEqual([
      'no timer, subscribe 3600',
      `timer ${firstNotifySeconds}`,
      'timer 30, unknown',
    ]);
  });

  it('ends its dialog when nobody wants it any more, and says nothing after that', () => {
    expect(play(...running, stop, again(200), notify('terminated;reason=timeout'), timer).slice(3)).toEqual([
      'no timer, refresh 0',
      '',
      '',
      '',
    ]);
  });

  it('ends a dialog that is made after it was stopped', () => {
    expect(play(start, stop, answer(200)).slice(1)).toEqual(['no timer', 'refresh 0']);
    expect(play(start, stop, answer(403)).slice(1)).toEqual(['no timer', '']);
  });
});

describe('Subscription-State [RFC 6665 §8.4]', () => {
  it.each<[string | undefined, object | undefined]>([
    ['active;expires=600', { state: 'active', expires: 600 }],
    ['ACTIVE ; EXPIRES = 600', { state: 'active', expires: 600 }],
    ['terminated;reason=probation;retry-after=5', { state: 'terminated', reason: 'probation', retryAfter: 5 }],
    ['waiting', { state: 'pending' }],
    ['active;expires=-1', { state: 'active' }],
    ['active;expires=99999999999', { state: 'active' }],
    ['', undefined],
    [undefined, undefined],
    ['a b', undefined],
  ])('%s', (value, expected) => {
    const read = readSubscriptionState(value);
    if (expected === undefined) expect(read).toBeUndefined();
    else expect(read).toEqual({ reason: undefined, expires: undefined, retryAfter: undefined, ...expected });
  });
});
