/** SIP over TLS between two endpoints: who shows what to whom, and who decides. */
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import type { TlsIdentity } from '../../../src/gateway/sip/sip-options.ts';
import type { Destination, TransportName } from '../../../src/gateway/sip/transport.ts';
import { ok, refuse } from '../../../src/primitives/result.ts';
import { startProcess } from '../../peers/running-process.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { createAuthority, selfSigned } from '../../support/pki.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { endpoint, freePort, outgoing } from './endpoints.ts';
import { tcpPeer } from './wire.ts';

const to = (port: number, transport: TransportName, more: Partial<Destination> = {}): Destination => ({
  transport,
  host: '127.0.0.1',
  port,
  ...more,
});

const nameIn = (der: Buffer | undefined): string => new X509Certificate(der ?? '').subjectAltName ?? '';

function identity(name: string): TlsIdentity {
  const { key, chain } = selfSigned({ names: [name] });
  return { key, cert: chain };
}

describeWithPeers('SIP over TLS', [peers.openssl], () => {
  const server = identity('sip.contoso.example');
  const client = identity('sip.fabrikam.example');

  it('a request over TLS shows both sides the certificate of the other', async () => {
    const tlsPort = await freePort();
    const bob = await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => server });
    const shown: string[] = [];
    const verifyPeer = (chain: readonly Buffer[], name: string) => {
      shown.push(name, nameIn(chain[0]));
      return ok(undefined);
    };
    const alice = await endpoint({ tls: () => client, verifyPeer });
    const final = await alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls', { tlsName: 'sip.contoso.example' }));
    expect(final).toMatchObject({ ok: true, response: { status: 200 } });
    expect(shown).toEqual(['sip.contoso.example', 'DNS:sip.contoso.example']);
    const chain = bob.requests[0]?.source.peerCertificate ?? [];
    expect(chain.map(nameIn)).toEqual(['DNS:sip.fabrikam.example']);
  });

  it('a TLS client without a certificate has an empty chain', async () => {
    const tlsPort = await freePort();
    const bob = await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => server });
    const alice = await endpoint();
    await alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls'));
    expect(bob.requests[0]?.source.peerCertificate).toEqual([]);
  });

  it('MUST NOT send anything to a TLS server that verifyPeer refuses', async () => {
    const tlsPort = await freePort();
    const bob = await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => server });
    const alice = await endpoint({ verifyPeer: (_chain, name) => refuse(`not ${name}`) });
    expect(await alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls', { tlsName: 'lync.example' }))).toEqual({
      ok: false,
      why: 'transport',
      detail: 'not lync.example',
      isUnsent: true,
    });
    expect(bob.requests).toEqual([]);
  });

  it('a TLS server that refuses our certificate fails the request at once: it has read nothing of it', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'server.pem'), server.key + server.cert, { mode: 0o600 });
    writeFileSync(path.join(folder, 'roots.pem'), createAuthority('SomebodyElse').rootPem);
    const tlsPort = await freePort();
    const place = `s_server -accept 127.0.0.1:${tlsPort} -cert server.pem -naccept 1`;
    const trust = '-CAfile roots.pem -Verify 3 -verify_return_error';
    const openssl = startProcess('openssl', `${place} ${trust}`.split(' '), folder, { input: true });
    await openssl.waitFor(/ACCEPT/);
    const alice = await endpoint({ tls: () => client, verifyPeer: () => ok(undefined) });
    expect(await alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls'))).toMatchObject({
      ok: false,
      why: 'transport',
      detail: expect.stringMatching(/^the peer refuses our certificate: .*unknown ca/),
    });
  });

  it('a certificate that was replaced is shown on the next connection', async () => {
    const tlsPort = await freePort();
    let current = server;
    await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => current });
    const subjectSeen = async (): Promise<string> => {
      let subject = '';
      const alice = await endpoint({
        verifyPeer: (chain) => ((subject = nameIn(chain[0])), ok(undefined)),
      });
      await alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls'));
      return subject;
    };
    const before = await subjectSeen();
    current = client;
    expect([before, await subjectSeen()]).toEqual(['DNS:sip.contoso.example', 'DNS:sip.fabrikam.example']);
  });

  it('the whole chain of the client is shown, leaf first, whoever issued it', async () => {
    const authority = createAuthority('ContosoRoot');
    const { key, chain } = authority.issue({ names: ['sip.fabrikam.example'] });
    const tlsPort = await freePort();
    const bob = await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => server });
    const alice = await endpoint({ tls: () => ({ key, cert: chain + authority.rootPem }) });
    await alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls'));
    const shown = bob.requests[0]?.source.peerCertificate ?? [];
    expect([shown.length, nameIn(shown[0]), shown[1]?.equals(authority.rootDer)]).toEqual([
      2,
      'DNS:sip.fabrikam.example',
      true,
    ]);
  });

  it('a connection to one name is not used for another name', async () => {
    const tlsPort = await freePort();
    const bob = await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => server });
    const verifyPeer = (_chain: readonly Buffer[], name: string) =>
      name === 'sip.contoso.example' ? ok(undefined) : refuse('another name');
    const alice = await endpoint({ verifyPeer });
    const ask = (tlsName: string) => alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls', { tlsName }));
    expect([
      (await ask('sip.contoso.example')).ok,
      (await ask('sip.evil.example')).ok,
      (await ask('SIP.contoso.example')).ok,
    ]).toEqual([true, false, true]);
    expect(new Set(bob.requests.map(({ source }) => source.connectionId)).size).toBe(1);
  });

  it('without a certificate the listener stays, and every handshake fails and is counted', async () => {
    const tlsPort = await freePort();
    const bob = await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => undefined });
    const alice = await endpoint();
    expect(await alice.request(outgoing('OPTIONS'), to(tlsPort, 'tls'))).toMatchObject({ ok: false, why: 'transport' });
    expect(bob.events).toMatchObject([{ type: 'connection-refused' }]);
  });

  it('a peer that speaks plain SIP to the TLS port is refused', async () => {
    const tlsPort = await freePort();
    const bob = await endpoint({ listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => server });
    const peer = await tcpPeer(tlsPort);
    peer.send('OPTIONS sip:bob@contoso.example SIP/2.0\r\n\r\n');
    await peer.closed;
    expect([bob.requests, bob.events.map(({ type }) => type)]).toEqual([[], ['connection-refused']]);
  });
});
