import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { printDialbackAnswer, printResultRequest, printVerifyRequest } from '../../../src/gateway/xmpp/dialback.ts';
import {
  bareJid,
  domainpartOf,
  escapeLocalpart,
  parseJid,
  printDomainpart,
  printJid,
  unescapeLocalpart,
} from '../../../src/gateway/xmpp/jid.ts';
import { printAuth } from '../../../src/gateway/xmpp/sasl-external.ts';
import { printStreamHeader } from '../../../src/gateway/xmpp/stream-header.ts';
import { textOf } from '../../../src/gateway/xmpp/xml/element.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';

const parsed = (text: string): string => {
  const jid = parseJid(text);
  return jid.ok ? printJid(jid.value) : 'refused';
};

describe('parseJid [RFC 7622 §3]', () => {
  it.each([
    ['contoso.example', 'contoso.example'],
    ['alice@contoso.example', 'alice@contoso.example'],
    ['alice@contoso.example/desk', 'alice@contoso.example/desk'],
    ['Alice@Contoso.EXAMPLE/Desk', 'alice@contoso.example/Desk'],
    ['alice@contoso.example./x', 'alice@contoso.example/x'],
    ['contoso.example/a@b/c', 'contoso.example/a@b/c'],
    ['jürgen@bücher.example', 'jürgen@bücher.example'],
    ['jürgen@xn--bcher-kva.example/x', 'jürgen@bücher.example/x'],
    ['a\u0308@contoso.example', 'ä@contoso.example'],
    ['alice@contoso.example/two words', 'alice@contoso.example/two words'],
  ])('reads %s as %s', (text, expected) => expect(parsed(text)).toBe(expected));

  it.each([
    [''],
    ['@contoso.example'],
    ['alice@'],
    ['alice@contoso.example/'],
    ['a@b@contoso.example'],
    ['al ice@contoso.example'],
    ['al"ice@contoso.example'],
    ["al'ice@contoso.example"],
    ['al<ice@contoso.example'],
    ['alice@contoso'],
    ['alice@192.0.2.1'],
    ['alice@[2001:db8::1]'],
    ['alice@contoso..example'],
    ['alice@-contoso.example'],
    ['alice@contoso.example:5269'],
    ['alice@contoso.example?x'],
    ['alice@contoso.example#x'],
    ['alice@contoso%2eexample.com'],
    ['alice@contoso.example\\evil.example'],
    ['alice@conto\tso.example'],
    ['ali\u0000ce@contoso.example'],
    ['ali\u202ece@contoso.example'],
    ['alice@contoso.example/\u0007'],
    ['alice@contoso.example/\ud800'],
    [`${'a'.repeat(1024)}@contoso.example`],
    [`alice@contoso.example/${'ä'.repeat(512)}`],
  ])('refuses %j', (text) => expect(parsed(text)).toBe('refused'));

  it('reads what it prints', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (local, resource) => {
        const jid = parseJid(`${local}@contoso.example/${resource}`);
        if (jid.ok) expect(parseJid(printJid(jid.value))).toEqual(jid);
      }),
    );
  });

  it('gives the bare address', () => {
    const jid = parseJid('alice@contoso.example/desk');
    expect(jid.ok && printJid(bareJid(jid.value))).toBe('alice@contoso.example');
  });

  it('finds the domain of an address whose localpart is wrong', () => {
    expect(domainpartOf('al"ice@contoso.example/x')).toBe('contoso.example');
    expect(domainpartOf('alice@conto so')).toBeUndefined();
  });
});

describe('an internationalized domain', () => {
  it('is an A-label inside, where DNS, SNI and certificates need it, and the policy compares', () => {
    expect(parseJid('a@Bücher.example')).toMatchObject({ value: { domainpart: 'xn--bcher-kva.example' } });
    expect(domainpartOf('a@bücher.example/x')).toBe('xn--bcher-kva.example');
  });

  it('MUST be a U-label in every address on the wire [RFC 7622 §3.2.1]', () => {
    const [local, remote] = ['xn--bcher-kva.example', 'xn--80akhbyknj4f.example'].map((name) => name as DomainName);
    if (local === undefined || remote === undefined) throw new Error('no domains');
    const pair = { local, remote };
    const addresses = { from: 'bücher.example', to: 'испытание.example' };
    expect(printStreamHeader({ from: local, to: remote })).toContain('from="bücher.example" to="испытание.example"');
    expect(printResultRequest(pair, 'key').attributes).toMatchObject(addresses);
    expect(printVerifyRequest(pair, 'id', 'key').attributes).toMatchObject(addresses);
    const request = { name: 'verify', from: remote, to: local, id: 'id', key: 'key' } as const;
    expect(printDialbackAnswer(request, { type: 'valid' }).attributes).toMatchObject(addresses);
    expect(Buffer.from(textOf(printAuth(local)), 'base64').toString()).toBe('bücher.example');
  });

  it('stays as it is where its U-label would not come back as the same name', () => {
    expect(printDomainpart('xn--a.example' as DomainName)).toBe('xn--a.example');
  });

  it('reads what it prints', () => {
    const label = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(label, (name) => {
        const jid = parseJid(`${name}.example`);
        if (jid.ok) expect(parseJid(printJid(jid.value))).toEqual(jid);
      }),
    );
  });
});

describe('JID Escaping [XEP-0106]', () => {
  it.each([
    ['space cadet', 'space\\20cadet'],
    ['call me "ishmael"', 'call\\20me\\20\\22ishmael\\22'],
    ['at&t guy', 'at\\26t\\20guy'],
    ["d'artagnan", 'd\\27artagnan'],
    ['/.fanboy', '\\2f.fanboy'],
    ['::foo::', '\\3a\\3afoo\\3a\\3a'],
    ['<foo>', '\\3cfoo\\3e'],
    ['user@host', 'user\\40host'],
    ['c:\\net', 'c\\3a\\net'],
    ['c:\\\\net', 'c\\3a\\\\net'],
    ['c:\\cool stuff', 'c\\3a\\cool\\20stuff'],
    ['c:\\5commas', 'c\\3a\\5c5commas'],
  ])('escapes %s as %s, as the specification does', (name, localpart) => {
    expect(escapeLocalpart(name)).toBe(localpart);
    expect(unescapeLocalpart(localpart)).toBe(name);
  });

  it('gives every name back', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('\\05c234567abef "&\'/:<>@x')) }), (name) => {
        expect(unescapeLocalpart(escapeLocalpart(name))).toBe(name);
      }),
    );
  });
});
