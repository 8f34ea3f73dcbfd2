import { afterEach, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';

import { realClock } from '../../src/primitives/clock.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const lifetimes = [60, 600, 3600, 7200, 86_400];

it('adds and takes away whole seconds exactly, so that a lifetime just granted is not read back a second longer', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (reading) => {
      jest.spyOn(performance, 'now').mockReturnValue(reading);
      const now = realClock.now();
      expect(lifetimes.map((seconds) => Math.ceil((now + seconds * 1000 - now) / 1000))).toEqual(lifetimes);
    }),
  );
});

it('tells moments within one millisecond apart, and never goes back', () => {
  const readings = Array.from({ length: 100_000 }, () => realClock.now());
  expect(readings.some((now) => !Number.isInteger(now))).toBe(true);
  expect(readings.every((now, at) => at === 0 || now >= (readings[at - 1] ?? 0))).toBe(true);
});
