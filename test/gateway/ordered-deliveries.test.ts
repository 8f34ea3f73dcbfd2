import { describe, expect, it } from '@jest/globals';

import { OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';

/** A delivery that ends when the test says so. */
function held() {
  let release: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { deliver: () => done, release };
}

describe('deliveries that are drained', () => {
  it('are finished, those that wait too, and nothing new is taken', async () => {
    const deliveries = new OrderedDeliveries();
    const first = held();
    const done: string[] = [];
    deliveries.run('a b', first.deliver);
    deliveries.run('a b', async () => void done.push('second'));
    const drained = deliveries.drain();
    expect(deliveries.run('a b', async () => void done.push('third'))).toBe(false);
    expect(deliveries.run('c d', async () => void done.push('other pair'))).toBe(false);
    first.release();
    await drained;
    expect([done, deliveries.isDraining]).toEqual([['second'], true]);
  });
});

describe('deliveries of one pair', () => {
  it('wait for each other, in order of arrival', async () => {
    const deliveries = new OrderedDeliveries();
    const first = held();
    const order: string[] = [];
    deliveries.run('a b', async () => {
      await first.deliver();
      order.push('first');
    });
    deliveries.run('a b', async () => void order.push('second'));
    deliveries.run('a c', async () => void order.push('other pair'));
    await Promise.resolve();
    first.release();
    await deliveries.settled();
    expect(order).toEqual(['other pair', 'first', 'second']);
  });

  it('are refused when a hundred wait, while other pairs go on', async () => {
    const deliveries = new OrderedDeliveries();
    const blocked = held();
    for (let count = 0; count < 100; count += 1) expect(deliveries.run('a b', blocked.deliver)).toBe(true);
    expect(deliveries.run('a b', blocked.deliver)).toBe(false);
    expect(deliveries.run('a c', blocked.deliver)).toBe(true);
    blocked.release();
    await deliveries.settled();
    expect(deliveries.run('a b', async () => undefined)).toBe(true);
  });

  it('are refused when ten thousand wait overall, so that memory is bounded', () => {
    const deliveries = new OrderedDeliveries();
    const blocked = held();
    for (let count = 0; count < 10_000; count += 1) deliveries.run(`a ${count}`, blocked.deliver);
    expect(deliveries.run('a new', blocked.deliver)).toBe(false);
    blocked.release();
  });
});
