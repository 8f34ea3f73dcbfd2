/** Tests of what came lately: kept by number and age, forgotten in time. */
import { describe, expect, it } from '@jest/globals';

import { RecentEntries } from '../../src/primitives/recent-entries.ts';
import { movableClock } from '../support/movable-clock.ts';

describe('recent entries', () => {
  it('are found until their time is over, each by its own', () => {
    const clock = movableClock();
    const recent = new RecentEntries<number>(clock, { entries: 4, ms: 1000 });
    recent.set('a', 1);
    clock.advance(600);
    recent.set('b', 2);
    clock.advance(400);
    expect([recent.get('a'), recent.get('b')]).toEqual([1, 2]);
    clock.advance(1);
    expect([recent.get('a'), recent.get('b')]).toEqual([undefined, 2]);
  });

  it('are bounded: the last half is always there, the oldest goes first', () => {
    const recent = new RecentEntries<number>(movableClock(), { entries: 4, ms: 1000 });
    for (let number = 0; number < 5; number += 1) recent.set(`k${number}`, number);
    expect(['k0', 'k1', 'k2', 'k3', 'k4'].map((key) => recent.get(key))).toEqual([undefined, undefined, 2, 3, 4]);
  });

  it('are replaced and deleted wherever they are', () => {
    const recent = new RecentEntries<number>(movableClock(), { entries: 4, ms: 1000 });
    for (const key of ['a', 'b', 'c', 'a']) recent.set(key, key === 'a' ? 7 : 1);
    expect(recent.get('a')).toBe(7);
    recent.delete('a');
    recent.delete('b');
    expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([undefined, undefined, 1]);
  });
});
