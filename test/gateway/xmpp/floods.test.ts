/**
 * Each limit of s2s-limits.ts on running streams: the excess is performed, it costs who performs it, the administrator reads
 * one line of it, and an established partner's messages cross meanwhile. Time is moved, not waited for.
 */
import { describe, expect, it } from '@jest/globals';
import type { S2sEvent } from '../../../src/gateway/xmpp/s2s-event.ts';
import { defaultS2sLimits, elementLimits, stanzaBurstSeconds } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { readStanzaError } from '../../../src/gateway/xmpp/stanza-error.ts';
import type { StreamSecurity } from '../../../src/gateway/xmpp/stream-security.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { type MovableClock, movableClock } from '../../support/movable-clock.ts';
import { createAuthority } from '../../support/pki.ts';
import {
  auth,
  header,
  listenRaw,
  openAuthenticated,
  openRawStream,
  openSecured,
  type RawStream,
} from '../../support/raw-stream.ts';
import {
  bodyOf,
  chat,
  type Federation,
  type FederationOptions,
  row,
  startFederation,
} from '../../support/xmpp-federation.ts';

const authority = createAuthority('flood-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const northwindCertificate = authority.issue({ names: ['northwind.example'] });

const limits = defaultS2sLimits;
const { bytesPerSecond: _bytes, stanzasPerSecond: _stanzas, ...strict } = row('required', 'required', true);
const plain = row('not-supported', 'not-supported', true);

const fabrikam = { from: 'fabrikam.example', to: 'contoso.example' };
const northwind = { from: 'northwind.example', to: 'contoso.example' };

interface Scene {
  readonly contoso: Federation;
  readonly clock: MovableClock;
  readonly dns: TestDnsServer;
}

/** contoso.example with the partners fabrikam.example and northwind.example; its clock stands still. */
async function scene(security: StreamSecurity = strict, options: Partial<FederationOptions> = {}): Promise<Scene> {
  // Certificates are judged by the true time.
  const clock = { ...movableClock(), wallTime: () => new Date() };
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
    clock,
    ...options,
  });
  dns.xmppServer('contoso.example', contoso.port);
  return { contoso, clock, dns };
}

/** Where what goes back to fabrikam.example arrives. */
async function fabrikamServer(dns: TestDnsServer): Promise<Federation> {
  const server = await startFederation({
    domains: ['fabrikam.example'],
    dns: dns.address,
    partners: { 'contoso.example': row('required', 'required', true) },
    certificate: fabrikamCertificate,
    root: authority.rootPem,
  });
  dns.xmppServer('fabrikam.example', server.port);
  return server;
}

type Limit = Extract<S2sEvent, { type: 'limit-reached' }>;
const told = ({ events }: Federation): readonly Limit[] =>
  events.filter((event): event is Limit => event.type === 'limit-reached');

const message = (from: string, body: string): string =>
  `<message from='${from}' to='alice@contoso.example' id='${body.slice(0, 20)}'><body>${body}</body></message>`;

/** What the bystander sends arrives. */
async function expectCrossing({ contoso }: Pick<Scene, 'contoso'>, bystander: RawStream, body: string): Promise<void> {
  bystander.send(message('carol@northwind.example', body));
  await contoso.waitForStanza(body, (stanza) => bodyOf(stanza) === body);
}

