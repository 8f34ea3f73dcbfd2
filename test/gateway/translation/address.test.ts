import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseSipUri } from '../../../src/gateway/sip/sip-uri.ts';
import { jidToAor, sipUriToJid } from '../../../src/gateway/translation/address.ts';
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
});
