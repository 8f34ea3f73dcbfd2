/**
 * Attacks on the S2S port, each performed by hand against running streams: what the peer is told, that nothing is delivered,
 * that the administrator reads a reason, and that nothing of the attacker stays.
 *
 * The attacks by number, as docs/testing-s2s.md names them; those without a file are here.
 *
 *  |  1 DTD                       |  2 memory before authentication | 3 state of strangers    |
 *  |  4 slow and endless tags     |  5 compression                  | 6 anything before TLS   |
 *  |  7 STARTTLS injection: here, and s2s-sessions.test.ts for bytes behind `<starttls/>`      |
 *  |  8 STARTTLS stripping: matrix-on-the-wire.test.ts                                         |
 *  |  9 unsolicited answers       | 10 dialback fields; keys: dialback-key.test.ts            |
 *  | 11 lax dialback by certificate | 12 timing of keys: dialback-key.ts compares in constant time |
 *  | 13 from spoofing             | 14 changed headers                                        |
 *  | 15, 16 certificates, purposes: certificates-on-the-wire.test.ts, peer-validation.test.ts  |
 *  | 17 resumed TLS sessions: s2s-sessions.test.ts                                             |
 *  | 18 renegotiation             | 19 parsers here; SIP headers: hostile-partner.test.ts      |
 *  | 20 SSRF: here for dialback; server-resolver.test.ts, tcp-race.test.ts, see-other-host.test.ts, |
 *  |    hostile-partner.test.ts for our own listeners; what it may cost us: floods.test.ts       |
 *  | 21 error loops, 22 enumeration, 25 logs: hostile-partner.test.ts                           |
 *  | 22 quota of subscriptions: presence-link-table.test.ts, hostile-partner.test.ts; floods.test.ts |
 *  | 23 forged marks: message-admission.test.ts, hostile-partner.test.ts                        |
 *  | 24 look-alikes               | 26 HTTP: s2s-sessions.test.ts                             |
 *  | 27 caps cache: no capability of a peer is kept                                            |
 *  | 28 DNS: bounded questions here; judged again when dialled: tcp-race.test.ts                |
 */
import { connect as connectTls } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from '@jest/globals';

import { elementLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import type { StreamSecurity } from '../../../src/gateway/xmpp/stream-security.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { createAuthority, selfSigned } from '../../support/pki.ts';
import {
  auth,
  header,
  listenRaw,
  openAuthenticated,
  openRawStream,
  openSecured,
  proceed,
  type RawStream,
  startTls,
} from '../../support/raw-stream.ts';
import {
  bodyOf,
  chat,
  type Federation,
  type FederationOptions,
  row,
  startFederation,
} from '../../support/xmpp-federation.ts';

const authority = createAuthority('attack-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const worthless = selfSigned({ names: ['fabrikam.example', 'northwind.example'] });

const strict = row('required', 'required', true);
const flexible = row('required', 'optional', true);
const plain = row('not-supported', 'not-supported', true);

const ends = { from: 'fabrikam.example', to: 'contoso.example' };
const good = "<message from='bob@fabrikam.example' to='alice@contoso.example'><body>good</body></message>";

interface Target {
  readonly contoso: Federation;
  readonly dns: TestDnsServer;
}

/** contoso.example with the partners fabrikam.example and northwind.example. */
async function target(security: StreamSecurity = strict, options: Partial<FederationOptions> = {}): Promise<Target> {
  const dns = await startDnsServer();
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners: {
      'fabrikam.example': { ...security, partner: 'fabrikam.example' },
      'northwind.example': { ...security, partner: 'northwind.example' },
    },
    certificate: contosoCertificate,
    root: authority.rootPem,
    ...options,
  });
  dns.xmppServer('contoso.example', contoso.port);
  return { contoso, dns };
}

/** The stream ended with this error, somebody can read why, nothing was delivered and nothing is left of it. */
async function expectRefusal(contoso: Federation, peer: RawStream, condition: string | RegExp): Promise<void> {
  const name = typeof condition === 'string' ? condition : condition.source;
  expect(await peer.ended).toMatch(
    new RegExp(`<stream:error><(?:${name}) xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>.*</stream:stream>$`, 's'),
  );
  const said = await contoso.waitForEvent('refused');
  expect(said.condition).toMatch(new RegExp(`^(?:${name})$`));
  expect(said.reason).not.toBe('');
  await expectNothingLeft(contoso);
}

