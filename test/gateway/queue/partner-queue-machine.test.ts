import { describe, expect, it } from '@jest/globals';

import {
  emptyQueue,
  type PartnerQueue,
  type PartnerQueueEffect,
  type PartnerQueueEvent,
  step,
} from '../../../src/gateway/queue/partner-queue-machine.ts';
import { firstRetryMs, maxRetryMs, maxUnderWay } from '../../../src/gateway/queue/queue-limits.ts';

/** The queue over time: what each event asks for. */
function queue() {
  let state: PartnerQueue = emptyQueue;
  let now = 0;
  const tell = (event: PartnerQueueEvent): readonly PartnerQueueEffect[] => {
    const result = step(state, event, now);
    state = result.state;
    return result.effects;
  };
  return {
    tell,
    at: (ms: number) => void (now = ms),
    /** Adds and stores a message of the pair, which is its letter. */
    add(id: string, lifetimeMs = 300_000) {
      tell({ type: 'added', message: { id, pair: id.charAt(0), expiresAt: now + lifetimeMs } });
      return tell({ type: 'stored', id });
    },
    tried: (effects: readonly PartnerQueueEffect[]) =>
      effects.flatMap((effect) => (effect.do === 'try' ? [effect.id] : [])),
    retry: (effects: readonly PartnerQueueEffect[]) => effects.find((effect) => effect.do === 'retry-in'),
    get state() {
      return state;
    },
  };
}

describe('a partner that is away', () => {
  it('is asked with one message at a time, of each pair in turn, after longer and longer waits', () => {
    const { add, tell, tried, retry } = queue();
    expect(retry(add('a1'))).toEqual({ do: 'retry-in', ms: firstRetryMs });
    expect(retry(add('b1'))).toBeUndefined();
    const waits: unknown[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const [id = '', ...others] = tried(tell({ type: 'retry-due' }));
      expect([id, others]).toEqual([attempt % 2 === 0 ? 'a1' : 'b1', []]);
      waits.push(retry(tell({ type: 'held', id })));
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60].map((seconds) => ({ do: 'retry-in', ms: seconds * 1000 })));
    expect(maxRetryMs).toBe(60_000);
  });

  it('gets everything when a message has arrived, or a stream is up', () => {
    const first = queue();
    for (const id of ['a1', 'b1', 'c1']) first.add(id);
    first.tell({ type: 'retry-due' });
    expect(first.tried(first.tell({ type: 'done', id: 'a1', isDelivered: true }))).toEqual(['b1', 'c1']);

    const second = queue();
    for (const id of ['a1', 'b1']) second.add(id);
    expect(second.tried(second.tell({ type: 'reachable' }))).toEqual(['a1', 'b1']);
  });

  it('counts several attempts that fail together once', () => {
    const { add, tell, retry } = queue();
    for (const id of ['a1', 'b1', 'c1']) add(id);
    tell({ type: 'reachable' });
    const waits = ['a1', 'b1', 'c1'].map((id) => retry(tell({ type: 'held', id })));
    expect(waits[0]).toEqual({ do: 'retry-in', ms: firstRetryMs });
    expect(waits[1]).toBeUndefined();
  });

  it('is never forgotten while something waits: whatever ends an attempt leads to the next', () => {
    const { add, tell, tried } = queue();
    for (const id of ['a1', 'b1']) add(id);
    tell({ type: 'retry-due' });
    expect(tried(tell({ type: 'done', id: 'a1', isDelivered: false }))).toEqual(['b1']);
  });
});

describe('a partner that is back', () => {
  it('gets one message of a pair at a time, in their order', () => {
    const { add, tell, tried } = queue();
    for (const id of ['a1', 'a2', 'a3']) add(id);
    expect(tried(tell({ type: 'reachable' }))).toEqual(['a1']);
    expect(tried(tell({ type: 'done', id: 'a1', isDelivered: true }))).toEqual(['a2']);
    expect(tried(tell({ type: 'done', id: 'a2', isDelivered: false }))).toEqual(['a3']);
  });

  it('gets a bounded number at a time, and pairs take turns however much one of them wrote', () => {
    const { add, tell, tried } = queue();
    for (let count = 0; count < 50; count += 1) add(`a${count}`);
    const pairs = Array.from({ length: maxUnderWay + 5 }, (_, index) => String.fromCodePoint(0x100 + index));
    for (const pair of pairs) add(`${pair}1`);
    const first = tried(tell({ type: 'reachable' }));
    expect(first).toEqual(['a0', ...pairs.slice(0, maxUnderWay - 1).map((pair) => `${pair}1`)]);
    expect(tried(tell({ type: 'done', id: 'a0', isDelivered: true }))).toEqual([`${pairs[maxUnderWay - 1] ?? ''}1`]);
  });

  it('is away again when a stream breaks, and nothing more is tried then', () => {
    const { add, tell, tried } = queue();
    for (const id of ['a1', 'a2', 'b1']) add(id);
    tell({ type: 'reachable' });
    expect(tried(tell({ type: 'held', id: 'a1' }))).toEqual([]);
    expect(tried(tell({ type: 'retry-due' }))).toEqual([]);
    expect(tried(tell({ type: 'done', id: 'b1', isDelivered: true }))).toEqual(['a1']);
  });
});

describe('a message', () => {
  it('that is being written to the disk keeps its place, and is not tried before it is there', () => {
    const { add, tell, tried } = queue();
    tell({ type: 'added', message: { id: 'a1', pair: 'a', expiresAt: 1000 } });
    add('a2');
    expect(tried(tell({ type: 'reachable' }))).toEqual([]);
    expect(tried(tell({ type: 'stored', id: 'a1' }))).toEqual(['a1']);
  });

  it('expires at its time, unless it is being tried; then when that has failed', () => {
    const { add, at, tell } = queue();
    expect(add('a1', 100)).toContainEqual({ do: 'expire-in', ms: 100 });
    add('b1', 100);
    tell({ type: 'retry-due' });
    at(100);
    expect(tell({ type: 'expiry-due' })).toEqual([{ do: 'expire', id: 'b1' }]);
    expect(tell({ type: 'held', id: 'a1' })).toEqual([{ do: 'expire', id: 'a1' }]);
  });

  it('of a pair with nothing else in the queue is tried behind those that came before, whatever failed', () => {
    const { add, tell } = queue();
    add('a1');
    tell({ type: 'done', id: 'a1', isDelivered: false });
    add('a2');
    expect(tell({ type: 'retry-due' })).toEqual([{ do: 'try', id: 'a2' }]);
  });
});
