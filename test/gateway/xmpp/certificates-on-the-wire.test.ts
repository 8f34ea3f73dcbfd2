/** What a peer's certificate is worth on a real stream: whether EXTERNAL is offered, what happens when it is tried all the same, and what the administrator reads. */

import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from '@jest/globals';
import { caExtensions, type Issued, OpensslPki } from '../../certificates/openssl-pki.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import type { TestCertificate } from '../../support/pki.ts';
import { auth, header, openSecured, type RawStream } from '../../support/raw-stream.ts';
import { bodyOf, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const strict = row('required', 'required', true);
const flexible = row('required', 'optional', true);
const server = 'extendedKeyUsage=serverAuth';
const fabrikam = 'subjectAltName=DNS:fabrikam.example';
const to = 'contoso.example';
const named = (from: string) => ({ from, to });

describeWithPeers('the certificate of a peer', [peers.openssl], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());

  const root = pki.issue({ subject: '/CN=Root', extensions: caExtensions });
  const strangeRoot = pki.issue({ subject: '/CN=Strange root', extensions: caExtensions });
  const shown = (...chain: readonly [Issued, ...Issued[]]): TestCertificate => ({
    key: readFileSync(chain[0].keyFile, 'utf8'),
    chain: chain.map(({ pem }) => pem).join(''),
  });
  const leaf = (...extensions: readonly string[]): TestCertificate => shown(pki.issue({ issuer: root, extensions }));
  const ours = leaf('subjectAltName=DNS:contoso.example', server);
  const intermediate = pki.issue({ issuer: root, extensions: [...caExtensions, server] });

  async function contosoWith(security: typeof strict, peer = 'fabrikam.example'): Promise<Federation> {
    const dns = await startDnsServer();
    const domains = [peer, 'northwind.example'];
    return startFederation({
      domains: [to],
      dns: dns.address,
      partners: Object.fromEntries(domains.map((domain) => [domain, { ...security, partner: domain }])),
      certificate: ours,
      root: root.pem,
    });
  }

  const message = (from: string): string =>
    `<message from='bob@${from}' to='alice@${to}'><body>${from}</body></message>`;

  async function sends(contoso: Federation, peer: RawStream, from: string): Promise<void> {
    peer.send(message(from));
    await contoso.waitForStanza(from, (stanza) => bodyOf(stanza) === from);
  }

  /** openssl.cnf has no way to write these bytes. */
  const sanOfBytes = (tag: string, bytes: Buffer): string => {
    const tlv = (type: string, hex: string): string => type + (hex.length / 2).toString(16).padStart(2, '0') + hex;
    return `subjectAltName=DER:${tlv('30', tlv(tag, bytes.toString('hex')))}`;
  };

  it.each<[string, TestCertificate, string?]>([
    ['for serverAuth only, as public authorities issue it', leaf(fabrikam, server)],
    [
      'below an intermediate for serverAuth only',
      shown(pki.issue({ issuer: intermediate, extensions: [fabrikam, server] }), intermediate),
    ],
    ['without extended key usage', leaf(fabrikam)],
    ['for both purposes', leaf(fabrikam, `${server},clientAuth`)],
    [
      'naming the service only',
      leaf('subjectAltName=otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_xmpp-server.fabrikam.example'),
    ],
    ['naming the XMPP address only', leaf('subjectAltName=otherName:1.3.6.1.5.5.7.8.5;UTF8:fabrikam.example')],
    ['with a wildcard one label up', leaf('subjectAltName=DNS:*.fabrikam.example', server), 'eu.fabrikam.example'],
    [
      'naming the XMPP address of an international domain',
      leaf('subjectAltName=otherName:1.3.6.1.5.5.7.8.5;UTF8:xn--bcher-kva.example'),
      'xn--bcher-kva.example',
    ],
  ])('is good for EXTERNAL: %s', async (_, certificate, from = 'fabrikam.example') => {
    const contoso = await contosoWith(strict, from);
    const peer = await openSecured(contoso.port, named(from), certificate);
    await peer.hears(/<mechanism>EXTERNAL<\/mechanism>.*<\/stream:features>/);
    peer.send(auth());
    await peer.hears(/<success [^>]*>/);
    peer.send(header(named(from)));
    await peer.hears(/<stream:features[^>]*>/);
    await sends(contoso, peer, from);
  });

  const worthless: readonly [string, TestCertificate | undefined, string, string?][] = [
    ['none at all', undefined, 'no-certificate'],
    ['for clientAuth only', leaf(fabrikam, 'extendedKeyUsage=clientAuth'), 'wrong-purpose'],
    ['for e-mail', leaf(fabrikam, 'extendedKeyUsage=emailProtection'), 'wrong-purpose'],
    ['self-signed', shown(pki.issue({ extensions: [fabrikam, server] })), 'self-signed'],
    [
      'of an unknown authority',
      shown(pki.issue({ issuer: strangeRoot, extensions: [fabrikam, server] })),
      'incomplete-chain',
    ],
    [
      'of an unknown authority that is sent along',
      shown(pki.issue({ issuer: strangeRoot, extensions: [fabrikam, server] }), strangeRoot),
      'untrusted-root',
    ],
    ['of another domain', leaf('subjectAltName=DNS:victim.example', server), 'name-mismatch'],
    [
      'with the name as common name only',
      shown(pki.issue({ issuer: root, subject: '/CN=fabrikam.example', extensions: [server] })),
      'name-mismatch',
    ],
    [
      'with a common name that spells a DN',
      shown(pki.issue({ issuer: root, subject: '/O=x/CN=a\\/CN=fabrikam.example', extensions: [server] })),
      'name-mismatch',
    ],
    ['with a wildcard for the parent', leaf('subjectAltName=DNS:*.fabrikam.example', server), 'name-mismatch'],
    [
      'with a wildcard two labels up',
      leaf('subjectAltName=DNS:*.fabrikam.example', server),
      'name-mismatch',
      'a.b.fabrikam.example',
    ],
    [
      'with the name inside a URI [CVE-2021-44532]',
      leaf(sanOfBytes('86', Buffer.from('http://x/, DNS:fabrikam.example')), server),
      'name-mismatch',
    ],
    [
      'with the name inside another name',
      leaf(sanOfBytes('82', Buffer.from('evil.example, DNS:fabrikam.example')), server),
      'name-mismatch',
    ],
    [
      'with the name before a null character',
      leaf(sanOfBytes('82', Buffer.from('fabrikam.example\0.evil.example')), server),
      'unreadable',
    ],
    [
      'with the name of a user of the domain',
      leaf('subjectAltName=otherName:1.3.6.1.5.5.7.8.5;UTF8:eve@fabrikam.example'),
      'name-mismatch',
    ],
    [
      'with the name of another service',
      leaf('subjectAltName=otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_sips.fabrikam.example'),
      'name-mismatch',
    ],
  ];

  it.each(worthless)(
    'is refused where only EXTERNAL is permitted: %s',
    async (_, certificate, reason, from = 'fabrikam.example') => {
      const contoso = await contosoWith(strict, from);
      const peer = await openSecured(contoso.port, named(from), certificate);
      expect(await peer.ended).toMatch(/<stream:error><not-authorized /);
      expect(peer.heard()).not.toContain('EXTERNAL');
      expect((await contoso.waitForEvent('refused')).reason).toContain(`(${reason})`);
      await contoso.waitForEvent('closed');
      expect(contoso.s2s.sessions()).toEqual([]);
    },
  );

  it.each(worthless)(
    'leaves dialback where that is permitted, and EXTERNAL fails: %s',
    async (_, certificate, reason, from = 'fabrikam.example') => {
      const contoso = await contosoWith(flexible, from);
      const peer = await openSecured(contoso.port, named(from), certificate);
      const [features] = await peer.hears(/<stream:features>.*<\/stream:features>/);
      expect(features).toMatch(/<dialback /);
      expect(features).not.toContain('EXTERNAL');
      for (const attempt of [auth(), auth(Buffer.from(from).toString('base64'))]) {
        peer.send(attempt);
        await peer.hears(/<failure [^>]*><not-authorized\/>/);
      }
      expect((await contoso.waitForEvent('refused')).reason).toContain(`(${reason})`);
      peer.send(message(from));
      await peer.hears(/<stream:error><not-authorized /);
      expect(contoso.received).toEqual([]);
    },
  );

  it.each<[string, RegExp]>([
    ['=', /<success /],
    [Buffer.from('fabrikam.example').toString('base64'), /<success /],
    [Buffer.from('northwind.example').toString('base64'), /<failure [^>]*><invalid-authzid\/>/],
    [Buffer.from('bob@fabrikam.example').toString('base64'), /<failure [^>]*><invalid-authzid\/>/],
    ['not base64!', /<failure [^>]*><incorrect-encoding\/>/],
  ])('speaks for the domain of the stream and no other: %s [RFC 6120 §6.5]', async (identity, answer) => {
    const contoso = await contosoWith(strict);
    const certificate = leaf('subjectAltName=DNS:fabrikam.example,DNS:northwind.example', server);
    const peer = await openSecured(contoso.port, named('fabrikam.example'), certificate);
    await peer.hears(/EXTERNAL.*<\/stream:features>/);
    peer.send(auth(identity));
    await peer.hears(answer);
    const authenticated = contoso.events.filter(({ type }) => type === 'authenticated');
    expect(authenticated).toHaveLength(answer.source.includes('success') ? 1 : 0);
  });

  it('speaks for a second domain on the same stream, which then sends for itself [XEP-0344]', async () => {
    const contoso = await contosoWith(flexible);
    const certificate = leaf('subjectAltName=DNS:fabrikam.example,DNS:northwind.example', server);
    const peer = await openSecured(contoso.port, named('fabrikam.example'), certificate);
    await peer.hears(/EXTERNAL.*<\/stream:features>/);
    peer.send(auth());
    await peer.hears(/<success [^>]*>/);
    peer.send(header(named('fabrikam.example')));
    await peer.hears(/<stream:features>.*<\/stream:features>/);
    peer.send(`<db:result from='northwind.example' to='${to}'>not looked at</db:result>`);
    await peer.hears(/<db:result [^>]*type="valid"\/>/);
    await sends(contoso, peer, 'northwind.example');
    await sends(contoso, peer, 'fabrikam.example');
    expect(contoso.s2s.sessions()).toMatchObject([{ authenticated: ['fabrikam.example', 'northwind.example'] }]);
  });

  it('does not help to a second domain that it does not name where only EXTERNAL is permitted', async () => {
    const contoso = await contosoWith(strict);
    const certificate = leaf(fabrikam, server);
    const peer = await openSecured(contoso.port, named('fabrikam.example'), certificate);
    await peer.hears(/EXTERNAL.*<\/stream:features>/);
    peer.send(auth());
    await peer.hears(/<success [^>]*>/);
    peer.send(header(named('fabrikam.example')));
    await peer.hears(/<stream:features/);
    peer.send(`<db:result from='northwind.example' to='${to}'>k</db:result>`);
    await peer.hears(/<db:result [^>]*type="error"><error [^>]*><policy-violation /);
    await sends(contoso, peer, 'fabrikam.example');
  });

  it('gives a dialback request for a domain that is not ours an error, and the stream lives on [XEP-0220 §2.5]', async () => {
    const contoso = await contosoWith(flexible);
    const peer = await openSecured(contoso.port, named('fabrikam.example'), leaf(fabrikam, server));
    await peer.hears(/EXTERNAL.*<\/stream:features>/);
    peer.send(auth());
    await peer.hears(/<success [^>]*>/);
    peer.send(header(named('fabrikam.example')));
    await peer.hears(/<stream:features/);
    peer.send("<db:result from='fabrikam.example' to='elsewhere.example'>k</db:result>");
    await peer.hears(/<db:result [^>]*type="error"><error type="cancel"><item-not-found /);
    await sends(contoso, peer, 'fabrikam.example');
  });
});
