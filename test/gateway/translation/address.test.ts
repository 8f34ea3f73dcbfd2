import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { escapeUser, parseSipUri } from '../../../src/gateway/sip/sip-uri.ts';
import { isNumber, jidToAor, sipUriToJid } from '../../../src/gateway/translation/address.ts';
import { parseJid, printJid } from '../../../src/gateway/xmpp/jid.ts';

function toJid(uri: string): string {
  const parsed = parseSipUri(uri);
  if (!parsed.ok) return `refused: ${parsed.error}`;
  const jid = sipUriToJid(parsed.value);
  return jid.ok ? printJid(jid.value) : `refused: ${jid.error}`;
}

function toAor(jid: string): string {
  const parsed = parseJid(jid);
  if (!parsed.ok) return `refused: ${parsed.error}`;
  const aor = jidToAor(parsed.value);
  return aor.ok ? aor.value : `refused: ${aor.error}`;
}

describe('addresses across the gateway [RFC 7247 §6]', () => {
  const fromSip: readonly (readonly [string, string])[] = [
    ['sip:f%C3%BC@sip.example', 'fü@sip.example'],
    ["sip:o'malley@sip.example", 'o\\27malley@sip.example'],
    ['sip:foo@sip.example;gr=bar', 'foo@sip.example'],
    ['sip:Alice@Contoso.EXAMPLE:5061;transport=tls', 'alice@contoso.example'],
    ['sip:a%20b@sip.example', 'a\\20b@sip.example'],
    ['sip:a%2Fb@sip.example', 'a\\2fb@sip.example'],
    ['sip:a%40other.example@sip.example', 'a\\40other.example@sip.example'],
    ['sip:semi;par=1@sip.example', 'semi;par=1@sip.example'],
  ];
  it.each(fromSip)('%s is %s', (uri, jid) => expect(toJid(uri)).toBe(jid));

  const fromXmpp: readonly (readonly [string, string])[] = [
    ['m\\26m@xmpp.example', 'sip:m&m@xmpp.example'],
    ['tschüss@xmpp.example', 'sip:tsch%C3%BCss@xmpp.example'],
    ['baz@xmpp.example/qux', 'sip:baz@xmpp.example'],
    ['a\\20b@xmpp.example', 'sip:a%20b@xmpp.example'],
    ['a#b@xmpp.example', 'sip:a%23b@xmpp.example'],
  ];
  it.each(fromXmpp)('%s is %s', (jid, aor) => expect(toAor(jid)).toBe(aor));

  it.each(['sip:sip.example', 'sip:a%00b@sip.example', 'sip:a%0Ab@sip.example', 'sip:%FF@sip.example'])(
    'refuses %s: it names nobody, or hides what no other system may see',
    (uri) => expect(toJid(uri)).toMatch(/^refused/),
  );

  it('refuses a JID without a localpart: a domain is no person', () => {
    expect(toAor('xmpp.example')).toMatch(/^refused/);
  });

  it('comes back as it went, for every localpart', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), (text) => {
        // An escaped backslash that need not be escaped is a second spelling of the same name [XEP-0106 §4.2].
        if (/\\5c/i.test(text)) return;
        const jid = parseJid(`${text}@xmpp.example`);
        if (!jid.ok || jid.value.localpart === undefined || jid.value.resourcepart !== undefined) return;
        const aor = jidToAor(jid.value);
        if (!aor.ok) return;
        expect(toJid(aor.value)).toBe(printJid(jid.value));
      }),
    );
  });

  it('stays the same person, for every name that a user part can hold', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), (name) => {
        const there = toJid(`sip:${escapeUser(name)}@sip.example`);
        const jid = parseJid(there);
        if (!jid.ok) return;
        const back = jidToAor(jid.value);
        // Unicode knows several spellings of one name, and the JID has one of them: it stays that person from then on.
        if (back.ok) expect(toJid(back.value)).toBe(there);
      }),
    );
  });

  it('never lets a name out of its part: one "@", no control character, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }), (name) => {
        const jid = toJid(`sip:${escapeUser(name)}@sip.example`);
        if (jid.startsWith('refused')) return;
        expect(jid).toMatch(/^[^@/"&'<>:\s\u0000-\u001f\u007f-\u009f]+@sip\.example$/u);
        expect(toAor(jid)).toMatch(/^sip:[A-Za-z0-9\-_.!~*'()&=+$,?/%]+@sip\.example$/);
      }),
    );
  });
});

