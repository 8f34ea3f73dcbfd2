/** Contacts that ask for presence [RFC 6121 §3.1], more of them than people add. */
import { describe, expect, it } from '@jest/globals';

import { SubscriptionRate, subscriptionsPerMinute } from '../../src/gateway/subscription-rate.ts';
import { fabrikam, openConfiguration, scriptedCrossing } from '../support/crossing.ts';
import { movableClock } from '../support/movable-clock.ts';

function scene(configuration = openConfiguration) {
  const clock = movableClock();
  const crossing = { ...scriptedCrossing(configuration), clock };
  return { clock, events: crossing.events, rate: new SubscriptionRate(crossing) };
}

const times = (count: number): readonly undefined[] => Array.from({ length: count });

describe('new subscriptions of one domain', () => {
  it('are 30 a minute; more are refused and told once, and other domains are not touched', () => {
    const { clock, events, rate } = scene();
    for (const _ of times(subscriptionsPerMinute)) expect(rate.admits('fabrikam.example')).toBe(true);
    for (const _ of times(100)) expect(rate.admits('fabrikam.example')).toBe(false);
    expect(rate.admits('emea.fabrikam.example')).toBe(true);
    expect(events).toMatchObject([{ id: 'LimitReached', facts: { subject: 'fabrikam.example', times: 1 } }]);
    clock.advance(60_000);
    for (const _ of times(subscriptionsPerMinute)) expect(rate.admits('fabrikam.example')).toBe(true);
    expect(rate.admits('fabrikam.example')).toBe(false);
    expect(events.at(-1)).toMatchObject({ facts: { times: 100 } });
    expect(events).toHaveLength(2);
  });

  it('are as many as come from a partner without a limit on its stanzas', () => {
    const partner = { ...fabrikam, maximumStanzasPerSecond: 0 };
    const { rate, events } = scene({ ...openConfiguration, federatedPartners: { 'fabrikam.example': partner } });
    for (const _ of times(500)) expect(rate.admits('emea.fabrikam.example')).toBe(true);
    expect(events).toEqual([]);
  });
});
