/** How fast a connection is read, without a connection. */
import { expect, it } from '@jest/globals';

import { ReadingRate } from '../../../src/gateway/xmpp/reading-rate.ts';
import { movableClock } from '../../support/movable-clock.ts';

function reading(bytesPerSecond: () => number) {
  const clock = movableClock();
  const source = {
    paused: false,
    pause: () => (source.paused = true),
    resume: () => (source.paused = false),
  };
  return { clock, source, rate: new ReadingRate(clock, bytesPerSecond) };
}

it('lets four seconds of the rate through at once, and pauses for what is more', () => {
  const { clock, source, rate } = reading(() => 1000);
  expect(rate.count(4000, source)).toBe(false);
  expect(rate.count(500, source)).toBe(true);
  expect(source.paused).toBe(true);
  clock.advance(499);
  expect(source.paused).toBe(true);
  clock.advance(1);
  expect(source.paused).toBe(false);
  expect(rate.count(1, source)).toBe(true);
});

it('is no limit at 0, and follows a rate that changes', () => {
  let bytesPerSecond = 1000;
  const { clock, source, rate } = reading(() => bytesPerSecond);
  expect(rate.count(5000, source)).toBe(true);
  clock.advance(1000);
  bytesPerSecond = 0;
  expect(rate.count(1_000_000_000, source)).toBe(false);
  bytesPerSecond = 1000;
  expect(rate.count(4001, source)).toBe(true);
});

it('resumes nothing that was released, and forgets no debt with it', () => {
  const { clock, source, rate } = reading(() => 1000);
  rate.count(6000, source);
  rate.release();
  expect(clock.pending()).toBe(0);
  clock.advance(1000);
  expect(source.paused).toBe(true);
  expect(rate.count(0, source)).toBe(true);
});

it('reads nothing while its owner has enough to do, whatever the rate allows', () => {
  const { clock, source, rate } = reading(() => 1000);
  rate.count(4500, source);
  rate.hold(true, source);
  clock.advance(500);
  expect(source.paused).toBe(true);
  rate.hold(false, source);
  expect(source.paused).toBe(false);
  rate.count(1000, source);
  rate.hold(true, source);
  rate.hold(false, source);
  expect(source.paused).toBe(true);
  clock.advance(1000);
  expect(source.paused).toBe(false);
  rate.hold(true, source);
  rate.end(source);
  expect(source.paused).toBe(false);
});
