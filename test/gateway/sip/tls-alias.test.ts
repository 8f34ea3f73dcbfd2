/** Connections that a peer opened, used for requests to it [RFC 5923]: when they are, and whom they must not serve. */
import { X509Certificate } from 'node:crypto';

import { expect, it } from '@jest/globals';

import type { TlsIdentity } from '../../../src/gateway/sip/sip-options.ts';
import { ok, refuse } from '../../../src/primitives/result.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { selfSigned } from '../../support/pki.ts';
import { endpoint, freePort, outgoing } from './endpoints.ts';
import { tcpPeer, wireRequest } from './wire.ts';

const nameIn = (der: Buffer | undefined): string => (der && new X509Certificate(der).subjectAltName) ?? '';

const byName = (chain: readonly Buffer[], name: string) =>
  nameIn(chain[0]) === `DNS:${name}` ? ok(undefined) : refuse(`it shows ${nameIn(chain[0])}`);

function identity(name: string): TlsIdentity {
  const { key, chain } = selfSigned({ names: [name] });
  return { key, cert: chain };
}

describeWithPeers('a connection that a peer has opened', [peers.openssl], () => {
  const contoso = identity('sip.contoso.example');
  const fabrikam = identity('sip.fabrikam.example');

  /** @param opener - Who opens it: alice, or another client with her certificate that does not listen where she does. */
  async function opened(opener: 'alice' | 'client' = 'alice') {
    const [alicePort, bobPort] = [await freePort(), await freePort()];
    const place = (tlsPort: number) => ({ listen: { address: '127.0.0.1', port: 0, tlsPort }, verifyPeer: byName });
    const alice = await endpoint({ ...place(alicePort), tls: () => fabrikam });
    const client = opener === 'alice' ? alice : await endpoint({ ...place(0), tls: () => fabrikam });
    let ended = (): void => undefined;
    const isEnded = new Promise<void>((resolve) => (ended = resolve));
    const bob = await endpoint({ ...place(bobPort), tls: () => contoso, onInboundClosed: () => ended() });
    const toBob = { transport: 'tls', host: '127.0.0.1', port: bobPort, tlsName: 'sip.contoso.example' } as const;
    await client.request(outgoing('OPTIONS'), toBob);
    const toAlice = { transport: 'tls', host: '127.0.0.1', port: alicePort } as const;
    const ask = (tlsName: string) => bob.request(outgoing('MESSAGE'), { ...toAlice, tlsName });
    return { alice, bob, bobPort, ask, isEnded };
  }

  it('MUST be offered by alias in our Via, and SHOULD serve requests to its sent-by port [RFC 5923 §5, §8.1]', async () => {
    const { alice, bob, bobPort, ask } = await opened();
    expect(bob.requests[0]?.request.headers.get('Via')).toMatch(/;alias\b/);
    expect(await ask('sip.fabrikam.example')).toMatchObject({ ok: true });
    expect(alice.requests[0]?.source.port).toBe(bobPort);
  });

  it('MUST NOT serve a name that its certificate does not prove [RFC 5923 §8.2]', async () => {
    const { alice, ask } = await opened();
    expect(await ask('sip.evil.example')).toMatchObject({ ok: false, isUnsent: true });
    expect(alice.requests).toEqual([]);
  });

  it('does not serve another port: the server there is reached where it listens', async () => {
    const { alice, bobPort, ask } = await opened('client');
    expect(await ask('sip.fabrikam.example')).toMatchObject({ ok: true });
    expect(alice.requests[0]?.source.port).not.toBe(bobPort);
  });

  it('is forgotten when it ends', async () => {
    const { alice, ask, isEnded } = await opened();
    await ask('sip.fabrikam.example');
    await alice.close();
    await isEnded;
    expect(await ask('sip.fabrikam.example')).toMatchObject({ ok: false });
  });

  it('without TLS proves nothing, and serves nobody, whatever its Via says', async () => {
    const alice = await endpoint();
    const bob = await endpoint();
    const stranger = await tcpPeer(bob.port);
    stranger.send(wireRequest({ via: `SIP/2.0/TCP 127.0.0.1:${alice.port};branch=z9hG4bKa;alias` }));
    await stranger.until((text) => text.includes('SIP/2.0 200'));
    const toAlice = { transport: 'tcp', host: '127.0.0.1', port: alice.port } as const;
    expect(await bob.request(outgoing('MESSAGE'), toAlice)).toMatchObject({ ok: true });
    expect([alice.requests.length, stranger.received.includes('MESSAGE sip:')]).toEqual([1, false]);
  });
});
