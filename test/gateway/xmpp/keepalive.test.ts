import { expect, it } from '@jest/globals';

import { watchSilence } from '../../../src/gateway/xmpp/keepalive.ts';
import { defaultS2sLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { movableClock } from '../../support/movable-clock.ts';

function watch(keepsAlive: boolean): { happened: string[]; traffic: () => void; advance: (ms: number) => void } {
  const clock = movableClock();
  const happened: string[] = [];
  const start = clock.now();
  let lastTraffic = start;
  const traffic = (): void => {
    lastTraffic = clock.now();
  };
  watchSilence(
    {
      lastTraffic: () => lastTraffic,
      keepsAlive: () => keepsAlive,
      sendWhiteSpace: () => {
        happened.push(`white space at ${clock.now() - start}`);
        traffic();
      },
      onInactive: () => happened.push(`inactive at ${clock.now() - start}`),
    },
    clock,
    { ...defaultS2sLimits, keepAliveMs: 60, inactivityMs: 600 },
  );
  return { happened, traffic, advance: (ms) => clock.advance(ms) };
}

it('sends white space after each silence, and only then [RFC 6120 §4.6.1]', () => {
  const { happened, traffic, advance } = watch(true);
  advance(50);
  traffic();
  advance(200);
  expect(happened).toEqual(['white space at 110', 'white space at 170', 'white space at 230']);
});

it('ends a stream without keep-alive that nobody used for the inactivity time', () => {
  const { happened, traffic, advance } = watch(false);
  advance(500);
  traffic();
  advance(599);
  expect(happened).toEqual([]);
  advance(1);
  expect(happened).toEqual(['inactive at 1100']);
});