async function expectNothingLeft(contoso: Federation): Promise<void> {
  await contoso.waitForEvent('closed');
  expect(contoso.s2s.sessions()).toEqual([]);
  expect(contoso.received).toEqual([]);
}

/** As many streams have closed. */
async function closedStreams(contoso: Federation, count: number): Promise<void> {
  await contoso.waitForEvent('closed', () => contoso.events.filter(({ type }) => type === 'closed').length >= count);
}

const laughs = `<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}">]>`;
const nested = (depth: number): string => '<x>'.repeat(depth);

describe('XML that a stream may not be made of [RFC 6120 §11]', () => {
  it.each<[string, string | Buffer, string]>([
    ['a DTD with entities', `<?xml version='1.0'?>${laughs}`, 'restricted-xml'],
    ['an external DTD', "<!DOCTYPE stream SYSTEM 'file:///etc/passwd'>", 'restricted-xml'],
    ['a comment', '<!-- hello -->', 'restricted-xml'],
    ['a processing instruction', '<?php system("id") ?>', 'restricted-xml'],
    ['another declared encoding', header(ends).replace('?>', " encoding='UTF-16'?>"), 'unsupported-encoding'],
    ['UTF-16', Buffer.from('\ufeff<stream', 'utf16le'), 'unsupported-encoding'],
    ['an SSH client', 'SSH-2.0-OpenSSH_9.2\r\n<', 'not-well-formed'],
    [
      'a TLS handshake on the port for STARTTLS',
      Buffer.from('160301020001000100fc0303', 'hex'),
      'unsupported-encoding',
    ],
    ['an element nobody closes', `<stream ${'a'.repeat(20_000)}`, 'policy-violation'],
  ])('before the header: %s', async (_, bytes, condition) => {
    const { contoso } = await target();
    const peer = await openRawStream(contoso.port);
    peer.send(bytes);
    await expectRefusal(contoso, peer, condition);
  });

  const inside: readonly [string, string | Buffer, string | RegExp][] = [
    ['a DTD', '<!DOCTYPE x>', /restricted-xml|not-well-formed/],
    ['a comment', '<!-- hello -->', 'restricted-xml'],
    ['a processing instruction', '<?xml-stylesheet href="x"?>', 'restricted-xml'],
    ['an entity that nobody declared', '<message>&lol;</message>', /restricted-xml|not-well-formed/],
    ['a null character', '<message>\u0000</message>', 'not-well-formed'],
    ['an escape character, written as a reference', '<message>&#27;[2J</message>', 'not-well-formed'],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xc3, 0x28]), 'unsupported-encoding'],
    ['an overlong encoding of <', Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0xbc]), 'unsupported-encoding'],
    ['a surrogate in UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80]), 'unsupported-encoding'],
    ['a prefix that nobody bound', '<evil:message/>', 'bad-namespace-prefix'],
    ['an attribute twice', "<message from='a.example' from='b.example'/>", 'not-well-formed'],
    [
      'an attribute twice, by two prefixes',
      "<m xmlns:a='u' xmlns:b='u' a:x='1' b:x='2'/>",
      /not-well-formed|bad-name.*/,
    ],
    ['text between stanzas', 'hello<', 'bad-format'],
  ];

  it.each(inside)('after the header: %s', async (_, bytes, condition) => {
    const { contoso } = await target();
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<\/stream:features>/);
    peer.send(bytes);
    await expectRefusal(contoso, peer, condition);
  });

  it.each(inside)('of a partner neither: %s', async (_, bytes, condition) => {
    const { contoso } = await target();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    peer.send(bytes);
    await expectRefusal(contoso, peer, condition);
  });
});

