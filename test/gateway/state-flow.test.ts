/** The order and number in which states leave: after what they follow from is durable, the newest first come, some at a time. */
import { describe, expect, it } from '@jest/globals';

import { AfterWrites } from '../../src/gateway/after-writes.ts';
import { LatestState } from '../../src/gateway/latest-state.ts';
import { PacedLinks } from '../../src/gateway/paced-links.ts';
import { memoryState } from '../support/memory-state.ts';

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('effects of a change', () => {
  it('leave at once when the change is durable', () => {
    const left: string[] = [];
    const effects = new AfterWrites(memoryState());
    void effects.run(async () => void left.push('a'));
    expect(left).toEqual(['a']);
  });

  it('wait until it is, in their order, also those that need not wait themselves', async () => {
    const left: string[] = [];
    const state = memoryState();
    const effects = new AfterWrites(state);
    state.hold();
    state.write('presence-link', 'k', 1);
    void effects.run(async () => void left.push('a'));
    await settled();
    expect(left).toEqual([]);
    state.release();
    // Nothing is written now, yet "a" is still on its way.
    const done = effects.run(async () => void left.push('b'));
    expect(left).toEqual([]);
    await done;
    expect(left).toEqual(['a', 'b']);
    void effects.run(async () => void left.push('c'));
    expect(left).toEqual(['a', 'b', 'c']);
  });
});

describe('states that replace each other', () => {
  it('while one is on its way only the newest waits, for each receiver of its own', async () => {
    const [bob, carol] = [{}, {}];
    const sent: string[] = [];
    const arrivals: (() => void)[] = [];
    const states = new LatestState();
    const send = (to: object, what: string): Promise<void> =>
      states.send(to, () => {
        sent.push(what);
        return new Promise((resolve) => void arrivals.push(resolve));
      });
    void send(bob, 'b1');
    for (let count = 2; count <= 100; count += 1) void send(bob, `b${count}`);
    void send(carol, 'c1');
    expect(sent).toEqual(['b1', 'c1']);
    arrivals.shift()?.();
    await settled();
    expect(sent).toEqual(['b1', 'c1', 'b100']);
    for (const arrive of arrivals.splice(0)) arrive();
    await settled();
    void send(bob, 'b101');
    expect(sent).toEqual(['b1', 'c1', 'b100', 'b101']);
  });
});

describe('one act on many links', () => {
  it('is under way fifty times at most, once for each link, and goes on as they are done', async () => {
    const links = Array.from({ length: 120 }, (_, index) => ({ index }));
    const acted: number[] = [];
    const done: (() => void)[] = [];
    const paced = new PacedLinks<{ readonly index: number }>(({ index }) => {
      if (index % 10 === 9) return undefined;
      acted.push(index);
      return new Promise((resolve) => void done.push(resolve));
    });
    paced.add(links);
    paced.add(links.slice(100));
    expect(acted).toHaveLength(50);
    for (const end of done.splice(0, 10)) end();
    await settled();
    expect(acted).toHaveLength(60);
    while (done.length > 0) {
      for (const end of done.splice(0)) end();
      await settled();
    }
    expect(acted).toEqual(links.map(({ index }) => index).filter((index) => index % 10 !== 9));
  });
});
