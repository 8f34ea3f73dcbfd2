import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { parseCSeq } from '../../../src/gateway/sip/c-seq.ts';
import { Headers } from '../../../src/gateway/sip/headers.ts';
import { type NameAddr, parseNameAddr, printNameAddr, tagOf } from '../../../src/gateway/sip/name-addr.ts';
import { markReceived, parseVia, printVia, uniqueBranch } from '../../../src/gateway/sip/via.ts';

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);

describe('headers [RFC 3261 §7.3]', () => {
  const headers = Headers.of([
    ['v', 'SIP/2.0/UDP a, SIP/2.0/UDP b'],
    ['X-Odd', 'one, two'],
    ['VIA', 'SIP/2.0/UDP c'],
    ['Date', 'Sat, 13 Nov 2010 23:29:00 GMT'],
  ]);

  it('compact and long names in any case are one header', () => {
    expect(headers.getAll('via')).toEqual(['SIP/2.0/UDP a', 'SIP/2.0/UDP b', 'SIP/2.0/UDP c']);
    expect(headers.get('V')).toBe('SIP/2.0/UDP a');
  });

  it('only list headers are split at commas', () => {
    expect(headers.getAll('date')).toEqual(['Sat, 13 Nov 2010 23:29:00 GMT']);
    expect(headers.getAll('x-odd')).toEqual(['one, two']);
  });

  it('commas in quotes and angle brackets do not split', () => {
    const contacts = Headers.of([['m', '"Bell, A" <sip:a,b@x>;q="1,2", <sip:c@y>']]);
    expect(contacts.getAll('Contact')).toEqual(['"Bell, A" <sip:a,b@x>;q="1,2"', '<sip:c@y>']);
  });

  it('a replaced header keeps its place and its siblings go', () => {
    expect(headers.with('Via', 'x').fields.map(([name, value]) => `${name}=${value}`)).toEqual([
      'Via=x',
      'X-Odd=one, two',
      'Date=Sat, 13 Nov 2010 23:29:00 GMT',
    ]);
  });

  it('several values take the place of the first', () => {
    expect(headers.withAll('X-Odd', ['1', '2']).fields.map(([name]) => name)).toEqual([
      'Via',
      'X-Odd',
      'X-Odd',
      'VIA',
      'Date',
    ]);
    expect(headers.withAll('via', []).has('Via')).toBe(false);
  });

  it('an empty list has no elements, an empty text is a text', () => {
    const empty = Headers.of([
      ['Supported', ''],
      ['k', 'timer,100rel'],
      ['Subject', ''],
    ]);
    expect([empty.get('Supported'), empty.getAll('Supported')]).toEqual(['timer', ['timer', '100rel']]);
    expect([empty.get('Subject'), empty.get('Route'), empty.has('Route')]).toEqual(['', undefined, false]);
  });

  it('is never changed in place', () => {
    headers.append('New', '1');
    expect(headers.has('New')).toBe(false);
  });
});

describe('name-addr [RFC 3261 §20.10]', () => {
  it.each([
    ['"J Rosenberg \\\\\\"" <sip:jdrosen@example.com> ; tag = 98asjd8', 'J Rosenberg \\"', 'sip:jdrosen@example.com'],
    ['sip:bob@sip.test;tag=1', undefined, 'sip:bob@sip.test'],
    ['caller<sip:caller@example.com>;tag=323', 'caller', 'sip:caller@example.com'],
    ['Ünïcödé Name <sip:a@b>', 'Ünïcödé Name', 'sip:a@b'],
    ['<tel:+4512;phone-context=x>', undefined, 'tel:+4512;phone-context=x'],
  ])('%s', (text, displayName, uri) => {
    expect(parseNameAddr(text)).toMatchObject({ ok: true, value: { displayName, uri } });
  });

  it('epid and other parameters stay with the address', () => {
    const parsed = parseNameAddr('<sip:alice@sip.test>;tag=2334133829;epid=3141842e078f');
    expect(parsed.ok && [...parsed.value.parameters]).toEqual([
      ['tag', '2334133829'],
      ['epid', '3141842e078f'],
    ]);
  });

  it.each([
    '',
    'bob',
    '<sip:bob@x',
    '"Bob <sip:bob@x>',
    '"a" b <sip:bob@x>',
    'sip:a@b, sip:c@d',
    '<sip:a@b>x',
    'sip:a@b?x=y',
    '<sip:a@b>;tag=',
    '<>',
  ])('%s is refused', (text) => expect(parseNameAddr(text).ok).toBe(false));

  it('parse(print(address)) is the address', () => {
    const address = fc.record({
      displayName: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
      uri: token.map((name) => `sip:${name}@example.com;lr`),
      parameters: fc
        .array(fc.tuple(token, fc.oneof(fc.constant(''), token)), { maxLength: 4 })
        .map((list) => new Map(list)),
    });
    fc.assert(
      fc.property(address, (value: NameAddr) =>
        expect(parseNameAddr(printNameAddr(value))).toEqual({ ok: true, value }),
      ),
    );
  });

  it('the tag of a value that is no address is undefined', () => {
    expect([tagOf('<sip:a@b>;tag=x'), tagOf('<sip:a@b'), tagOf(undefined)]).toEqual(['x', undefined, undefined]);
  });
});