describe('a stranger who costs memory [CVE-2026-43507]', () => {
  it.each<[string, string]>([
    ['8 levels', nested(8)],
    ['100,000 levels', nested(100_000)],
    ['33 elements in one', `<message>${'<x/>'.repeat(33)}`],
    ['9 KiB of text', `<message><body>${'x'.repeat(9 * 1024)}`],
    ['a name of 300 characters', `<${'n'.repeat(300)}/>`],
    ['65 attributes', `<x ${Array.from({ length: 65 }, (_each, index) => `a${index}=''`).join(' ')}/>`],
    ['5 MB of a tag', `<message to='${'x'.repeat(5_000_000)}`],
  ])('is refused: %s', async (_, bytes) => {
    const { contoso } = await target();
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<\/stream:features>/);
    peer.send(bytes);
    expect(await contoso.waitForEvent('refused')).toMatchObject({ condition: 'policy-violation' });
    await expectNothingLeft(contoso);
  });

  it('has 30 seconds for a tag that it sends byte by byte, however busy it keeps us', async () => {
    const clock = { ...movableClock(), wallTime: () => new Date() };
    const { contoso } = await target(strict, { clock });
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<\/stream:features>/);
    for (let second = 0; second < 29; second += 1) {
      peer.send(' ');
      clock.advance(1000);
    }
    expect(contoso.s2s.sessions()).toHaveLength(1);
    peer.send('<message to=');
    clock.advance(1000);
    await expectRefusal(contoso, peer, 'connection-timeout');
    expect(clock.pending()).toBe(0);
  });

  it('has as long for the TLS handshake, and for the first byte', async () => {
    const clock = { ...movableClock(), wallTime: () => new Date() };
    const { contoso } = await target(strict, { clock });
    const [mute, stuck] = [await openRawStream(contoso.port), await openRawStream(contoso.port)];
    stuck.send(header(ends) + startTls);
    await stuck.hears(/<proceed/);
    stuck.send(Buffer.from('16030102', 'hex'));
    clock.advance(30_000);
    expect(await mute.ended).toMatch(/<connection-timeout/);
    await stuck.ended;
    await closedStreams(contoso, 2);
    expect(contoso.s2s.sessions()).toEqual([]);
    expect(clock.pending()).toBe(0);
  });

  it('leaves nothing behind, wherever it hangs up [CVE-2026-43506]', async () => {
    const clock = { ...movableClock(), wallTime: () => new Date() };
    const { contoso } = await target(strict, { clock });
    const steps: readonly ((peer: RawStream) => unknown)[] = [
      () => undefined,
      (peer) => peer.send('<str'),
      (peer) => peer.send(header(ends)),
      async (peer) => {
        peer.send(header(ends) + startTls);
        await peer.hears(/<proceed/);
      },
    ];
    for (let cycle = 0; cycle < 100; cycle += 1) {
      const peer = await openRawStream(contoso.port);
      await steps[cycle % steps.length]?.(peer);
      peer.close();
    }
    await closedStreams(contoso, 100);
    expect(contoso.s2s.sessions()).toEqual([]);
    expect(clock.pending()).toBe(0);
  });
});

describe('before TLS, where TLS is required', () => {
  it.each([
    ['a message', good],
    ['presence', "<presence from='bob@fabrikam.example' to='alice@contoso.example'/>"],
    ['an iq', "<iq type='get' id='1' from='fabrikam.example' to='contoso.example'><ping xmlns='urn:xmpp:ping'/></iq>"],
    ['dialback', "<db:result from='fabrikam.example' to='contoso.example'>k</db:result>"],
    ['a question about a key', "<db:verify from='fabrikam.example' to='contoso.example' id='1'>k</db:verify>"],
    ['compression', "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>"],
  ])('%s ends the stream', async (_, bytes) => {
    const { contoso, dns } = await target(flexible);
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<starttls [^>]*><required\/><\/starttls>/);
    peer.send(bytes);
    await expectRefusal(contoso, peer, 'policy-violation');
    expect(peer.heard()).toContain('Use of STARTTLS required');
    expect(dns.questions).toEqual([]);
  });

  it('SASL is answered encryption-required, three times', async () => {
    const { contoso } = await target();
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<\/stream:features>/);
    for (const _ of [1, 2, 3]) {
      peer.send(auth());
      await peer.hears(/<failure [^>]*><encryption-required\/><\/failure>/);
    }
    await expectRefusal(contoso, peer, /encryption-required|policy-violation/);
  });

  it('a sender that the header does not name is held to its own row', async () => {
    const { contoso, dns } = await target(flexible);
    const peer = await openRawStream(contoso.port);
    peer.send(header({ to: 'contoso.example' }));
    await peer.hears(/<\/stream:features>/);
    peer.send("<db:result from='fabrikam.example' to='contoso.example'>k</db:result>");
    await expectRefusal(contoso, peer, 'policy-violation');
    expect(dns.questions).toEqual([]);
  });
});

