import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { OrderStatus } from '../../../src/operations/online-authority/acme/acme-objects.ts';
import {
  initialOrder,
  type OrderEffect,
  step,
} from '../../../src/operations/online-authority/acme/acme-order-machine.ts';
import { patienceMs } from '../../../src/operations/online-authority/acme/polling.ts';

type Seen = OrderStatus | readonly [OrderStatus, retryAfterMs: number];

/** What is done about an order that shows itself so, one sight after the other. */
function play(...seen: readonly Seen[]): readonly OrderEffect[] {
  let state = initialOrder;
  return seen.map((one) => {
    const [status, retryAfterMs] = typeof one === 'string' ? [one, undefined] : one;
    const next = step(state, { status, retryAfterMs });
    state = next.state;
    return next.effect;
  });
}

const names = (...seen: readonly Seen[]): readonly string[] => play(...seen).map((effect) => effect.do);

describe('an ACME order [RFC 8555 §7.1.6]', () => {
  it('goes from its challenges over finalizing to its certificate', () => {
    expect(names('pending', 'ready', 'processing', 'valid')).toEqual([
      'answer-challenges',
      'finalize',
      'wait',
      'download',
    ]);
  });

  it('that needs no proof is finalized at once, and one that is issued already is downloaded', () => {
    expect([names('ready'), names('valid')]).toEqual([['finalize'], ['download']]);
  });

  it('has its challenges answered once, and is finalized once', () => {
    expect(names('pending', 'pending', 'ready', 'ready')).toEqual(['answer-challenges', 'wait', 'finalize', 'wait']);
  });

  it('that is invalid has failed, whatever came before', () => {
    expect(names('pending', 'invalid').at(-1)).toBe('fail');
  });

  it('is looked at again after what the server says, or after pauses that grow', () => {
    expect(play('processing', ['processing', 7000], 'processing', ['processing', 0])).toEqual([
      { do: 'wait', ms: 500 },
      { do: 'wait', ms: 7000 },
      { do: 'wait', ms: 2000 },
      { do: 'wait', ms: 100 },
    ]);
  });

  it('is left when the server wants more time than anybody has', () => {
    expect(play(['processing', patienceMs + 1])).toEqual([{ do: 'leave', retryAfterMs: patienceMs + 1 }]);
  });

  it('is never waited for longer than the patience of an administrator, and comes to an end', () => {
    const status = fc.constantFrom<OrderStatus>('pending', 'ready', 'processing');
    const sight = fc.tuple(status, fc.integer({ min: 0, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(sight, { minLength: 4000, maxLength: 4000 }), (seen) => {
        const effects = play(...seen);
        const left = effects.findIndex((effect) => effect.do === 'leave');
        const waited = effects.slice(0, left).reduce((sum, effect) => sum + (effect.do === 'wait' ? effect.ms : 0), 0);
        expect(left).toBeGreaterThan(-1);
        expect(waited).toBeLessThanOrEqual(patienceMs);
      }),
      { numRuns: 20 },
    );
  });
});
