import { describe, expect, it } from '@jest/globals';
import { array, assert, integer, property, record } from 'fast-check';

import { RateTable } from '../../src/primitives/rate-table.ts';
import { maxReportedSubjects, RepeatedReports, reportEveryMs } from '../../src/primitives/repeated-reports.ts';
import { fullBucket, msInDebt, refilled, spent } from '../../src/primitives/token-bucket.ts';
import { movableClock } from '../support/movable-clock.ts';

const rate = { perSecond: 10, burst: 20 };

describe('a token bucket', () => {
  it('gives its burst at once, and then its rate', () => {
    const empty = spent(fullBucket(rate, 0), 20);
    expect(empty.tokens).toBe(0);
    expect(refilled(empty, rate, 1000).tokens).toBe(10);
    expect(refilled(empty, rate, 60_000).tokens).toBe(20);
  });

  it('says how long a debt takes to be paid', () => {
    const owing = spent(fullBucket(rate, 0), 35);
    expect(msInDebt(owing, rate)).toBe(1500);
    expect(msInDebt(refilled(owing, rate, 1500), rate)).toBe(0);
    expect(msInDebt(refilled(owing, rate, 1000), rate)).toBe(500);
  });

  it('gives nothing for a clock that goes back', () => {
    expect(refilled({ tokens: 5, at: 1000 }, rate, 0).tokens).toBe(5);
  });

  it('never lets more pass than the burst and the rate of the time that went by', () => {
    const act = record({ afterMs: integer({ min: 0, max: 5000 }), amount: integer({ min: 1, max: 30 }) });
    assert(
      property(array(act), (acts) => {
        let bucket = fullBucket(rate, 0);
        let [now, passed] = [0, 0];
        for (const { afterMs, amount } of acts) {
          now += afterMs;
          bucket = refilled(bucket, rate, now);
          if (bucket.tokens < amount) continue;
          bucket = spent(bucket, amount);
          passed += amount;
        }
        expect(passed).toBeLessThanOrEqual(rate.burst + (rate.perSecond * now) / 1000 + 1e-6);
      }),
    );
  });
});

describe('a table of rates', () => {
  it('counts each name by itself, and what was refused not at all', () => {
    const table = new RateTable(10);
    const twice = { perSecond: 1, burst: 2 };
    expect([1, 2, 3].map(() => table.take('a', twice, 0))).toEqual([true, true, false]);
    expect(table.take('b', twice, 0)).toBe(true);
    expect(table.take('a', twice, 999)).toBe(false);
    expect(table.take('a', twice, 1000)).toBe(true);
    expect(table.take('a', twice, 1000)).toBe(false);
  });

  it('is bounded: the name seen the longest ago is forgotten', () => {
    const table = new RateTable(2);
    const once = { perSecond: 0.001, burst: 1 };
    for (const name of ['a', 'b', 'a', 'c', 'd']) table.take(name, once, 0);
    expect(table.size).toBe(2);
    expect([table.take('d', once, 0), table.take('a', once, 0)]).toEqual([false, true]);
  });
});

describe('reports of what happens again and again', () => {
  it('are one at once, and one a minute with how often it was', () => {
    const clock = movableClock();
    const reports = new RepeatedReports(clock);
    expect([1, 2, 3].map(() => reports.count('a'))).toEqual([1, undefined, undefined]);
    expect(reports.count('b')).toBe(1);
    clock.advance(reportEveryMs - 1);
    expect(reports.count('a')).toBeUndefined();
    clock.advance(1);
    expect(reports.count('a')).toBe(4);
    clock.advance(reportEveryMs);
    expect(reports.count('a')).toBe(1);
  });

  it('remember no more subjects than they may', () => {
    const reports = new RepeatedReports(movableClock());
    for (let subject = 0; subject <= maxReportedSubjects; subject += 1) reports.count(String(subject));
    expect(reports.count('1')).toBeUndefined();
    expect(reports.count('0')).toBe(1);
  });
});
