import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  failureLevel,
  nextRenewal,
  randomOf,
  renewalTime,
  retryDelayMs,
} from '../../../src/operations/renewal/renewal-schedule.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const lasting = (days: number) => ({ notBefore: new Date(start), notAfter: new Date(start + days * dayMs) });
const at = (days: number): Date => new Date(start + days * dayMs);

describe('a certificate', () => {
  it.each([
    [90, 60, 61.8],
    [47, 31.3, 32.3],
    [11, 7.3, 7.6],
    [10, 5, 5.2],
    [6, 3, 3.2],
  ])('of %d days is due between day %d and day %d', (days, first, last) => {
    const [earliest, latest] = [renewalTime(lasting(days), 0), renewalTime(lasting(days), 1)];
    expect([earliest > at(first - 0.1), earliest <= at(first + 0.1)]).toEqual([true, true]);
    expect([latest > at(last - 0.1), latest <= at(last + 0.1)]).toEqual([true, true]);
  });

  it('is due at a moment that follows from itself, whatever process asks', () => {
    const thumbprint = '5A3F8E1B9C0D4A7766554433221100FFEEDD19C2';
    expect(randomOf(thumbprint)).toBeCloseTo(0x5a3f8e1b / 0xffffffff);
    expect(nextRenewal(thumbprint, lasting(90))).toEqual(renewalTime(lasting(90), randomOf(thumbprint)));
    expect([randomOf('0'.repeat(40)), randomOf('F'.repeat(40))]).toEqual([0, 1]);
  });

  it('is tried again after the pause, and never before its own moment', () => {
    const thumbprint = '0'.repeat(40);
    expect(nextRenewal(thumbprint, lasting(90), { nextAttempt: at(70).toISOString() })).toEqual(at(70));
    expect(nextRenewal(thumbprint, lasting(90), { nextAttempt: at(10).toISOString() })).toEqual(at(60));
  });

  it('is due between half of its lifetime and a third before its end, always', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 5000, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (days, random) => {
          const share = (renewalTime(lasting(days), random).getTime() - start) / (days * dayMs);
          expect(share).toBeGreaterThan(0.499);
          expect(share).toBeLessThan(0.69);
        },
      ),
    );
  });
});

describe('the pause after failures', () => {
  const minutes = (failures: number, leftDays: number, random = 0): number =>
    retryDelayMs(failures, leftDays * dayMs, random) / 60_000;

  it('doubles from a quarter of an hour to six hours', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => minutes(failures, 30))).toEqual([
      15, 30, 60, 120, 240, 360, 360, 360,
    ]);
  });

  it('is up to a quarter shorter at random', () => {
    expect([0, 0.5, 1].map((random) => minutes(6, 30, random))).toEqual([360, 315, 270]);
  });

  it('is a tenth of what is left at most, and never makes more than five attempts an hour, also after the end', () => {
    expect([minutes(9, 1), minutes(9, 0.01), minutes(9, -3), minutes(1, 30, 1)]).toEqual([144, 12, 12, 12]);
  });
});

describe('a failure', () => {
  it('is information first, a warning in the last third, an error in the last sixth', () => {
    expect([50, 61, 74, 76, 91].map((day) => failureLevel(lasting(90), at(day)))).toEqual([
      'info',
      'warn',
      'warn',
      'error',
      'error',
    ]);
  });
});
