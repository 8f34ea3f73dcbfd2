/** What is remembered of partners: by minute, for a while, for configured ones only, and not without bound. */
import { describe, expect, it } from '@jest/globals';

import { activityMinutes, maxActiveDomains, PartnerActivities } from '../../../src/operations/live/partner-activity.ts';
import type { LogEvent } from '../../../src/primitives/log-event.ts';
import type { LogEventId } from '../../../src/primitives/log-events.ts';
import { movableClock } from '../../support/movable-clock.ts';

const event = (id: LogEventId, facts: LogEvent['facts'] = {}): LogEvent => ({
  id,
  level: 'info',
  component: 'xmpp',
  message: `told ${id}`,
  facts,
});
const delivered = (partner: string, latencyMs = 5): LogEvent => event('MessageDelivered', { partner, latencyMs });

function activities() {
  const clock = movableClock();
  const all = new PartnerActivities(clock);
  return { clock, all, count: (each: LogEvent) => all.count(each, (domain) => domain.endsWith('.example')) };
}

describe('the activity of a partner', () => {
  it('is the messages of each minute, the one that goes on last, and old ones are forgotten', () => {
    const { clock, all, count } = activities();
    count(delivered('a.example'));
    count(delivered('a.example'));
    clock.advance(60_000);
    count(delivered('a.example'));
    expect(all.read()[0]?.perMinute).toEqual([...Array.from({ length: activityMinutes - 2 }, () => 0), 2, 1]);
    clock.advance((activityMinutes - 1) * 60_000);
    expect(all.read()[0]?.perMinute).toEqual([1, ...Array.from({ length: activityMinutes - 1 }, () => 0)]);
    clock.advance(60_000);
    expect(all.read()[0]).toMatchObject({ p95Ms: undefined });
  });

  it('has the latency that nineteen of twenty messages do not exceed', () => {
    const { all, count } = activities();
    for (let ms = 1; ms <= 100; ms += 1) count(delivered('a.example', ms));
    expect(all.read()[0]?.p95Ms).toBe(95);
  });

  it('has the last problem and the last success', () => {
    const { all, count } = activities();
    count(event('PartnerUnreachable', { partner: 'a.example' }));
    expect(all.read()[0]).toMatchObject({
      lastProblem: { message: 'told PartnerUnreachable' },
      lastSuccess: undefined,
    });
    count(event('StreamAuthenticated', { remoteDomain: 'a.example', partner: 'of another name' }));
    expect(all.read()[0]).toMatchObject({ lastSuccess: expect.any(String) });
  });

  it('is nothing for strangers and for events of nobody', () => {
    const { all, count } = activities();
    for (const each of [
      delivered('stranger.test'),
      event('PartnerUnreachable'),
      event('ServiceStarted', { partner: 'a.example' }),
    ])
      count(each);
    expect(all.read()).toEqual([]);
  });

  it('is forgotten for whoever was quiet longest when there are too many', () => {
    const { all, count } = activities();
    for (let index = 0; index < maxActiveDomains; index += 1) count(delivered(`p${index}.example`));
    count(delivered('p0.example'));
    count(delivered('new.example'));
    const domains = all.read().map(({ domain }) => domain);
    expect(domains).toHaveLength(maxActiveDomains);
    expect([domains.includes('p0.example'), domains.includes('p1.example')]).toEqual([true, false]);
  });
});
