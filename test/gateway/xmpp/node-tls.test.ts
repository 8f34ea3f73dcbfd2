/**
 * What the TLS library of this Node does, and why streams decide on certificates themselves. Where an answer here changes
 * with a new version, src/gateway/xmpp/starttls.ts or src/certificates/peer-chain.ts has to be looked at again.
 */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';

import { afterEach, describe, expect, it } from '@jest/globals';

import { peerChain } from '../../../src/certificates/peer-chain.ts';
import { createAuthority, selfSigned, type TestCertificate } from '../../support/pki.ts';

const authority = createAuthority('canary-root');
const names = ['fabrikam.example'];
const serverCertificate = authority.issue({ names: ['contoso.example'] });
const onlyServer = authority.issue({ names });
const onlyClient = authority.issue({ names, extendedKeyUsage: 'clientAuth' });
const both = authority.issue({ names, extendedKeyUsage: 'serverAuth,clientAuth' });
const unknown = createAuthority('unknown-root');
const stranger = unknown.issue({ names });

const servers: Server[] = [];
const sockets: TLSSocket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** What a server that asks for certificates sees of one client. */
async function seen(
  certificate: TestCertificate | undefined,
  options: TlsOptions = {},
  version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<TLSSocket> {
  const server = createServer({
    key: serverCertificate.key,
    cert: serverCertificate.chain,
    requestCert: true,
    rejectUnauthorized: false,
    ca: [authority.rootPem],
    ...options,
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    maxVersion: version,
    ...(certificate && { key: certificate.key, cert: certificate.chain }),
  });
  client.on('error', () => undefined);
  sockets.push(client);
  const [accepted] = (await once(server, 'secureConnection')) as [TLSSocket];
  sockets.push(accepted);
  accepted.on('error', () => undefined);
  return accepted;
}

/** The property is typed as an error, and is the name of one. */
const problemOf = (socket: TLSSocket): unknown => socket.authorizationError;

describe.each(['TLSv1.2', 'TLSv1.3'] as const)("Node's own verdict on a client certificate, %s", (version) => {
  it('refuses what public authorities issue to servers today', async () => {
    const socket = await seen(onlyServer, {}, version);
    expect([socket.authorized, problemOf(socket)]).toEqual([false, 'INVALID_PURPOSE']);
  });

  it('accepts a certificate that is for clients only, which must not speak for a server', async () => {
    expect((await seen(onlyClient, {}, version)).authorized).toBe(true);
  });

  it('accepts both purposes, which nobody issues any more', async () => {
    expect((await seen(both, {}, version)).authorized).toBe(true);
  });

  it.each([
    ['an unknown authority that is sent along', { ...stranger, chain: stranger.chain + unknown.rootPem }],
    ['a self-signed certificate', selfSigned({ names })],
  ])('hides %s behind the purpose', async (_, certificate) => {
    const socket = await seen(certificate, {}, version);
    expect([socket.authorized, problemOf(socket)]).toEqual([false, 'INVALID_PURPOSE']);
  });

  it('tells the truth about an unknown authority only where its certificate is missing', async () => {
    const socket = await seen(stranger, {}, version);
    expect([socket.authorized, problemOf(socket)]).toEqual([false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']);
  });

  it('is never asked for with an empty list of authorities, and the chain is there all the same', async () => {
    const socket = await seen(onlyServer, { ca: [] }, version);
    expect(socket.authorized).toBe(false);
    expect(peerChain(socket)).toHaveLength(1);
  });

  it('has all of the chain that the client sent, leaf first, for one reading', async () => {
    const socket = await seen({ ...stranger, chain: stranger.chain + unknown.rootPem }, { ca: [] }, version);
    expect(peerChain(socket)).toEqual([new X509Certificate(stranger.chain).raw, unknown.rootDer]);
    expect(peerChain(socket)).toHaveLength(1);
  });

  it('has no certificate where the client sent none', async () => {
    const socket = await seen(undefined, { ca: [] }, version);
    expect(socket.authorized).toBe(false);
    expect(peerChain(socket)).toEqual([]);
  });
});
