/** A round is what its seed says, and a few seeds cover all there is. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { faultKinds, generator, peerKinds, planOf } from './fault-plan.ts';

const limits = { messagesPerPair: 8, pairs: 8, longestMs: 2500 };
const seeds = fc.integer({ min: 0, max: 1_000_000 });

describe('the plan of a round', () => {
  it('is the same for the same seed', () => {
    fc.assert(fc.property(seeds, (seed) => expect(planOf(seed, limits)).toEqual(planOf(seed, limits))));
  });

  it('has one to three faults, each while messages are still to be sent, in their order', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { faults } = planOf(seed, limits);
        const begins = faults.map(({ after }) => after);
        expect(faults.length >= 1 && faults.length <= 3).toBe(true);
        expect(begins).toEqual(begins.toSorted((one, other) => one - other));
        for (const { after, lastsMs } of faults) {
          expect(after >= 4 && after < limits.messagesPerPair * limits.pairs).toBe(true);
          expect(lastsMs >= 50 && lastsMs <= limits.longestMs).toBe(true);
        }
      }),
    );
  });

  it('has each fault with each peer in forty-eight seeds in a row', () => {
    const met = Array.from({ length: faultKinds.length * peerKinds.length }, (_, seed) => planOf(seed, limits));
    const pairs = new Set(met.flatMap(({ peer, faults }) => faults.map(({ kind }) => `${kind} ${peer}`)));
    expect(pairs.size).toBe(faultKinds.length * peerKinds.length);
  });
});

describe('the generator', () => {
  it('spreads over the numbers from 0 up to 1', () => {
    const next = generator(1);
    const tenths = new Set(Array.from({ length: 1000 }, () => Math.floor(next() * 10)));
    expect([...tenths].toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