describe('bytes a second of one stream', () => {
  const kilobyte = (index: number): string => message('bob@fabrikam.example', `${index} `.padEnd(1000, 'x'));
  const burst = Math.ceil((limits.bytesPerSecond * 4) / kilobyte(100).length);
  const arrived = ({ received }: Federation): number =>
    received.filter(({ stanza }) => bodyOf(stanza).endsWith('x')).length;

  it('are no more than the limit: what is more waits in TCP, arrives when its time comes, and keeps nobody else waiting', async () => {
    const unlimited = { ...strict, stanzasPerSecond: 0 };
    const { contoso, clock } = await scene(unlimited);
    const peer = await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate);
    const bystander = await openAuthenticated(contoso.port, northwind, northwindCertificate);
    const all = 3 * burst;
    for (let index = 0; index < all; index += 1) peer.send(kilobyte(index));
    await contoso.waitForEvent('limit-reached');
    await expectCrossing({ contoso }, bystander, 'meanwhile');
    // One chunk of 64 KiB may be read before it is counted.
    expect(arrived(contoso)).toBeLessThan(burst + 65_536 / 1000);
    const last = (): Promise<unknown> =>
      contoso.waitForStanza('the last', (stanza) => bodyOf(stanza).startsWith(`${all - 1} `));
    const moving = setInterval(() => clock.advance(1000), 1);
    await last().finally(() => clearInterval(moving));
    expect(arrived(contoso)).toBe(all);
    const [first, ...others] = told(contoso);
    expect(first).toMatchObject({ limit: 'bytesPerSecond', subject: 'fabrikam.example', times: 1 });
    expect(others.length).toBeLessThanOrEqual(clock.now() / 60_000);
  });

  it('are as many as come from a partner whose settings say 0', async () => {
    const { contoso } = await scene({ ...strict, bytesPerSecond: 0, stanzasPerSecond: 0 });
    const peer = await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate);
    for (let index = 0; index < 2 * burst; index += 1) peer.send(kilobyte(index));
    await contoso.waitForStanza('the last', (stanza) => bodyOf(stanza).startsWith(`${2 * burst - 1} `));
    expect(told(contoso)).toEqual([]);
  });

  it('are limited for a stranger, whatever the settings of the partner that it claims to be', async () => {
    const { contoso } = await scene({ ...plain, bytesPerSecond: 0 });
    const stranger = await openRawStream(contoso.port);
    stranger.send(header(fabrikam));
    await stranger.hears(/<\/stream:features>/);
    const nonsense = "<db:result from='fabrikam.example' to='contoso.example' type='valid'/>";
    const count = 2 * Math.ceil((limits.bytesPerSecond * 4) / nonsense.length);
    stranger.send(nonsense.repeat(count));
    expect(await contoso.waitForEvent('limit-reached')).toMatchObject({
      limit: 'bytesPerSecond',
      subject: '127.0.0.1',
    });
    const ignored = contoso.events.filter(({ type }) => type === 'ignored').length;
    expect(ignored).toBeLessThanOrEqual((limits.bytesPerSecond * 4 + 65_536) / nonsense.length);
  });

  it('do not keep a stanza that is too large from being refused within a second', async () => {
    const { contoso, clock } = await scene();
    const peer = await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate);
    peer.send(message('bob@fabrikam.example', 'x'.repeat(2 * 1024 * 1024)));
    await contoso.waitForEvent('limit-reached');
    clock.advance(1000);
    expect(await contoso.waitForEvent('refused')).toMatchObject({ condition: 'policy-violation' });
    expect(elementLimits.maxBytes).toBeLessThanOrEqual(limits.bytesPerSecond * 4);
  });
});

