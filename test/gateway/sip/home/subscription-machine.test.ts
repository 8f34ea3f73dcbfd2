import { describe, expect, it } from '@jest/globals';

import {
  type Effect,
  type Event,
  newSubscription,
  notifyIntervalMs,
  type Subscription,
  step,
} from '../../../../src/gateway/sip/home/subscription-machine.ts';

/** Plays events, each at its time in seconds, and returns what the machine did at each of them. */
function play(events: readonly (readonly [seconds: number, event: Event])[], isFetch = false): string[] {
  let state: Subscription = newSubscription(isFetch);
  return events.map(([seconds, event]) => {
    const next = step(state, event, seconds * 1000);
    state = next.state;
    return next.effects.map(describeEffect).join(', ');
  });
}

function describeEffect(effect: Effect): string {
  if (effect.do === 'notify')
    return `notify ${effect.state}${effect.document === undefined ? '' : ` ${effect.document}`}`;
  return effect.do === 'remove' ? 'remove' : `${effect.do} ${effect.ms / 1000}`;
}

const answered = (until: number): Event => ({ type: 'answered', expiresAt: until * 1000 });
const active = (pidf?: string): Event => ({ type: 'updated', update: { state: 'active', document: pidf } });
const pending: Event = { type: 'updated', update: { state: 'pending' } };
const done: Event = { type: 'notify-ended', isLost: false };
const lost: Event = { type: 'notify-ended', isLost: true };

describe('a subscription at its notifier [RFC 6665 §4.2]', () => {
  it('MUST notify immediately after the 2xx, pending without a state while nobody has decided', () => {
    expect(play([[0, answered(600)]])).toEqual(['start-expiry 600, notify pending;expires=600']);
  });

  it('notifies active with the state at once when it is known before the 2xx', () => {
    expect(
      play([
        [0, active('A')],
        [0, answered(600)],
      ]),
    ).toEqual(['', 'start-expiry 600, notify active;expires=600 A']);
  });

  it('tells of the authorization at once, and of each new state', () => {
    const script = [
      [0, answered(600)],
      [1, done],
      [2, active('A')],
      [3, done],
      [10, active('B')],
      [11, done],
      [12, active('B')],
    ] as const;
    expect(play(script).slice(2)).toEqual(['notify active;expires=598 A', '', 'notify active;expires=590 B', '', '']);
  });

  it('has one NOTIFY on its way at most; the last of the states that come meanwhile wins', () => {
    const script = [
      [0, answered(600)],
      [0, active('A')],
      [0, active('B')],
      [0, active('C')],
      [1, done],
    ] as const;
    expect(play(script).slice(1)).toEqual(['', '', '', 'notify active;expires=599 C']);
  });

  it('notifies every 5 s on average after a first burst [RFC 3856 §6.10]', () => {
    const changes = Array.from({ length: 6 }, (_, index) => [
      [0, active(String(index))] as const,
      [0, done] as const,
    ]).flat();
    const did = play([[0, answered(600)], [0, done], ...changes]).filter((did) => did !== '');
    expect(did.filter((one) => one.includes('notify'))).toHaveLength(4);
    expect(did.at(-1)).toBe(`start-pause ${notifyIntervalMs / 1000}`);
    const later = play([[0, answered(600)], [0, done], ...changes, [5, { type: 'notify-allowed' }]]).at(-1);
    expect(later).toBe('notify active;expires=595 5');
  });

  it('keeps the last known document when an update has none, and forgets it when authorization is withdrawn', () => {
    const script = [
      [0, active('A')],
      [0, answered(600)],
      [0, done],
      [60, active()],
      [60, pending],
    ] as const;
    expect(play(script).slice(3)).toEqual(['', 'notify pending;expires=540']);
  });

  it('notifies the full state after a refresh [§4.2.1.2]', () => {
    const script = [
      [0, active('A')],
      [0, answered(600)],
      [1, done],
      [300, answered(900)],
    ] as const;
    expect(play(script).at(-1)).toBe('start-expiry 600, notify active;expires=600 A');
  });

  it('ends with reason timeout when its time is over, and is removed when that NOTIFY is answered', () => {
    const script = [
      [0, active('A')],
      [0, answered(600)],
      [1, done],
      [600, { type: 'expired' }],
      [601, active('B')],
      [602, done],
      [603, active('C')],
    ] as const;
    expect(play(script).slice(3)).toEqual(['notify terminated;reason=timeout A', '', 'remove', '']);
  });

  it('sends the final NOTIFY after the one that is on its way', () => {
    const script = [
      [0, answered(600)],
      [1, { type: 'expired' }],
      [2, done],
      [3, done],
    ] as const;
    expect(play(script).slice(1)).toEqual(['', 'notify terminated;reason=timeout', 'remove']);
  });

  it('ends with the reason it is given', () => {
    const rejected: Event = { type: 'updated', update: { state: 'terminated', reason: 'rejected' } };
    const noReason: Event = { type: 'updated', update: { state: 'terminated' } };
    expect(
      play([
        [0, rejected],
        [0, active('A')],
        [0, answered(600)],
        [0, done],
      ]),
    ).toEqual(['', '', 'start-expiry 600, notify terminated;reason=rejected', 'remove']);
    expect(
      play([
        [0, answered(600)],
        [0, done],
        [1, noReason],
      ]).at(-1),
    ).toBe('notify terminated;reason=noresource');
  });

  it('is removed without another word when a NOTIFY is lost', () => {
    expect(
      play([
        [0, answered(600)],
        [0, active('A')],
        [32, lost],
        [33, { type: 'expired' }],
      ]).slice(2),
    ).toEqual(['remove', '']);
  });
});

describe('a fetch [RFC 6665 §4.4.3]', () => {
  it('waits for the state of whom nothing has been heard yet, and ends without one when its time is over', () => {
    const heard = play(
      [
        [0, active()],
        [0, answered(4)],
        [1, active('A')],
      ],
      true,
    );
    expect(heard).toEqual(['', 'start-expiry 4', 'notify terminated;reason=timeout A']);
    const silent = play(
      [
        [0, active()],
        [0, answered(4)],
        [4, { type: 'expired' }],
      ],
      true,
    );
    expect(silent.at(-1)).toBe('notify terminated;reason=timeout');
  });

  it('is one final NOTIFY with the state when it is known', () => {
    const script = [
      [0, active('A')],
      [0, answered(4)],
      [1, done],
    ] as const;
    expect(play(script, true)).toEqual(['', 'start-expiry 4, notify terminated;reason=timeout A', 'remove']);
  });

  it('waits a moment for a state, and ends without one', () => {
    const known = [
      [0, answered(4)],
      [2, active('A')],
    ] as const;
    expect(play(known, true)).toEqual(['start-expiry 4', 'notify terminated;reason=timeout A']);
    const unknown = [
      [0, answered(4)],
      [4, { type: 'expired' }],
    ] as const;
    expect(play(unknown, true)).toEqual(['start-expiry 4', 'notify terminated;reason=timeout']);
  });
});
