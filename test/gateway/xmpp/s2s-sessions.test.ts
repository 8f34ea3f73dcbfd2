import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';

import { afterEach, describe, expect, it } from '@jest/globals';

import { freePort } from '../../peers/free-port.ts';
import { startProcess } from '../../peers/running-process.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { createAuthority, selfSigned } from '../../support/pki.ts';
import {
  bodyOf,
  chat,
  type Federation,
  type FederationOptions,
  row,
  startFederation,
} from '../../support/xmpp-federation.ts';

const authority = createAuthority('test-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const good = { certificate: contosoCertificate, root: authority.rootPem };
const goodPeer = { certificate: authority.issue({ names: ['fabrikam.example'] }), root: authority.rootPem };

const strict = row('required', 'required', true);
const flexible = row('required', 'optional', true);
const plain = row('not-supported', 'not-supported', true);

type Side = Partial<FederationOptions> & { readonly security: ReturnType<typeof row> };

interface Pair {
  readonly contoso: Federation;
  readonly fabrikam: Federation;
  readonly dns: TestDnsServer;
  /** What contoso.example demands of its partners; to be changed while it runs. */
  readonly partners: Record<string, ReturnType<typeof row>>;
}

/** contoso.example and fabrikam.example, each knowing the other as its only partner. */
async function pair(left: Side, right: Side): Promise<Pair> {
  const dns = await startDnsServer();
  const partners = { 'fabrikam.example': left.security };
  const contoso = await startFederation({ domains: ['contoso.example'], dns: dns.address, partners, ...left });
  const fabrikam = await startFederation({
    domains: ['fabrikam.example'],
    dns: dns.address,
    partners: { 'contoso.example': right.security },
    ...right,
  });
  dns.xmppServer('contoso.example', contoso.port);
  dns.xmppServer('fabrikam.example', fabrikam.port);
  return { contoso, fabrikam, dns, partners };
}

const strictPair = async (): Promise<Pair> => pair({ ...good, security: strict }, { ...goodPeer, security: strict });

const hello = chat('alice@contoso.example/desk', 'bob@fabrikam.example', 'hello');
const isHello = (stanza: typeof hello): boolean => bodyOf(stanza) === 'hello';

describe('two gateways authenticate', () => {
  it('with SASL EXTERNAL over TLS', async () => {
    const { contoso, fabrikam } = await strictPair();
    expect(await contoso.s2s.send(hello)).toEqual({
      ok: true,
      method: 'SASL over TLS',
      peerAddress: '127.0.0.1',
      acknowledged: true,
    });
    expect(bodyOf(await fabrikam.waitForStanza('hello', isHello))).toBe('hello');
    const inbound = {
      direction: 'inbound',
      state: 'established',
      method: 'SASL over TLS',
      tls: { protocol: 'TLSv1.3' },
      stanzasIn: 1,
    };
    expect(fabrikam.s2s.sessions()).toMatchObject([
      { ...inbound, localDomain: 'fabrikam.example', certificate: 'DNS:contoso.example' },
    ]);
  });

  it('with dialback over TLS where one has no acceptable certificate and the row permits it', async () => {
    const certificate = selfSigned({ names: ['contoso.example'] });
    const { contoso, fabrikam } = await pair(
      { ...good, certificate, security: flexible },
      { ...goodPeer, security: flexible },
    );
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true, method: 'TLS Dialback' });
    await fabrikam.waitForStanza('hello', isHello);
  });

  it('with dialback in clear where the row permits it', async () => {
    const { contoso, fabrikam } = await pair({ security: plain }, { security: plain });
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true, method: 'TCP Dialback' });
    await fabrikam.waitForStanza('hello', isHello);
  });

  it('from the first byte where DNS offers direct TLS [XEP-0368]', async () => {
    const { contoso, fabrikam, dns } = await strictPair();
    dns.srv('_xmpp-server._tcp.fabrikam.example');
    dns.srv('_xmpps-server._tcp.fabrikam.example', {
      priority: 1,
      weight: 0,
      port: fabrikam.directTlsPort,
      target: 'xmpp.fabrikam.example',
    });
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true, method: 'SASL over TLS' });
    expect(contoso.s2s.sessions()).toMatchObject([{ peerPort: fabrikam.directTlsPort }]);
  });

  it.each([
    ['strict on one side, dialback only on the other', strict, row('required', 'not-supported', true), /sasl|dialback/],
    ['TLS on one side only', strict, plain, /tls/],
    ['dialback in clear on one side only', plain, flexible, /tls/],
  ])('not at all with rows that do not meet: %s', async (_, ours, theirs, step) => {
    const { contoso, fabrikam } = await pair({ ...good, security: ours }, { ...goodPeer, security: theirs });
    const delivery = await contoso.s2s.send(hello);
    expect(delivery).toMatchObject({ ok: false, error: { type: 'wait', condition: 'remote-server-timeout' } });
    expect(delivery.ok ? '' : delivery.reason).toMatch(step);
    expect(fabrikam.received).toEqual([]);
    expect([...contoso.events, ...fabrikam.events].filter(({ type }) => type === 'authenticated')).toEqual([]);
  });
});