describe('compression, which was a bomb [CVE-2014-2744]', () => {
  it('is neither offered nor done, by a partner neither', async () => {
    const { contoso } = await target();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    expect(peer.heard()).not.toContain('compress');
    peer.send("<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>");
    await expectRefusal(contoso, peer, 'unsupported-stanza-type');
  });
});

describe('commands put behind the last element of a protocol [CVE-2011-0411]', () => {
  it('are not read after SASL', async () => {
    const { contoso } = await target();
    const peer = await openSecured(contoso.port, ends, fabrikamCertificate);
    await peer.hears(/EXTERNAL.*<\/stream:features>/);
    peer.send(auth() + header(ends) + good);
    await expectRefusal(contoso, peer, 'policy-violation');
  });

  it('are not read by us after <proceed/>', async () => {
    const { contoso, dns } = await target(flexible);
    const port = await listenRaw(async (peer) => {
      await peer.hears(/<stream:stream [^>]*>/);
      peer.send(header({ from: 'fabrikam.example', id: '1' }));
      peer.send(`<stream:features>${startTls}</stream:features>`);
      await peer.hears(/<starttls [^>]*>/);
      peer.send(`${proceed}<stream:features/><db:result from='fabrikam.example' to='contoso.example' type='valid'/>`);
    });
    dns.xmppServer('fabrikam.example', port);
    const delivery = await contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', 'x'));
    expect(delivery).toMatchObject({ ok: false, reason: expect.stringMatching(/^tls: policy-violation/) });
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toEqual([]);
  });
});

describe('dialback answers that nobody asked for [XSF notice of 2012-08-21]', () => {
  it('authorise nobody on a stream that the peer opened', async () => {
    const { contoso } = await target(flexible);
    const peer = await openSecured(contoso.port, ends, worthless);
    await peer.hears(/<\/stream:features>/);
    peer.send(
      "<db:result from='fabrikam.example' to='contoso.example' type='valid'/>" +
        "<db:verify from='fabrikam.example' to='contoso.example' id='1' type='valid'/>" +
        "<db:result from='northwind.example' to='contoso.example' type='valid'/>" +
        "<message from='bob@northwind.example' to='alice@contoso.example'/>",
    );
    await expectRefusal(contoso, peer, 'not-authorized');
    expect(contoso.events.filter(({ type }) => type === 'ignored')).toHaveLength(3);
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toEqual([]);
  });

  it('establish no stream that we opened: not early, not for others, not for another question', async () => {
    const { contoso, dns } = await target(plain);
    const answer = (attributes: string): string => `<db:result ${attributes} type='valid'/>`;
    const theirs = "from='fabrikam.example' to='contoso.example'";
    let stanzasHeard = '';
    const port = await listenRaw(async (peer) => {
      await peer.hears(/<stream:stream [^>]*>/);
      peer.send(header({ from: 'fabrikam.example', id: 'abc' }) + answer(theirs));
      peer.send('<stream:features/>');
      await peer.hears(/<db:result [^>]*>[0-9a-f]{64}<\/db:result>/);
      peer.send(answer("from='northwind.example' to='contoso.example'"));
      peer.send(answer("from='fabrikam.example' to='northwind.example'"));
      peer.send(`<db:verify ${theirs} id='abc' type='valid'/>`);
      await contoso.waitForEvent('ignored', () => ignored() === 4);
      stanzasHeard = peer.heard();
      peer.send(answer(theirs));
    });
    const ignored = (): number => contoso.events.filter(({ type }) => type === 'ignored').length;
    dns.xmppServer('fabrikam.example', port);
    const delivery = await contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', 'secret'));
    expect(delivery).toMatchObject({ ok: true, method: 'TCP Dialback' });
    expect(ignored()).toBe(4);
    expect(stanzasHeard).toContain('<db:result');
    expect(stanzasHeard).not.toContain('secret');
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toHaveLength(1);
  });

  it('verify no key: only the stream on which we asked answers, for the id we asked about', async () => {
    const { contoso, dns } = await target(plain);
    const ignored = (): number => contoso.events.filter(({ type }) => type === 'ignored').length;
    const port = await listenRaw(async (peer) => {
      await peer.hears(/<stream:stream [^>]*>/);
      peer.send(`${header({ from: 'fabrikam.example', id: '1' })}<stream:features/>`);
      const [, id] = await peer.hears(/<db:verify [^>]*id="([0-9a-f]+)">stolen<\/db:verify>/);
      const verify = (attributes: string): string =>
        `<db:verify from='fabrikam.example' to='contoso.example' ${attributes}/>`;
      peer.send(verify(`id='x${id}' type='valid'`));
      peer.send(verify(`id='${id}'`));
      peer.send("<db:result from='fabrikam.example' to='contoso.example' type='valid'/>");
      await contoso.waitForEvent('ignored', () => ignored() === 3);
      peer.send(verify(`id='${id}' type='invalid'`));
      await peer.hears(/<\/stream:stream>/);
      peer.send('</stream:stream>');
    });
    dns.xmppServer('fabrikam.example', port);
    const thief = await openRawStream(contoso.port);
    thief.send(header(ends));
    await thief.hears(/<\/stream:features>/);
    thief.send("<db:result from='fabrikam.example' to='contoso.example'>stolen</db:result>");
    await thief.hears(/<db:result [^>]*type="invalid"\/>/);
    await thief.ended;
    expect(await contoso.waitForEvent('refused')).toMatchObject({ condition: 'invalid' });
    await closedStreams(contoso, 2);
    await expectNothingLeft(contoso);
  });
});

