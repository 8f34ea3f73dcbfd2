/** Servers that send us elsewhere [RFC 6120 §4.9.3.19]. */
import { describe, expect, it } from '@jest/globals';

import { parseOtherHost } from '../../../src/gateway/xmpp/see-other-host.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { createAuthority, selfSigned, type TestCertificate } from '../../support/pki.ts';
import { header, listenRaw, proceed, startTls } from '../../support/raw-stream.ts';
import { bodyOf, chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('elsewhere-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const northwindCertificate = authority.issue({ names: ['northwind.example'] });
const security = row('required', 'required', true);

async function federation(
  domain: string,
  dns: TestDnsServer,
  certificate: TestCertificate,
  partner: string,
): Promise<Federation> {
  return startFederation({
    domains: [domain],
    dns: dns.address,
    partners: { [partner]: security },
    certificate,
    root: authority.rootPem,
  });
}

const error = (where: string): string =>
  `<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${where}</see-other-host></stream:error></stream:stream>`;

/** A server for fabrikam.example that sends everybody elsewhere, inside TLS when it has a certificate. @returns Its port. */
async function sendingElsewhere(where: string, certificate?: TestCertificate): Promise<number> {
  return listenRaw(async (peer) => {
    await peer.hears(/<stream:stream [^>]*>/);
    if (certificate === undefined) return peer.send(header({ from: 'fabrikam.example', id: '1' }) + error(where));
    peer.send(`${header({ from: 'fabrikam.example', id: '1' })}<stream:features>${startTls}</stream:features>`);
    await peer.hears(/<starttls [^>]*>/);
    peer.send(proceed);
    await peer.secure(certificate);
    await peer.hears(/<stream:stream [^>]*>/);
    peer.send(header({ from: 'fabrikam.example', id: '2' }) + error(where));
  });
}

interface Sent {
  readonly contoso: Federation;
  readonly delivery: Awaited<ReturnType<Federation['s2s']['send']>>;
}

/** contoso.example sends a message to a server that DNS places at `port`. */
async function send(dns: TestDnsServer, port: (contoso: Federation) => Promise<number>): Promise<Sent> {
  const contoso = await federation('contoso.example', dns, contosoCertificate, 'fabrikam.example');
  dns.xmppServer('fabrikam.example', await port(contoso));
  const delivery = await contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', 'where are you'));
  return { contoso, delivery };
}

const codes = ({ s2s }: Federation): readonly unknown[] => s2s.failures().map(({ code }) => code);

describe('a server that is believed', () => {
  it('is followed once, to a server that proves the same domain', async () => {
    const dns = await startDnsServer();
    const there = await federation('fabrikam.example', dns, fabrikamCertificate, 'contoso.example');
    const { contoso, delivery } = await send(dns, () =>
      sendingElsewhere(` 127.0.0.1:${there.port}\n`, fabrikamCertificate),
    );
    expect(delivery).toMatchObject({ ok: true, method: 'SASL over TLS' });
    await there.waitForStanza('the message', (stanza) => bodyOf(stanza) === 'where are you');
    expect(contoso.s2s.failures()).toMatchObject([
      { code: 'redirected', reason: expect.stringContaining('127.0.0.1') },
    ]);
  });

  it('is followed to no server of another domain', async () => {
    const dns = await startDnsServer();
    const there = await federation('fabrikam.example', dns, northwindCertificate, 'contoso.example');
    const { contoso, delivery } = await send(dns, () =>
      sendingElsewhere(`127.0.0.1:${there.port}`, fabrikamCertificate),
    );
    expect(delivery).toMatchObject({ ok: false });
    expect(codes(contoso)).toEqual(['redirected', 'name-mismatch']);
    expect(there.received).toEqual([]);
  });

  it('is not followed twice', async () => {
    const dns = await startDnsServer();
    const there = await federation('fabrikam.example', dns, fabrikamCertificate, 'contoso.example');
    const second = await sendingElsewhere(`127.0.0.1:${there.port}`, fabrikamCertificate);
    const { contoso, delivery } = await send(dns, () => sendingElsewhere(`127.0.0.1:${second}`, fabrikamCertificate));
    expect(delivery).toMatchObject({ ok: false });
    expect(codes(contoso)).toEqual(['redirected', 'redirected']);
    expect(there.events).toEqual([]);
  });

  it.each([
    ['a port of the system', () => '127.0.0.1:25', 'port-refused'],
    ['a metadata service', () => '169.254.169.254:8080', 'address-refused'],
    ['ourselves', (contoso: Federation) => `127.0.0.1:${contoso.port}`, 'address-refused'],
    ['nowhere', () => 'no host at all', 'redirect-refused'],
  ])('is not followed to %s', async (_, where, code) => {
    const dns = await startDnsServer();
    const { contoso, delivery } = await send(dns, (contoso) => sendingElsewhere(where(contoso), fabrikamCertificate));
    expect(delivery).toMatchObject({ ok: false });
    expect(codes(contoso).at(-1)).toBe(code);
  });
});

describe('a server that is not believed', () => {
  it.each([
    ['in clear', undefined, /in clear/],
    ['with a certificate of its own making', selfSigned({ names: ['fabrikam.example'] }), /certificate/],
    ['with the certificate of another', northwindCertificate, /certificate/],
  ])('is followed nowhere: %s', async (_, certificate, reason) => {
    const dns = await startDnsServer();
    let connections = 0;
    const elsewhere = await listenRaw(() => void (connections += 1));
    const { contoso, delivery } = await send(dns, () => sendingElsewhere(`127.0.0.1:${elsewhere}`, certificate));
    expect(delivery).toMatchObject({ ok: false });
    expect(contoso.s2s.failures()).toMatchObject([{ code: 'redirect-refused', reason: expect.stringMatching(reason) }]);
    expect(connections).toBe(0);
  });
});

describe('the host that is named', () => {
  it.each([
    ['xmpp.fabrikam.example', { host: 'xmpp.fabrikam.example' }],
    ['xmpp.fabrikam.example:15269', { host: 'xmpp.fabrikam.example', port: 15_269 }],
    ['\n 192.0.2.1:9222 \n', { host: '192.0.2.1', port: 9222 }],
    ['[2001:41D0:1:A49b::1]:9222', { host: '2001:41D0:1:A49b::1', port: 9222 }],
    ['[2001:db8::1]', { host: '2001:db8::1' }],
  ])('is read: %j', (text, expected) => {
    expect(parseOtherHost(text)).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    'a b',
    '2001:db8::1',
    '[192.0.2.1]',
    '[::1',
    'h:0',
    'h:65536',
    'h:x',
    'h:1:2',
    'http://h/',
    'a@b',
    'h\r\nx',
  ])('is none: %j', (text) => {
    expect(parseOtherHost(text)).toBeUndefined();
  });
});