describe('a stanza that cannot be sent', () => {
  it('is returned with remote-server-not-found where the domain has no server', async () => {
    const { contoso, dns } = await strictPair();
    dns.srv('_xmpp-server._tcp.fabrikam.example', { priority: 0, weight: 0, port: 0, target: '.' });
    expect(await contoso.s2s.send(hello)).toMatchObject({
      ok: false,
      error: { type: 'cancel', condition: 'remote-server-not-found' },
    });
    expect(await contoso.waitForEvent('dial-failed')).toMatchObject({ step: 'dns', remoteDomain: 'fabrikam.example' });
  });

  it('is returned with remote-server-timeout where DNS or the server does not answer', async () => {
    const { contoso, dns } = await strictPair();
    dns.xmppServer('fabrikam.example', await freePort());
    const refused = await contoso.s2s.send(hello);
    expect(refused).toMatchObject({ ok: false, error: { type: 'wait', condition: 'remote-server-timeout' } });
    expect(refused.ok ? '' : refused.reason).toMatch(/^tcp: .*ECONNREFUSED/);
    dns.breakName('_xmpp-server._tcp.fabrikam.example');
    contoso.s2s.clearDnsCache('fabrikam.example');
    contoso.s2s.resetBackoff('fabrikam.example');
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: false, error: { condition: 'remote-server-timeout' } });
  });

  it('is returned when a server takes the connection and says nothing', async () => {
    const { contoso, dns } = await pair(
      { ...good, security: strict, limits: { deliveryMs: 100, closeMs: 100 } },
      { ...goodPeer, security: strict },
    );
    const silent = await silentServer();
    dns.xmppServer('fabrikam.example', silent);
    const delivery = await contoso.s2s.send(hello);
    expect(delivery).toMatchObject({ ok: false, error: { type: 'wait', condition: 'remote-server-timeout' } });
  });

  it('goes nowhere for a domain that is no partner', async () => {
    const { contoso, dns } = await strictPair();
    const delivery = await contoso.s2s.send(chat('alice@contoso.example', 'eve@stranger.example', 'x'));
    expect(delivery).toMatchObject({ ok: false, error: { condition: 'policy-violation' } });
    expect(dns.questions).toEqual([]);
  });

  it('goes nowhere where the server is on loopback and that is not allowed', async () => {
    const { contoso, fabrikam } = await pair(
      { ...good, security: strict, allowLoopback: false },
      { ...goodPeer, security: strict },
    );
    const delivery = await contoso.s2s.send(hello);
    expect(delivery.ok ? '' : delivery.reason).toMatch(/loopback/);
    expect(fabrikam.s2s.sessions()).toEqual([]);
  });

  it('is returned with resource-constraint where too much waits already', async () => {
    const { contoso } = await pair(
      { ...good, security: strict, limits: { queuedStanzas: 2 } },
      { ...goodPeer, security: strict },
    );
    const deliveries = await Promise.all(
      [1, 2, 3].map(async (number) =>
        contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', String(number))),
      ),
    );
    expect(deliveries.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(deliveries[2]).toMatchObject({ error: { type: 'wait', condition: 'resource-constraint' } });
  });
});

