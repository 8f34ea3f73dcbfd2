/** Direct TLS and the protocol name that both ends agree on there [XEP-0368 §3, RFC 7301 §3.2], on the wire in both directions. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { connect, TLSSocket, type TLSSocketOptions } from 'node:tls';

import { afterEach, describe, expect, it } from '@jest/globals';

import { startDnsServer } from '../../support/dns-server.ts';
import { createAuthority } from '../../support/pki.ts';
import { header } from '../../support/raw-stream.ts';
import { bodyOf, chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('alpn-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const strict = row('required', 'required', false);

const closing: { destroy(): void }[] = [];
afterEach(() => {
  for (const each of closing.splice(0)) each.destroy();
});

interface Scene {
  readonly contoso: Federation;
  readonly fabrikam: Federation;
  /** DNS names these ports as the servers of fabrikam.example with direct TLS, in this order. */
  offer(...ports: readonly number[]): void;
}

async function scene(): Promise<Scene> {
  const dns = await startDnsServer();
  const common = { dns: dns.address, root: authority.rootPem };
  const contoso = await startFederation({
    ...common,
    domains: ['contoso.example'],
    certificate: contosoCertificate,
    partners: { 'fabrikam.example': strict },
  });
  const fabrikam = await startFederation({
    ...common,
    domains: ['fabrikam.example'],
    certificate: fabrikamCertificate,
    partners: { 'contoso.example': strict },
  });
  dns.xmppServer('fabrikam.example', fabrikam.port);
  dns.srv('_xmpp-server._tcp.fabrikam.example');
  const offer = (...ports: readonly number[]): void =>
    dns.srv(
      '_xmpps-server._tcp.fabrikam.example',
      ...ports.map((port, priority) => ({ priority, weight: 0, port, target: 'xmpp.fabrikam.example' })),
    );
  return { contoso, fabrikam, offer };
}

/** TLS with fabrikam's certificate, and what is done with it. @returns The port. */
async function answering(options: TLSSocketOptions, behind: (secured: TLSSocket) => void): Promise<number> {
  const server = createServer((raw: Socket) => {
    const { key, chain: cert } = fabrikamCertificate;
    const secured = new TLSSocket(raw, {
      key,
      cert,
      isServer: true,
      requestCert: true,
      rejectUnauthorized: false,
      ...options,
    });
    closing.push(raw, secured);
    for (const socket of [raw, secured]) socket.on('error', () => undefined);
    secured.once('secure', () => behind(secured));
  }).listen(0, '127.0.0.1');
  closing.push({ destroy: () => void server.close() });
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const hello = chat('alice@contoso.example', 'bob@fabrikam.example', 'hello');

describe('a server that connects with direct TLS', () => {
  /** @returns The protocol that was agreed on, or false for none. */
  const connected = async (port: number, protocols: readonly string[]): Promise<string | false | null> => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'contoso.example',
      rejectUnauthorized: false,
      key: fabrikamCertificate.key,
      cert: fabrikamCertificate.chain,
      ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
    });
    closing.push(socket);
    await once(socket, 'secureConnect');
    socket.setEncoding('utf8').write(header({ from: 'fabrikam.example', to: 'contoso.example' }));
    let heard = '';
    for await (const text of socket) {
      heard += String(text);
      if (heard.includes('</stream:features>')) break;
    }
    expect(heard).toContain('<mechanism>EXTERNAL</mechanism>');
    return socket.alpnProtocol;
  };

  it.each<[string, readonly string[], string | false]>([
    ['the name of this protocol', ['xmpp-server'], 'xmpp-server'],
    ['the name among others', ['h2', 'xmpp-server'], 'xmpp-server'],
    ['no name, as old servers do', [], false],
  ])('is welcome with %s', async (_, protocols, agreed) => {
    const { contoso } = await scene();
    expect(await connected(contoso.directTlsPort, protocols)).toBe(agreed);
  });

  it.each([['h2'], ['xmpp-client']])(
    'for another protocol, %s, gets the alert for that and no stream',
    async (name) => {
      const { contoso } = await scene();
      await expect(connected(contoso.directTlsPort, [name])).rejects.toThrow(
        /no application protocol|alert number 120/,
      );
      await contoso.waitForEvent('closed', ({ reason }) => reason.startsWith('TLS handshake'));
      expect(contoso.events.filter(({ type }) => type === 'stream-opened')).toEqual([]);
    },
  );
});

describe('TLS that is no longer good enough [RFC 9325 §3.1, §4.1]', () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const withoutForwardSecrecy = { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256:AES256-GCM-SHA384' } as const;

  it.each([
    ['TLS 1.1', old],
    ['a cipher without forward secrecy', withoutForwardSecrecy],
  ])('is refused of a peer: %s', async (_, options) => {
    const { contoso } = await scene();
    const [host, servername] = ['127.0.0.1', 'contoso.example'];
    const socket = connect({ port: contoso.directTlsPort, host, servername, rejectUnauthorized: false, ...options });
    closing.push(socket);
    await expect(once(socket, 'secureConnect')).rejects.toThrow(/protocol version|handshake failure/);
    await contoso.waitForEvent('closed', ({ reason }) => reason.startsWith('TLS handshake'));
  });

  it.each([
    ['TLS 1.1', old],
    ['a cipher without forward secrecy', withoutForwardSecrecy],
  ])('is refused to a server: %s', async (_, options) => {
    const { contoso, offer } = await scene();
    offer(await answering(options, () => undefined));
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: false });
    expect(contoso.s2s.failures()).toMatchObject([{ step: 'tls', reason: expect.stringMatching(/alert|unsupported/) }]);
  });
});

describe('a server that is connected to with direct TLS', () => {
  it('hears the name of this protocol and the domain that is wanted', async () => {
    const { contoso, offer } = await scene();
    let heard: unknown;
    const other = await answering(
      {
        ALPNCallback: ({ servername, protocols }) => {
          heard = { servername, protocols };
          return undefined;
        },
      },
      () => undefined,
    );
    offer(other);
    await contoso.s2s.send(hello);
    expect(heard).toEqual({ servername: 'fabrikam.example', protocols: ['xmpp-server'] });
  });

  it('and speaks other protocols only is left for the next server of the domain', async () => {
    const { contoso, fabrikam, offer } = await scene();
    const other = await answering({ ALPNProtocols: ['h2', 'http/1.1'] }, () => undefined);
    offer(other, fabrikam.directTlsPort);
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true, method: 'SASL over TLS' });
    expect(bodyOf(await fabrikam.waitForStanza('hello', () => true))).toBe('hello');
    const [first] = contoso.s2s.failures();
    expect(first).toMatchObject({ step: 'tls', target: expect.stringContaining(String(other)) });
    expect(first?.reason).toMatch(/no application protocol|alert number 120/);
  });

  it('and answers with no name, as old servers do, is spoken to', async () => {
    const { contoso, offer } = await scene();
    const old = await answering({}, (secured) => {
      secured.once('data', () => secured.end("<stream:error xmlns:stream='http://etherx.jabber.org/streams'/>"));
    });
    offer(old);
    await contoso.s2s.send(hello);
    expect(await contoso.waitForEvent('stream-opened')).toMatchObject({ stream: { tls: { protocol: 'TLSv1.3' } } });
  });
});