describe('every character beside letters and digits [RFC 7247 §6.1, table 1; XEP-0106 §3]', () => {
  const escapedInXmpp: Readonly<Record<string, string>> = {
    ' ': '\\20',
    '"': '\\22',
    '&': '\\26',
    "'": '\\27',
    '/': '\\2f',
    ':': '\\3a',
    '<': '\\3c',
    '>': '\\3e',
    '@': '\\40',
  };
  const rawInSip = "-_.!~*'()&=+$,?/";
  const printable = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
  const characters = printable.filter((character) => !/[A-Za-z0-9]/.test(character));

  it.each(characters)('%j', (character) => {
    const hex = character.charCodeAt(0).toString(16).toUpperCase();
    const inSip = rawInSip.includes(character) ? character : `%${hex}`;
    const inXmpp = escapedInXmpp[character] ?? character;
    expect(toJid(`sip:a%${hex}b@x.example`)).toBe(`a${inXmpp}b@x.example`);
    expect(toAor(`a${inXmpp}b@x.example`)).toBe(`sip:a${inSip}b@x.example`);
  });

  it('a backslash is escaped where it would be read as an escape, and nowhere else [XEP-0106 §4.2]', () => {
    expect(toJid('sip:a%5C20b@x.example')).toBe('a\\5c20b@x.example');
    expect(toAor('a\\5c20b@x.example')).toBe('sip:a%5C20b@x.example');
    expect(toJid('sip:a%5Cb@x.example')).toBe('a\\b@x.example');
  });
});

describe('what does not cross', () => {
  it('a password', () => expect(toJid('sip:alice:secret@sip.example')).toBe('alice@sip.example'));

  it('a resource and a GRUU, which nobody takes for text', () => {
    expect(toJid('sip:foo@sip.example;gr=%00%22/admin')).toBe('foo@sip.example');
    expect(toAor('baz@xmpp.example/;gr=x@evil.example')).toBe('sip:baz@xmpp.example');
  });

  it.each([
    ...Array.from({ length: 0x20 }, (_, code) => `%${code.toString(16).padStart(2, '0')}`),
    ...['%7F', '%C2%80', '%C2%9F', '%E2%80%AE', '%E2%80%8B', '%EF%BB%BF', '%C0%80', '%ED%A0%80', '%F4%90%80%80'],
  ])('a user part that hides %s', (hidden) => expect(toJid(`sip:a${hidden}b@sip.example`)).toMatch(/^refused/));

  it.each([
    'sip:alice@192.0.2.1',
    'sip:alice@[2001:db8::1]',
    'sip:alice@localhost',
    'tel:+4512345678',
    'im:a@b.example',
  ])('%s: it is no domain, or no SIP', (uri) => expect(toJid(uri)).toMatch(/^refused/));

  it.each([
    ['sip:+4512345678@sip.example;user=phone', true],
    ['sip:+4512345678@sip.example;USER=Phone', true],
    ['sip:+4512345678@sip.example', false],
    ['sip:alice@sip.example;user=ip', false],
  ])('a telephone number: %s %s', (text, number) => {
    const uri = parseSipUri(text);
    expect(uri.ok && isNumber(uri.value)).toBe(number);
  });
});

describe('a domain of another script', () => {
  it('is A-labels on SIP and U-labels on XMPP', () => {
    expect(toAor('juliet@bücher.example')).toBe('sip:juliet@xn--bcher-kva.example');
    expect(toJid('sip:juliet@XN--BCHER-KVA.example')).toBe('juliet@bücher.example');
  });
});
