import { describe, expect, it } from '@jest/globals';
import { assert, property, string } from 'fast-check';

import { isPattern, wildcard } from '../../src/operations/wildcard.ts';

describe('a wildcard', () => {
  it.each([
    ['*', '', true],
    ['*.org', 'fabrikam.org', true],
    ['*.org', 'fabrikam.com', false],
    ['FABRIKAM.*', 'fabrikam.com', true],
    ['f?brikam.com', 'fabrikam.com', true],
    ['f?brikam.com', 'fbrikam.com', false],
    ['[a-c]*.com', 'contoso.com', true],
    ['[a-c]*.com', 'fabrikam.com', false],
    ['[xf]*', 'fabrikam.com', true],
    ['*a*a*.com', 'fabrikam.com', true],
    ['*a*a*a*.com', 'fabrikam.com', false],
    ['fabrikam.com', 'fabrikam.com.evil.com', false],
    ['fabrikam.com', 'fabrikamXcom', false],
    ['`*', '*', true],
    ['`*', 'x', false],
    ['[', '[', true],
    ['[c-a]', 'b', false],
  ])('%j of %j is %j', (pattern, name, expected) => {
    expect(wildcard(pattern)(name)).toBe(expected);
  });

  it('between stars finds every name that holds the text', () => {
    assert(
      property(string(), string(), string(), (before, text, after) => {
        const escaped = text.replaceAll(/./gsu, '`$&');
        return wildcard(`*${escaped}*`)(`${before}${text}${after}`);
      }),
    );
  });

  it.each([
    ['fabrikam.com', false],
    ['*.org', true],
    ['a?c', true],
    ['[a]', true],
    ['`*', false],
  ])('%j is a pattern: %j', (text, expected) => {
    expect(isPattern(text)).toBe(expected);
  });
});
