/** -match finds what a regular expression of JavaScript finds, within the subset, and no pattern makes it hang. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { linearPattern } from '../../../src/commands/shell/linear-pattern.ts';

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '[a-c]',
  '(?:ab|c)',
  '(b|)',
  '\\d',
  '\\w',
  '\\S',
  '^',
  '$',
  '\\b',
);
const sign = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{2,}', '{0,1}', '*?');
const part = fc.tuple(atom, sign).map(([what, often]) => (/^(?:\^|\$|\\b)$/.test(what) ? what : what + often));
const pattern = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .chain((parts) => fc.constantFrom(parts.join(''), `(${parts.join('')})*b`, `${parts.join('')}|c`));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', 'A'), maxLength: 8 });

it('agrees with RegExp', () => {
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      expect([source, subject, linearPattern(source)(subject)]).toEqual([
        source,
        subject,
        new RegExp(source, 'i').test(subject),
      ]);
    }),
    { numRuns: 3000 },
  );
});

it('answers at once where backtracking would not', () => {
  expect(linearPattern('(a+)+b')('a'.repeat(5000))).toBe(false);
  expect(linearPattern('(a|a)*(a|a)*(a|a)*b')('a'.repeat(2000))).toBe(false);
});

it.each([
  '(',
  ')',
  '[a',
  '*',
  'a**',
  '(?=a)',
  '(?<x>a)',
  '\\1',
  '\\p{L}',
  'a{3,1}',
  '((a{99}){99}){99}',
  'a'.repeat(1001),
])('refuses %j', (source) => {
  expect(() => linearPattern(source)).toThrow('-match cannot use the pattern');
});
