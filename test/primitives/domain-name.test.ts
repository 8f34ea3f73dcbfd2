import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { displayDomainName, parseDomainName } from '../../src/primitives/domain-name.ts';

const read = (text: string): string => {
  const name = parseDomainName(text);
  return name.ok ? name.value : 'refused';
};

describe('domain names', () => {
  it.each([
    ['contoso.com', 'contoso.com'],
    ['CONTOSO.Com.', 'contoso.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['a-b.c1.example', 'a-b.c1.example'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('%s is %s', (text, name) => expect(read(text)).toBe(name));

  it.each([
    ['nothing', ''],
    ['one label', 'contoso'],
    ['an empty label', 'foo..bar'],
    ['an underscore', 'a_b.example'],
    ['a wildcard', '*.example.com'],
    ['a hyphen at the edge of a label', '-a.example'],
    ['an address', '192.0.2.1'],
    ['a long label', `${'a'.repeat(64)}.example`],
    ['a long name', `${'a.'.repeat(130)}example`],
    ['a space', 'a b.example'],
    ['white space around it', ' contoso.com'],
    // The IDNA routine of Node.js reads URLs, and would cut these to a.com.
    ['a path', 'a.com/b'],
    ['a query', 'a.com?x'],
    ['an escape', 'a%2ecom'],
    ['a tab', 'a\tb.com'],
    ['a port', 'a.com:5269'],
    ['a user', 'u@a.com'],
  ])('refuses %s', (_title, text) => expect(read(text)).toBe('refused'));

  it('is a fixed point: a name that was read is read as itself', () => {
    fc.assert(
      fc.property(fc.domain(), (text) => {
        const name = read(text);
        expect(read(name)).toBe(name);
      }),
    );
  });

  it('is shown as people read it', () => {
    const name = parseDomainName('xn--bcher-kva.example');
    expect(name.ok && displayDomainName(name.value)).toBe('bücher.example');
  });
});