describe('dialback fields that are taken for one another [CVE-2016-0756]', () => {
  it.each([
    ["to='contoso.example fabrikam.example' from='fabrikam.example'", 'improper-addressing'],
    ["to='contoso.example' from='evil.example fabrikam.example'", 'improper-addressing'],
    ["to='contoso.example' from='fabrikam.example/x'", 'improper-addressing'],
    ["to='contoso.example' from='bob@fabrikam.example'", 'improper-addressing'],
    ["to='contoso.example' from='fabrikam.example&#10;'", 'improper-addressing'],
    ["to='contoso.example'", 'improper-addressing'],
  ])('domains are domains: %s', async (attributes, condition) => {
    const { contoso, dns } = await target(plain);
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<\/stream:features>/);
    peer.send(`<db:result ${attributes}>k</db:result>`);
    await expectRefusal(contoso, peer, condition);
    expect(dns.questions).toEqual([]);
  });

  it('a key is made for no stream whose id has a space', async () => {
    const { contoso, dns } = await target(plain);
    let heard = '';
    const port = await listenRaw(async (peer) => {
      await peer.hears(/<stream:stream [^>]*>/);
      peer.send(`${header({ from: 'fabrikam.example', id: '1 fabrikam.example' })}<stream:features/>`);
      heard = await peer.ended;
    });
    dns.xmppServer('fabrikam.example', port);
    const delivery = await contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', 'x'));
    expect(delivery).toMatchObject({ ok: false });
    await contoso.waitForEvent('closed');
    expect(heard).not.toContain('<db:result');
  });
});