describe('stanzas of one pair', () => {
  it('arrive in the order in which they were sent, those that waited for the stream included [RFC 6120 §10.1]', async () => {
    const { contoso, fabrikam } = await strictPair();
    const numbers = Array.from({ length: 300 }, (_, index) => String(index));
    const deliveries = await Promise.all(
      numbers.map(async (number) => contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', number))),
    );
    expect(deliveries.every(({ ok }) => ok)).toBe(true);
    await fabrikam.waitForStanza('the last', (stanza) => bodyOf(stanza) === '299');
    expect(fabrikam.received.map(({ stanza }) => bodyOf(stanza))).toEqual(numbers);
  });

  it('go to the next server when one does not answer', async () => {
    const { contoso, fabrikam, dns } = await strictPair();
    const [dead, alive] = [await freePort(), fabrikam.port];
    const record = { weight: 0, target: 'xmpp.fabrikam.example' };
    dns.srv(
      '_xmpp-server._tcp.fabrikam.example',
      { ...record, priority: 1, port: dead },
      { ...record, priority: 2, port: alive },
    );
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true });
  });

  it('go to the next server when one breaks off', async () => {
    const { contoso, fabrikam, dns } = await strictPair();
    const record = { weight: 0, target: 'xmpp.fabrikam.example' };
    const breaking = await silentServer((socket) => socket.destroy());
    dns.srv(
      '_xmpp-server._tcp.fabrikam.example',
      { ...record, priority: 1, port: breaking },
      { ...record, priority: 2, port: fabrikam.port },
    );
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true });
  });

  it('open a new stream after the peer closed the old one', async () => {
    const { contoso, fabrikam } = await strictPair();
    await contoso.s2s.send(hello);
    fabrikam.s2s.disconnect('contoso.example', 'maintenance');
    await contoso.waitForEvent('closed');
    expect(await contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', 'again'))).toMatchObject({
      ok: true,
    });
    await fabrikam.waitForStanza('again', (stanza) => bodyOf(stanza) === 'again');
  });
});

describe('policy', () => {
  it('closes the streams of a partner that was removed, both ways', async () => {
    const { contoso, fabrikam, partners } = await strictPair();
    await contoso.s2s.send(hello);
    await fabrikam.s2s.send(chat('bob@fabrikam.example', 'alice@contoso.example', 'back'));
    await contoso.waitForStanza('back', (stanza) => bodyOf(stanza) === 'back');
    delete partners['fabrikam.example'];
    contoso.s2s.reconsider();
    await fabrikam.waitForEvent('closed', ({ stream }) => stream.direction === 'inbound');
    await fabrikam.waitForEvent(
      'closed',
      ({ stream, reason }) => stream.direction === 'outbound' && reason.includes('policy-violation'),
    );
    expect(await fabrikam.s2s.send(chat('bob@fabrikam.example', 'alice@contoso.example', 'more'))).toMatchObject({
      ok: false,
    });
    expect(
      await contoso.waitForEvent('refused', ({ reason }) => reason.includes('not an allowed partner')),
    ).toMatchObject({ condition: 'policy-violation' });
  });

  it('leaves streams alone whose requirements are the same', async () => {
    const { contoso, partners } = await strictPair();
    await contoso.s2s.send(hello);
    partners['fabrikam.example'] = { ...strict, connectionLimit: 7 };
    contoso.s2s.reconsider();
    expect(contoso.s2s.sessions()).toMatchObject([{ state: 'established' }]);
  });

  it('gives a partner no more streams than its limit', async () => {
    const { fabrikam, contoso } = await pair(
      { ...good, security: { ...strict, connectionLimit: 0 } },
      { ...goodPeer, security: strict },
    );
    expect(await contoso.s2s.send(hello)).toMatchObject({
      ok: false,
      error: { type: 'wait', condition: 'resource-constraint' },
    });
    const delivery = await fabrikam.s2s.send(chat('bob@fabrikam.example', 'alice@contoso.example', 'x'));
    expect(delivery.ok ? '' : delivery.reason).toMatch(/resource-constraint/);
  });

  it('says goodbye when the gateway stops', async () => {
    const { contoso, fabrikam } = await strictPair();
    await contoso.s2s.send(hello);
    await fabrikam.waitForStanza('hello', isHello);
    await contoso.s2s.close();
    expect(await fabrikam.waitForEvent('closed')).toMatchObject({ reason: expect.stringContaining('system-shutdown') });
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: false });
  });
});

const header = (from: string): string =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' to='contoso.example' from='${from}' version='1.0'>`;