describe('stanzas a second of one contact', () => {
  const burst = limits.stanzasPerSecond * stanzaBurstSeconds;

  it('are no more than the limit: the rest goes back to be sent later, and other contacts are not touched', async () => {
    const { contoso, clock, dns } = await scene();
    const answers = await fabrikamServer(dns);
    const peer = await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate);
    const bystander = await openAuthenticated(contoso.port, northwind, northwindCertificate);
    const resources = ['bob@fabrikam.example/a', 'bob@fabrikam.example/b', 'Bob@Fabrikam.example'];
    for (let index = 0; index < burst + 10; index += 1)
      peer.send(message(resources[index % resources.length] ?? '', String(index)));
    peer.send(message('erin@fabrikam.example', 'another'));
    await contoso.waitForStanza('another', (stanza) => bodyOf(stanza) === 'another');
    await expectCrossing({ contoso }, bystander, 'meanwhile');
    expect(contoso.received).toHaveLength(burst + 2);
    const last = await answers.waitForStanza('error', ({ attributes }) => attributes['id'] === String(burst + 9));
    expect(last.attributes['type']).toBe('error');
    expect(readStanzaError(last)).toMatchObject({ type: 'wait', condition: 'resource-constraint' });
    expect(answers.received).toHaveLength(10);
    expect(told(contoso)).toMatchObject([
      { limit: 'stanzasPerSecond', subject: 'bob@fabrikam.example', times: 1, reason: expect.stringContaining('20') },
    ]);

    clock.advance(1000);
    for (let index = 0; index < 40; index += 1) peer.send(message('bob@fabrikam.example', `later-${index}`));
    peer.send(message('erin@fabrikam.example', 'the end'));
    await contoso.waitForStanza('the end', (stanza) => bodyOf(stanza) === 'the end');
    expect(contoso.received).toHaveLength(burst + 2 + limits.stanzasPerSecond + 1);
    expect(told(contoso)).toHaveLength(1);
  });

  it('are answered by nothing where an answer would make a flood of its own', async () => {
    const { contoso, dns } = await scene({ ...strict, stanzasPerSecond: 1 });
    const answers = await fabrikamServer(dns);
    const peer = await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate);
    const ends = "from='bob@fabrikam.example/x' to='alice@contoso.example'";
    for (let index = 0; index < stanzaBurstSeconds; index += 1) peer.send(`<message ${ends}/>`);
    peer.send(
      `<message type='error' id='m' ${ends}/><iq type='result' id='r' ${ends}/><iq type='error' id='e' ${ends}/><presence ${ends}/><presence type='probe' ${ends}/>`,
    );
    peer.send(`<iq type='get' id='asked' ${ends}/>`);
    // In order, so nothing was answered before it.
    await answers.waitForStanza('the answer', ({ attributes }) => attributes['id'] === 'asked');
    expect(answers.received).toHaveLength(1);
    expect(contoso.received).toHaveLength(stanzaBurstSeconds);
  });

  it('are as many as come from a partner whose settings say 0', async () => {
    const { contoso } = await scene({ ...strict, stanzasPerSecond: 0 });
    const peer = await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate);
    for (let index = 0; index <= 2 * burst; index += 1) peer.send(message('bob@fabrikam.example', String(index)));
    await contoso.waitForStanza('the last', (stanza) => bodyOf(stanza) === String(2 * burst));
    expect(told(contoso)).toEqual([]);
  });
});

describe('connections of one address', () => {
  /** Opens one, and says whether it was taken. */
  const isTaken = async ({ port }: Federation): Promise<boolean> => {
    const peer = await openRawStream(port);
    peer.send(header(fabrikam));
    const taken = await peer.hears(/<\/stream:features>/).then(
      () => true,
      () => false,
    );
    peer.close();
    await peer.ended;
    return taken;
  };
  const noneLeft = async (contoso: Federation): Promise<void> => {
    while (contoso.s2s.sessions().length > 0)
      await contoso.waitForEvent('closed', () => contoso.s2s.sessions().length === 0);
  };

  it('are 30 a minute: more are ended before a byte is read, and told once', async () => {
    const { contoso, clock } = await scene(strict, { allowLoopback: false });
    const most = limits.connectionsPerMinutePerAddress;
    for (let index = 0; index < most; index += 1) {
      expect(await isTaken(contoso)).toBe(true);
      await noneLeft(contoso);
    }
    for (let index = 0; index < 5; index += 1) expect(await isTaken(contoso)).toBe(false);
    expect(told(contoso)).toMatchObject([{ limit: 'connectionsPerMinutePerAddress', subject: '127.0.0.1', times: 1 }]);
    clock.advance(60_000 / most);
    expect(await isTaken(contoso)).toBe(true);
    expect(await isTaken(contoso)).toBe(false);
  });

  it('are not counted where a partner is authenticated already', async () => {
    const { contoso } = await scene(strict, { allowLoopback: false, limits: { connectionsPerMinutePerAddress: 2 } });
    const partner = await openAuthenticated(contoso.port, northwind, northwindCertificate);
    for (let index = 0; index < 4; index += 1) expect(await isTaken(contoso)).toBe(true);
    await expectCrossing({ contoso }, partner, 'still here');
    expect(told(contoso)).toEqual([]);
  });

  it('are not counted on loopback where partners may live there', async () => {
    const { contoso } = await scene(strict, { limits: { connectionsPerMinutePerAddress: 2 } });
    for (let index = 0; index < 4; index += 1) expect(await isTaken(contoso)).toBe(true);
  });

  it('are 10 at a time before they authenticate, and the partner that is there is not touched', async () => {
    const { contoso } = await scene(strict, { allowLoopback: false });
    const partner = await openAuthenticated(contoso.port, northwind, northwindCertificate);
    const strangers: RawStream[] = [];
    for (let index = 0; index < limits.halfOpenPerAddress; index += 1) {
      const stranger = await openRawStream(contoso.port);
      stranger.send(header(fabrikam));
      await stranger.hears(/<\/stream:features>/);
      strangers.push(stranger);
    }
    expect(await isTaken(contoso)).toBe(false);
    expect(told(contoso)).toMatchObject([{ limit: 'halfOpenPerAddress', subject: '127.0.0.1' }]);
    await expectCrossing({ contoso }, partner, 'meanwhile');
  });

  it('are no more authenticated streams than it may have', async () => {
    const { contoso } = await scene(strict, { allowLoopback: false, limits: { authenticatedPerAddress: 1 } });
    const partner = await openAuthenticated(contoso.port, northwind, northwindCertificate);
    const second = await openSecured(contoso.port, fabrikam, fabrikamCertificate);
    await second.hears(/EXTERNAL.*<\/stream:features>/);
    second.send(auth());
    await second.hears(/<stream:error><resource-constraint /);
    expect(told(contoso)).toMatchObject([{ limit: 'authenticatedPerAddress', subject: '127.0.0.1' }]);
    await expectCrossing({ contoso }, partner, 'still here');
  });
});

