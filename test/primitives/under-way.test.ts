import { describe, expect, it } from '@jest/globals';

import { UnderWay } from '../../src/primitives/under-way.ts';

describe('the table of what is under way', () => {
  it('gives back what it was given, whatever the keys are', () => {
    const table = new UnderWay<number>();
    for (const [index, key] of ['__proto__', 'constructor', '', '7'].entries()) table.set(key, index);
    table.set('7', 30);
    expect(table.size).toBe(4);
    expect(table.get('__proto__')).toBe(0);
    expect(table.get('toString')).toBeUndefined();
    table.delete('constructor');
    table.delete('constructor');
    expect(table.size).toBe(3);
    expect(Object.fromEntries(table.entries())).toEqual(
      Object.fromEntries([
        ['', 2],
        ['7', 30],
        ['__proto__', 0],
      ]),
    );
    expect([...table.values()].toSorted((one, other) => one - other)).toEqual([0, 2, 30]);
  });
});