describe('a partner who speaks for others', () => {
  it.each([
    ['another domain', 'eve@victim.example'],
    ['another partner', 'carol@northwind.example'],
    ['a subdomain', 'bob@eu.fabrikam.example'],
    ['a parent', 'bob@example'],
    ['us', 'alice@contoso.example'],
    ['a look-alike', 'bob@f\u0430brikam.example'],
  ])('is cut off with invalid-from: %s', async (_, from) => {
    const { contoso } = await target();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    peer.send(`<message from='${from}' to='alice@contoso.example'><body>spoofed</body></message>`);
    await expectRefusal(contoso, peer, 'invalid-from');
  });

  it.each([
    ['no from', "<message to='alice@contoso.example'/>", 'improper-addressing'],
    ['no to', "<message from='bob@fabrikam.example'/>", 'improper-addressing'],
    ['a domain that is not ours', "<message from='bob@fabrikam.example' to='a@victim.example'/>", 'host-unknown'],
    [
      'a client stanza',
      "<message xmlns='jabber:client' from='bob@fabrikam.example' to='a@contoso.example'/>",
      'unsupp.*',
    ],
  ])('sends nothing with %s [RFC 6120 §8.1]', async (_, bytes, condition) => {
    const { contoso } = await target();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    peer.send(bytes);
    await expectRefusal(contoso, peer, new RegExp(condition));
  });

  it('cannot hide a sender in a qualified attribute [CVE-2022-25236]', async () => {
    const { contoso } = await target();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    const hidden = "xmlns:x='u}from' x:from='eve@victim.example' xmlns:y='jabber:server' y:from='eve@victim.example'";
    peer.send(`<message from='bob@fabrikam.example' to='alice@contoso.example' ${hidden}/>`);
    const message = await contoso.waitForStanza('message', () => true);
    expect(message.attributes['from']).toBe('bob@fabrikam.example');
    expect(contoso.received).toHaveLength(1);
  });

  it('is not believed for a domain that its certificate does not name, whatever it was believed for before [CVE-2021-32919]', async () => {
    const { contoso, dns } = await target(flexible);
    const asked: string[] = [];
    const port = await listenRaw(async (peer) => {
      await peer.hears(/<stream:stream [^>]*>/);
      peer.send(`${header({ from: 'northwind.example', id: '1' })}<stream:features>${startTls}</stream:features>`);
      await peer.hears(/<starttls [^>]*>/);
      peer.send(proceed);
      await peer.secure(worthless);
      await peer.hears(/<stream:stream [^>]*>/);
      peer.send(`${header({ from: 'northwind.example', id: '2' })}<stream:features/>`);
      const [question, id] = await peer.hears(/<db:verify [^>]*id="([0-9a-f]+)">k<\/db:verify>/);
      asked.push(question);
      peer.send(`<db:verify from='northwind.example' to='contoso.example' id='${id}' type='invalid'/>`);
    });
    dns.xmppServer('northwind.example', port);
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    peer.send("<db:result from='northwind.example' to='contoso.example'>k</db:result>");
    await peer.hears(/<db:result [^>]*type="error"><error [^>]*><forbidden /);
    expect(asked).toHaveLength(1);
    peer.send("<message from='carol@northwind.example' to='alice@contoso.example'/>");
    await peer.hears(/<stream:error><invalid-from /);
    expect(contoso.received).toEqual([]);
    const [only, ...more] = contoso.events.filter((event) => event.type === 'authenticated');
    expect([only?.remoteDomain, more]).toEqual(['fabrikam.example', []]);
  });

  it('cannot change the ends of the stream after TLS or after SASL [CVE-2018-10847]', async () => {
    for (const changed of [
      { ...ends, from: 'northwind.example' },
      { ...ends, to: 'eu.contoso.example' },
    ]) {
      const { contoso } = await target(strict, { domains: ['contoso.example', 'eu.contoso.example'] });
      const afterTls = await openRawStream(contoso.port);
      afterTls.send(header(ends));
      await afterTls.hears(/<\/stream:features>/);
      afterTls.send(startTls);
      await afterTls.hears(/<proceed/);
      await afterTls.secure(fabrikamCertificate);
      afterTls.send(header(changed));
      await expectRefusal(contoso, afterTls, 'improper-addressing');

      const afterSasl = await openSecured(contoso.port, ends, fabrikamCertificate);
      await afterSasl.hears(/EXTERNAL.*<\/stream:features>/);
      afterSasl.send(auth());
      await afterSasl.hears(/<success/);
      afterSasl.send(header(changed));
      await afterSasl.hears(/<stream:error><improper-addressing /);
    }
  });

  it('is shown under the name that DNS knows when it only looks like a partner', async () => {
    const { contoso } = await target();
    const peer = await openRawStream(contoso.port);
    peer.send(header({ ...ends, from: 'f\u0430brikam.example' }));
    await expectRefusal(contoso, peer, /policy-violation|improper-addressing/);
    const { reason } = await contoso.waitForEvent('refused');
    expect(reason).not.toMatch(/[^ -~]/);
  });
});

describe('renegotiation, which costs the server more than the client [CVE-2021-32920]', () => {
  it('is refused', async () => {
    const { contoso } = await target();
    const socket = connectTls({
      port: contoso.directTlsPort,
      host: '127.0.0.1',
      servername: 'contoso.example',
      ALPNProtocols: ['xmpp-server'],
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    });
    await new Promise<void>((resolve) => {
      socket.once('secureConnect', resolve);
    });
    const outcome = await new Promise<Error | null>((resolve) => {
      socket.once('error', resolve);
      socket.renegotiate({}, resolve);
    });
    socket.destroy();
    expect(outcome?.message).toMatch(/no renegotiation/i);
  });
});

