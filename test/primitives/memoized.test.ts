import { describe, expect, it } from '@jest/globals';

import { memoized } from '../../src/primitives/memoized.ts';

describe('memoized', () => {
  it('computes what it is asked for again only once', () => {
    const asked: string[] = [];
    const length = memoized((text) => {
      asked.push(text);
      return { length: text.length };
    });
    expect(length('fabrikam.example')).toBe(length('fabrikam.example'));
    expect(asked).toEqual(['fabrikam.example']);
  });

  it('gives each text its own value, those outside of the basic plane and lone surrogates too', () => {
    const self = memoized((text) => ({ text }));
    const texts = ['a', 'A', '', 'é', 'e\u0301', '\u{1f600}', '\ud83d', '\ude00', '\u0000'];
    for (const text of [...texts, ...texts]) expect(self(text)).toEqual({ text });
  });

  it('forgets: of a million texts it keeps no more than twenty thousand, the latest among them', () => {
    let computed = 0;
    const count = memoized((text) => {
      computed += 1;
      return { text };
    });
    const total = 100_000;
    for (let number = 0; number < total; number += 1) count(`user${number}@contoso.example`);
    expect(computed).toBe(total);
    for (let number = total - 10_000; number < total; number += 1) count(`user${number}@contoso.example`);
    expect(computed).toBe(total);
    for (let number = 0; number < 20_000; number += 1) count(`user${number}@contoso.example`);
    expect(computed).toBe(total + 20_000);
  });

  it('keeps what is asked for all the time, however much else comes', () => {
    let computed = 0;
    const count = memoized((text) => {
      if (text === 'often') computed += 1;
      return { text };
    });
    for (let number = 0; number < 100_000; number += 1) count(number % 100 === 0 ? 'often' : String(number));
    expect(computed).toBe(1);
  });

  it('keeps as many and as long ones as it is told', () => {
    let computed = 0;
    const count = memoized(() => (computed += 1), { remembered: 4, characters: 1_000 });
    for (const text of ['x'.repeat(1_000), 'x'.repeat(1_000), 'y'.repeat(1_001), 'y'.repeat(1_001)]) count(text);
    expect(computed).toBe(3);
    for (const text of ['a', 'b', 'c', 'd', 'x'.repeat(1_000)]) count(text);
    expect(computed).toBe(8);
  });

  it('does not keep texts that are longer than an address', () => {
    let computed = 0;
    const count = memoized(() => (computed += 1));
    count('x'.repeat(257));
    count('x'.repeat(257));
    expect(computed).toBe(2);
  });
});
