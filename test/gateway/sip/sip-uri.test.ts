import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import {
  aorOf,
  decodedUser,
  escapeUser,
  parseSipUri,
  printSipUri,
  type SipUri,
} from '../../../src/gateway/sip/sip-uri.ts';

/** Without half surrogate pairs, which no UTF-8 can carry. */
const isWellFormed = (text: string): boolean => Buffer.from(text, 'utf8').toString('utf8') === text;

function uriOf(text: string): SipUri {
  const uri = parseSipUri(text);
  if (!uri.ok) throw new Error(`${text}: ${uri.error}`);
  return uri.value;
}

describe('SIP URIs [RFC 3261 §19.1]', () => {
  it.each([
    ['sip:alice@Atlanta.COM', 'sip:alice@atlanta.com'],
    ['SIP:alice:secret@atlanta.com;transport=tcp', 'sip:alice@atlanta.com'],
    ['sips:alice@atlanta.com:5061?subject=x', 'sip:alice@atlanta.com'],
    ['sip:%61lice@atlanta.com', 'sip:alice@atlanta.com'],
    ['sip:f%c3%bc@sip.example', 'sip:f%C3%BC@sip.example'],
    ["sip:o'malley@sip.example", "sip:o'malley@sip.example"],
    ['sip:atlanta.com', 'sip:atlanta.com'],
    ['sip:alice@[2001:DB8::9]', 'sip:alice@[2001:db8::9]'],
  ])('%s has the address of record %s', (text, aor) => {
    expect(aorOf(uriOf(text))).toBe(aor);
  });

  it.each([
    'http://atlanta.com',
    'sip:',
    'sip:@atlanta.com',
    'sip:alice@',
    'sip:alice@host:0',
    'sip:alice@host:65536',
    'sip:alice@host:',
    'sip:a b@host',
    'sip:alice@host;=x',
    'sip:alice@host;lr;lr',
    'sip:al%2@host',
    'sip:al%zz@host',
    'sip:alice@[::1',
    'sip:alice@ho_st..com',
    'sip:"alice"@host',
    'sip:alice@host@host',
    'sip:alice@-host',
    'sip:<alice@host>',
  ])('%s is refused', (text) => {
    expect(parseSipUri(text).ok).toBe(false);
  });

  it('parameters without a value and with a quoted value are kept as they are', () => {
    const text = 'sip:pool.contoso.com:5061;transport="tls";lr;ms-key-info=AAE';
    expect(printSipUri(uriOf(text))).toBe(text);
  });

  it.each(['sip:a%00b@host', 'sip:a%0ab@host', 'sip:a%7f@host', 'sip:%ff%fe@host', 'sip:%c2%85@host'])(
    '%s never becomes a decoded user',
    (text) => {
      expect(decodedUser(uriOf(text)).ok).toBe(false);
    },
  );

  it('a semicolon that was escaped stays escaped, since it means something else', () => {
    expect(uriOf('sip:a%3Bb@host').user).toBe('a%3Bb');
    expect(decodedUser(uriOf('sip:a%3Bb@host'))).toEqual({ ok: true, value: 'a;b' });
  });

  it('parse(print(uri)) is the uri', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const uri = fc.record({
      scheme: fc.constantFrom('sip' as const, 'sips' as const),
      user: fc.option(
        fc
          .string({ minLength: 1, unit: 'binary' })
          .filter((s) => isWellFormed(s))
          .map(escapeUser),
        { nil: undefined },
      ),
      host: fc.oneof(
        fc.domain().map((name) => name.toLowerCase()),
        fc.ipV4(),
        fc.ipV6().map((address) => `[${address.toLowerCase()}]`),
      ),
      port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      parameters: fc
        .array(fc.tuple(token, fc.oneof(fc.constant(''), token)), { maxLength: 4 })
        .map((list) => new Map(list)),
      headers: fc.option(token, { nil: undefined }),
    });
    fc.assert(fc.property(uri, (value) => expect(parseSipUri(printSipUri(value))).toEqual({ ok: true, value })));
  });

  it('any text without control characters survives a user part', () => {
    const text = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((s) => isWellFormed(s) && !/[\u0000-\u001f\u007f-\u009f]/.test(s));
    fc.assert(
      fc.property(text, (user) =>
        expect(decodedUser(uriOf(`sip:${escapeUser(user)}@host`))).toEqual({ ok: true, value: user }),
      ),
    );
  });

  it('no text makes the parser throw', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseSipUri(`sip:${text}`).ok === 'boolean'));
  });
});