describe('a stranger who makes us connect', () => {
  it('reaches no server on loopback through dialback', async () => {
    const { contoso, dns } = await target(plain, { allowLoopback: false });
    let connections = 0;
    dns.xmppServer('fabrikam.example', await listenRaw(() => void (connections += 1)));
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<\/stream:features>/);
    peer.send("<db:result from='fabrikam.example' to='contoso.example'>k</db:result>");
    await peer.hears(/<db:result [^>]*type="error"/);
    expect(await contoso.waitForEvent('dial-failed')).toMatchObject({ reason: expect.stringContaining('loopback') });
    expect(connections).toBe(0);
  });

  it('asks for no more than five keys at a time, and for the same one once', async () => {
    const domains = Array.from({ length: 20 }, (_each, index) => `d${index}.example`);
    const partners = Object.fromEntries(domains.map((domain) => [domain, { ...plain, partner: domain }]));
    const { contoso, dns } = await target(plain, { partners: { 'fabrikam.example': plain, ...partners } });
    let connections = 0;
    const silent = await listenRaw(() => void (connections += 1));
    for (const domain of domains) dns.xmppServer(domain, silent);
    const peer = await openRawStream(contoso.port);
    peer.send(header(ends));
    await peer.hears(/<\/stream:features>/);
    const request = (domain: string): string => `<db:result from='${domain}' to='contoso.example'>k</db:result>`;
    peer.send(domains.flatMap((domain) => [request(domain), request(domain)]).join(''));
    for (const _ of domains.slice(5)) await peer.hears(/type="error"><error [^>]*><resource-constraint /);
    const asked = new Set(dns.questions.map((question) => question.replace(/.*?(d\d+\.example)$/, '$1')));
    expect(asked.size).toBeLessThanOrEqual(5);
    expect(connections).toBeLessThanOrEqual(5);
  });
});

describe('stanza sizes [RFC 6120 §13.12]', () => {
  const frame = "<message from='bob@fabrikam.example' to='alice@contoso.example'><body></body></message>";
  const sized = (bytes: number): string => frame.replace('<body>', `<body>${'x'.repeat(bytes - frame.length)}`);

  it('a partner may send 10,000 bytes, and everything up to the limit', async () => {
    const { contoso } = await target();
    const peer = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    const { maxBytes } = elementLimits;
    for (const bytes of [10_000, maxBytes - 1, maxBytes]) {
      peer.send(sized(bytes));
      await contoso.waitForStanza(String(bytes), (stanza) => bodyOf(stanza).length === bytes - frame.length);
    }
    peer.send(sized(maxBytes + 1));
    await peer.hears(/<stream:error><policy-violation /);
    expect(contoso.received).toHaveLength(3);
  });
});

/** Bytes of live objects. */
function liveHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('a thousand strangers at once', () => {
  it('take no more than they may, and nothing away from a partner', async () => {
    const { contoso } = await target(strict, { limits: { halfOpen: 500 } });
    const partner = await openAuthenticated(contoso.port, ends, fabrikamCertificate);
    const before = liveHeap();
    const hostile = `${header(ends)}<message ${Array.from({ length: 60 }, (_each, index) => `a${index}='${'x'.repeat(100)}'`).join(' ')}><x>`;
    const strangers = await Promise.all(Array.from({ length: 1000 }, () => openRawStream(contoso.port)));
    for (const [index, stranger] of strangers.entries()) {
      stranger.send(hostile);
      if (index % 10 !== 0) continue;
      partner.send(`<message from='bob@fabrikam.example' to='alice@contoso.example'><body>${index}</body></message>`);
      await contoso.waitForStanza(String(index), (stanza) => bodyOf(stanza) === String(index));
    }
    expect(contoso.received).toHaveLength(100);
    expect(contoso.s2s.sessions().length).toBeLessThanOrEqual(501);
    await Promise.all(strangers.slice(500).map((stranger) => stranger.ended));
    const told = contoso.events.filter((event) => event.type === 'limit-reached');
    expect(told).toMatchObject([{ limit: 'halfOpen', subject: '127.0.0.1' }]);
    expect(liveHeap()).toBeLessThan(before * 4);
    for (const stranger of strangers) stranger.close();
    partner.send(good);
    await contoso.waitForStanza('the last', (stanza) => bodyOf(stanza) === 'good');
  });
});