describe('streams of one domain pair', () => {
  it('are four; a fifth takes the place of one that has been silent for a minute, which loses nothing', async () => {
    const { contoso, clock } = await scene();
    const streams: RawStream[] = [];
    for (let index = 0; index < limits.streamsPerPair; index += 1) {
      streams.push(await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate));
      clock.advance(1000);
    }
    const fifth = await openSecured(contoso.port, fabrikam, fabrikamCertificate);
    await fifth.hears(/EXTERNAL.*<\/stream:features>/);
    fifth.send(auth());
    await fifth.hears(/<stream:error><resource-constraint /);
    expect(told(contoso)).toMatchObject([{ limit: 'streamsPerPair', subject: 'fabrikam.example' }]);

    clock.advance(59_000);
    const [first, ...others] = streams;
    for (const [index, stream] of others.entries()) {
      stream.send(message('bob@fabrikam.example', `here ${index}`));
      await contoso.waitForStanza('here', (stanza) => bodyOf(stanza) === `here ${index}`);
    }
    const sixth = await openAuthenticated(contoso.port, fabrikam, fabrikamCertificate);
    await first?.hears(/<\/stream:stream>$/);
    expect(first?.heard()).not.toContain('<stream:error>');
    first?.send(message('bob@fabrikam.example', 'on its way'));
    await contoso.waitForStanza('on its way', (stanza) => bodyOf(stanza) === 'on its way');
    sixth.send(message('bob@fabrikam.example', 'sixth'));
    await contoso.waitForStanza('sixth', (stanza) => bodyOf(stanza) === 'sixth');
  });
});

describe('stanzas that wait to be sent', () => {
  it('take no more memory than all pairs together may: the rest goes back, and what waits is still sent', async () => {
    const { contoso, dns } = await scene(strict, { limits: { queuedBytesTotal: 3000 } });
    const silent = await listenRaw(() => undefined);
    dns.xmppServer('fabrikam.example', silent);
    const northwindServer = await startFederation({
      domains: ['northwind.example'],
      dns: dns.address,
      partners: { 'contoso.example': row('required', 'required', true) },
      certificate: northwindCertificate,
      root: authority.rootPem,
    });
    dns.xmppServer('northwind.example', northwindServer.port);
    const long = chat('alice@contoso.example', 'bob@fabrikam.example', 'x'.repeat(1200));
    void contoso.s2s.send(long);
    void contoso.s2s.send(long);
    const refused = { ok: false, error: { type: 'wait', condition: 'resource-constraint' } };
    expect(await contoso.s2s.send(long)).toMatchObject(refused);
    const other = chat('alice@contoso.example', 'carol@northwind.example', 'y'.repeat(1200));
    expect(await contoso.s2s.send(other)).toMatchObject(refused);
    expect(told(contoso)).toMatchObject([
      { limit: 'queuedBytesTotal', subject: 'fabrikam.example', times: 1 },
      { limit: 'queuedBytesTotal', subject: 'northwind.example', times: 1 },
    ]);
    const short = chat('alice@contoso.example', 'carol@northwind.example', 'short');
    expect(await contoso.s2s.send(short)).toMatchObject({ ok: true });
    // What was sent takes no room any more.
    contoso.s2s.disconnect('fabrikam.example', 'test');
    expect(await contoso.s2s.send(other)).toMatchObject({ ok: true });
  });

  it('are bounded for each pair in number and bytes, each with its name', async () => {
    const { contoso, dns } = await scene(strict, { limits: { queuedStanzas: 2, queuedBytes: 2000 } });
    const silent = await listenRaw(() => undefined);
    for (const domain of ['fabrikam.example', 'northwind.example']) dns.xmppServer(domain, silent);
    const send = (to: string, bytes: number) => contoso.s2s.send(chat('alice@contoso.example', to, 'x'.repeat(bytes)));
    void send('bob@fabrikam.example', 10);
    void send('bob@fabrikam.example', 10);
    await send('bob@fabrikam.example', 10);
    void send('carol@northwind.example', 900);
    await send('carol@northwind.example', 1900);
    expect(told(contoso).map(({ limit }) => limit)).toEqual(['queuedStanzas', 'queuedBytes']);
    const dialled = (domain: string) =>
      contoso.waitForEvent('stream-opened', ({ stream }) => stream.remoteDomain === domain);
    await Promise.all([dialled('fabrikam.example'), dialled('northwind.example')]);
  });
});