describe('a hostile peer', () => {
  it('cannot put anything behind <starttls/> that would be read after TLS [CVE-2011-0411]', async () => {
    const { contoso } = await strictPair();
    const peer = await rawPeer(contoso.port);
    peer.write(
      `${header('fabrikam.example')}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><message from='eve@fabrikam.example' to='alice@contoso.example'/>`,
    );
    expect(await peer.ended).toMatch(/<stream:error><policy-violation.*<\/stream:stream>$/);
    expect(await peer.ended).not.toContain('proceed');
    expect(contoso.received).toEqual([]);
  });

  it('is heard in clear with nothing but starttls where TLS is required', async () => {
    const { contoso } = await strictPair();
    const peer = await rawPeer(contoso.port);
    peer.write(`${header('fabrikam.example')}<message from='eve@fabrikam.example' to='alice@contoso.example'/>`);
    expect(await peer.ended).toMatch(/<policy-violation.*Use of STARTTLS required/);
    expect(contoso.received).toEqual([]);
  });

  it('is cut off at the limits for strangers', async () => {
    const { contoso } = await strictPair();
    const peer = await rawPeer(contoso.port);
    peer.write(`${header('fabrikam.example')}<message to='${'x'.repeat(20_000)}`);
    expect(await peer.ended).toMatch(/<policy-violation/);
  });

  it('hears a stream error even for what is no stream', async () => {
    const { contoso } = await strictPair();
    const peer = await rawPeer(contoso.port);
    peer.write('GET / HTTP/1.1\r\n\r\n<');
    expect(await peer.ended).toMatch(/^<\?xml version="1.0"\?><stream:stream .*<not-well-formed/);
  });

  it('may not stay without authenticating', async () => {
    const { contoso } = await pair(
      { ...good, security: strict, limits: { establishmentMs: 50 } },
      { ...goodPeer, security: strict },
    );
    const peer = await rawPeer(contoso.port);
    peer.write(header('fabrikam.example'));
    expect(await peer.ended).toMatch(/<connection-timeout/);
  });

  it('may not hold more connections than strangers may', async () => {
    const { contoso } = await pair(
      { ...good, security: strict, limits: { halfOpen: 2 } },
      { ...goodPeer, security: strict },
    );
    const [first, second] = [await rawPeer(contoso.port), await rawPeer(contoso.port)];
    for (const peer of [first, second]) peer.write(header('fabrikam.example'));
    await contoso.waitForEvent('stream-opened');
    const third = await rawPeer(contoso.port);
    expect(await third.ended).toBe('');
    expect(await contoso.waitForEvent('limit-reached')).toMatchObject({ limit: 'halfOpen', subject: '127.0.0.1' });
  });

  it('is asked for a certificate of any issuer, since naming issuers makes some servers send none', async () => {
    const { contoso } = await strictPair();
    const args = `s_client -connect 127.0.0.1:${contoso.directTlsPort} -servername contoso.example -alpn xmpp-server`;
    const client = startProcess('openssl', args.split(' '), '.');
    await client.finished;
    expect(client.output()).toMatch(/Requested Signature Algorithms/);
    expect(client.output()).toMatch(/No client certificate CA names sent/);
  });

  it('gets no TLS session to resume, which would carry no certificate', async () => {
    const { contoso } = await strictPair();
    const options = {
      port: contoso.directTlsPort,
      host: '127.0.0.1',
      servername: 'contoso.example',
      rejectUnauthorized: false,
      ALPNProtocols: ['xmpp-server'],
    };
    const first = await secured(options);
    first.write(header('fabrikam.example'));
    await once(first, 'data');
    const session = first.getSession();
    expect(first.alpnProtocol).toBe('xmpp-server');
    const second = await secured({ ...options, ...(session && { session }) });
    expect(second.isSessionReused()).toBe(false);
    const older = await secured({ ...options, maxVersion: 'TLSv1.2' });
    expect(older.getTLSTicket()).toBeUndefined();
    const known = older.getSession();
    const again = await secured({ ...options, maxVersion: 'TLSv1.2', ...(known && { session: known }) });
    expect(again.isSessionReused()).toBe(false);
  });
});

const sockets: { destroy(): void }[] = [];
const servers: { close(): void }[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

interface RawPeer {
  write(text: string): void;
  /** All it heard, once the other side has ended the connection. */
  readonly ended: Promise<string>;
}

async function rawPeer(port: number): Promise<RawPeer> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  socket.on('error', () => undefined);
  const ended = once(socket, 'close').then(() => heard);
  await once(socket, 'connect');
  return { write: (text) => void socket.write(text), ended };
}

async function secured(options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connectTls(options);
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

/** A server that is no XMPP server. */
async function silentServer(onConnection: (socket: Socket) => void = () => undefined): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
