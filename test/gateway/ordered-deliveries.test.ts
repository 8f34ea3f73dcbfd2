import { describe, expect, it } from '@jest/globals';

import {
  type DeliveryOf,
  maxBytesPerPartner,
  maxOverall,
  maxPerPartner,
  OrderedDeliveries,
} from '../../src/gateway/ordered-deliveries.ts';

const of = (pair: string, partnerDomain = 'fabrikam.example', bytes = 100): DeliveryOf => ({
  pair,
  partnerDomain,
  bytes,
});

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
    deliveries.run(of('a b'), first.deliver);
    deliveries.run(of('a b'), async () => void done.push('second'));
    const drained = deliveries.drain();
    expect(deliveries.run(of('a b'), async () => void done.push('third'))).toBe('stopping');
    expect(deliveries.run(of('c d'), async () => void done.push('other pair'))).toBe('stopping');
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
    deliveries.run(of('a b'), async () => {
      await first.deliver();
      order.push('first');
    });
    deliveries.run(of('a b'), async () => void order.push('second'));
    deliveries.run(of('a c'), async () => void order.push('other pair'));
    await Promise.resolve();
    first.release();
    await deliveries.settled();
    expect(order).toEqual(['other pair', 'first', 'second']);
  });

  it('are refused when a hundred wait, while other pairs go on', async () => {
    const deliveries = new OrderedDeliveries();
    const blocked = held();
    for (let count = 0; count < 100; count += 1) expect(deliveries.run(of('a b'), blocked.deliver)).toBeUndefined();
    expect(deliveries.run(of('a b'), blocked.deliver)).toBe('busy-pair');
    expect(deliveries.run(of('a c'), blocked.deliver)).toBeUndefined();
    blocked.release();
    await deliveries.settled();
    expect(deliveries.run(of('a b'), async () => undefined)).toBeUndefined();
  });

  it('are refused when ten thousand wait overall, so that memory is bounded', () => {
    const deliveries = new OrderedDeliveries();
    const blocked = held();
    for (let count = 0; count < maxOverall; count += 1)
      expect(deliveries.run(of(`a ${count}`, `partner${count % 10}.example`), blocked.deliver)).toBeUndefined();
    expect(deliveries.run(of('a new'), blocked.deliver)).toBe('busy-gateway');
    blocked.release();
  });
});

describe('deliveries of one partner', () => {
  it('leave the others their room, in number and in bytes, and give it back', async () => {
    const deliveries = new OrderedDeliveries();
    const blocked = held();
    for (let count = 0; count < maxPerPartner; count += 1) deliveries.run(of(`a ${count}`), blocked.deliver);
    expect(deliveries.run(of('a new'), blocked.deliver)).toBe('busy-pair');
    expect(deliveries.run(of('a b', 'large.example', maxBytesPerPartner), blocked.deliver)).toBeUndefined();
    expect(deliveries.run(of('a c', 'large.example', 1), blocked.deliver)).toBe('busy-pair');
    expect(deliveries.run(of('a d', 'other.example', 1), blocked.deliver)).toBeUndefined();
    for (const name of ['b', 'c', 'd'])
      deliveries.run(of(`x ${name}`, `${name}.example`, maxBytesPerPartner - 1), blocked.deliver);
    expect(deliveries.run(of('a e', 'last.example', maxBytesPerPartner), blocked.deliver)).toBe('busy-gateway');
    blocked.release();
    await deliveries.settled();
    expect(deliveries.run(of('a new', 'large.example', maxBytesPerPartner), async () => undefined)).toBeUndefined();
  });
});