describe("strangers' dialback keys, which make us dial", () => {
  const request = (domain: string): string => `<db:result from='${domain}' to='contoso.example'>k</db:result>`;
  const opened = async (port: number): Promise<RawStream> => {
    const peer = await openRawStream(port);
    peer.send(header(fabrikam));
    await peer.hears(/<\/stream:features>/);
    return peer;
  };

  it('are twenty at a time for all streams together', async () => {
    const domains = Array.from({ length: 25 }, (_each, index) => `d${index}.example`);
    const partners = Object.fromEntries(domains.map((domain) => [domain, { ...plain, partner: domain }]));
    const { contoso, dns } = await scene(plain, { partners: { 'fabrikam.example': plain, ...partners } });
    let connections = 0;
    const allDialled = new Promise<void>((resolve) => {
      void listenRaw(() => {
        connections += 1;
        if (connections === limits.verifications) resolve();
      }).then((silent) => {
        for (const domain of domains) dns.xmppServer(domain, silent);
      });
    });
    const peers = await Promise.all([1, 2, 3, 4].map(() => opened(contoso.port)));
    for (const [index, peer] of peers.entries())
      peer.send(
        domains
          .slice(index * 5, index * 5 + 5)
          .map(request)
          .join(''),
      );
    await allDialled;
    const last = await opened(contoso.port);
    last.send(domains.slice(20).map(request).join(''));
    for (const _ of domains.slice(20)) await last.hears(/type="error"><error [^>]*><resource-constraint /);
    expect(connections).toBe(limits.verifications);
    expect(told(contoso)).toMatchObject([{ limit: 'verifications', subject: '127.0.0.1', times: 1 }]);
  });

  it('lead to one domain no more than twenty times a minute for one address', async () => {
    const { contoso, clock, dns } = await scene(plain, { limits: { verificationsPerMinute: 2 } });
    let connections = 0;
    const server = await listenRaw(async (peer) => {
      connections += 1;
      await peer.hears(/<stream:stream [^>]*>/);
      peer.send(`${header({ from: 'fabrikam.example', id: '1' })}<stream:features/>`);
      const [, id] = await peer.hears(/<db:verify [^>]*id="([0-9a-f]+)"/);
      peer.send(`<db:verify from='fabrikam.example' to='contoso.example' id='${id}' type='invalid'/></stream:stream>`);
    });
    dns.xmppServer('fabrikam.example', server);
    const ask = async (): Promise<string> => {
      const peer = await opened(contoso.port);
      peer.send(request('fabrikam.example'));
      const [answer] = await peer.hears(/type="invalid"|<resource-constraint/);
      peer.close();
      return answer;
    };
    const [invalid, tooMany] = ['type="invalid"', '<resource-constraint'];
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([invalid, invalid, tooMany, tooMany]);
    expect(connections).toBe(2);
    expect(told(contoso)).toMatchObject([{ limit: 'verificationsPerMinute', subject: '127.0.0.1', times: 1 }]);
    clock.advance(30_000);
    expect(await ask()).toBe(invalid);
    expect(connections).toBe(3);
  });
});