describe('Via [RFC 3261 §20.42]', () => {
  const via = (text: string) => {
    const parsed = parseVia(text);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  };

  it('white space may stand around its separators', () => {
    expect(via('SIP  / 2.0  / TCP     spindle.example.com : 5070  ; branch  =   z9hG4bK9ikj8')).toMatchObject({
      transport: 'TCP',
      host: 'spindle.example.com',
      port: 5070,
    });
  });

  it.each([
    'SIP/2.0/UDP',
    'SIP/2.0 host',
    'HTTP/2.0/TCP host',
    'SIP/2.0/UDP host;;branch=x',
    'SIP/2.0/UDP host:99999',
    'SIP/2.0/UDP a b',
  ])('%s is refused', (text) => expect(parseVia(text).ok).toBe(false));

  it('only a branch with the cookie and something after it is unique [RFC 3261 §8.1.1.7, RFC 4475 §3.2.1]', () => {
    expect(uniqueBranch(via('SIP/2.0/UDP h;branch=z9hG4bKx'))).toBe('z9hG4bKx');
    expect(uniqueBranch(via('SIP/2.0/UDP h;branch=z9hG4bK'))).toBeUndefined();
    expect(uniqueBranch(via('SIP/2.0/UDP h;branch=390skdjuw'))).toBeUndefined();
    expect(uniqueBranch(via('SIP/2.0/tcp 127.0.0.1:42236'))).toBeUndefined();
  });

  it('MUST add received when the sent-by is another host, and fill in rport when asked [RFC 3261 §18.2.1, RFC 3581 §4]', () => {
    expect(printVia(markReceived(via('SIP/2.0/UDP pc33:5066;rport;branch=z9hG4bKx'), '192.0.2.4', 9988))).toBe(
      'SIP/2.0/UDP pc33:5066;rport=9988;branch=z9hG4bKx;received=192.0.2.4',
    );
    expect(printVia(markReceived(via('SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKx'), '192.0.2.4', 9988))).toBe(
      'SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKx',
    );
  });

  it("never believes the peer's own received", () => {
    expect(printVia(markReceived(via('SIP/2.0/UDP 192.0.2.4;received=10.0.0.1'), '192.0.2.4', 1))).toBe(
      'SIP/2.0/UDP 192.0.2.4',
    );
  });

  it('parse(print(via)) is the via', () => {
    const value = fc.record({
      transport: fc.constantFrom('UDP', 'TCP', 'TLS'),
      host: fc.oneof(
        fc.ipV4(),
        fc.ipV6().map((address) => `[${address.toLowerCase()}]`),
      ),
      port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      parameters: fc
        .array(fc.tuple(token, fc.oneof(fc.constant(''), token)), { maxLength: 4 })
        .map((list) => new Map(list)),
    });
    fc.assert(fc.property(value, (one) => expect(parseVia(printVia(one))).toEqual({ ok: true, value: one })));
  });
});

describe('CSeq [RFC 3261 §20.16]', () => {
  it('takes numbers below 2^31 only', () => {
    expect(parseCSeq('2147483647 INVITE')).toEqual({ ok: true, value: { number: 2_147_483_647, method: 'INVITE' } });
    for (const text of ['2147483648 INVITE', '-1 INVITE', '1', '1 ', 'INVITE 1', '1 IN VITE', '0x1 INVITE']) {
      expect(parseCSeq(text).ok).toBe(false);
    }
  });
});
