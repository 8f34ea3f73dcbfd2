/** What streams remember of failed dials: back-off, the answers of DNS, and the list for the administrator. Time is moved by hand. */
import { afterEach, describe, expect, it } from '@jest/globals';

import type { StreamSecurity } from '../../../src/gateway/xmpp/stream-security.ts';
import { freePort } from '../../peers/free-port.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { type MovableClock, movableClock } from '../../support/movable-clock.ts';
import { createAuthority } from '../../support/pki.ts';
import { listenRaw, openSecured } from '../../support/raw-stream.ts';
import {
  bodyOf,
  chat,
  type Federation,
  type FederationOptions,
  row,
  startFederation,
} from '../../support/xmpp-federation.ts';

const authority = createAuthority('dial-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const strict = row('required', 'required', true);
const flexible = row('required', 'optional', true);

const hello = chat('alice@contoso.example/desk', 'bob@fabrikam.example', 'hello');
const service = '_xmpp-server._tcp.fabrikam.example';

interface Stage {
  readonly contoso: Federation;
  readonly dns: TestDnsServer;
  readonly clock: MovableClock;
  readonly partners: Record<string, StreamSecurity>;
}

/** contoso.example under a clock that stands still, with fabrikam.example as its only partner, which is nowhere yet. */
async function stage(security: StreamSecurity = strict, options: Partial<FederationOptions> = {}): Promise<Stage> {
  const dns = await startDnsServer();
  const clock = movableClock();
  clocks.push(clock);
  const partners = { 'fabrikam.example': security };
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    // The certificates are valid now, whatever the movable clock says for intervals.
    clock: { ...clock, wallTime: () => new Date() },
    partners,
    certificate: contosoCertificate,
    root: authority.rootPem,
    ...options,
  });
  dns.xmppServer('contoso.example', contoso.port);
  return { contoso, dns, clock, partners };
}

const clocks: MovableClock[] = [];

afterEach(() => {
  // Streams that wait for the other side's closing tag do so by this clock.
  for (const clock of clocks.splice(0)) clock.advance(60_000);
});

async function startFabrikam(dns: TestDnsServer, security: StreamSecurity = strict): Promise<Federation> {
  return startFederation({
    domains: ['fabrikam.example'],
    dns: dns.address,
    partners: { 'contoso.example': security },
    certificate: fabrikamCertificate,
    root: authority.rootPem,
  });
}

/** A server that counts connections and ends them. */
async function startBroken(): Promise<{ readonly port: number; connections(): number }> {
  let connections = 0;
  const port = await listenRaw((stream) => {
    connections += 1;
    stream.close();
  });
  return { port, connections: () => connections };
}

describe('a domain that could not be reached', () => {
  it('is left alone for a while: stanzas are refused at once, with the cause', async () => {
    const { contoso, dns, clock } = await stage();
    const broken = await startBroken();
    dns.xmppServer('fabrikam.example', broken.port);
    const first = await contoso.s2s.send(hello);
    expect(first).toMatchObject({ ok: false, error: { type: 'wait', condition: 'remote-server-timeout' } });
    expect(await contoso.s2s.send(hello)).toEqual(first);
    expect(broken.connections()).toBe(1);
    clock.advance(5_000);
    await contoso.s2s.send(hello);
    expect(broken.connections()).toBe(2);
    clock.advance(5_000);
    await contoso.s2s.send(hello);
    expect(broken.connections()).toBe(2);
    clock.advance(5_000);
    await contoso.s2s.send(hello);
    expect(broken.connections()).toBe(3);
  });

  it('is not found for as long, where it has no server', async () => {
    const { contoso, dns } = await stage();
    dns.srv(service, { priority: 0, weight: 0, port: 0, target: '.' });
    const refused = { ok: false, error: { type: 'cancel', condition: 'remote-server-not-found' } };
    expect(await contoso.s2s.send(hello)).toMatchObject(refused);
    expect(await contoso.s2s.send(hello)).toMatchObject(refused);
    expect(contoso.events.filter(({ type }) => type === 'dial-failed')).toHaveLength(1);
  });

  it.each<[string, (stage: Stage) => unknown]>([
    ['its back-off is reset', ({ contoso }) => contoso.s2s.resetBackoff('fabrikam.example')],
    ['all are reset', ({ contoso }) => contoso.s2s.resetBackoff()],
    [
      'its policy changed',
      ({ contoso, partners }) => {
        partners['fabrikam.example'] = { ...strict, keepAlive: false };
        contoso.s2s.reconsider();
      },
    ],
  ])('is dialled at once when %s', async (_, change) => {
    const played = await stage();
    const { contoso, dns } = played;
    dns.xmppServer('fabrikam.example', await freePort());
    await contoso.s2s.send(hello);
    const fabrikam = await startFabrikam(dns);
    dns.xmppServer('fabrikam.example', fabrikam.port);
    contoso.s2s.clearDnsCache('fabrikam.example');
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: false });
    change(played);
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true });
  });

  it('is dialled at once when it authenticated on a stream of its own: it is back', async () => {
    const { contoso, dns } = await stage();
    dns.xmppServer('fabrikam.example', await freePort());
    await contoso.s2s.send(hello);
    const fabrikam = await startFabrikam(dns);
    dns.xmppServer('fabrikam.example', fabrikam.port);
    contoso.s2s.clearDnsCache();
    await fabrikam.s2s.send(chat('bob@fabrikam.example', 'alice@contoso.example', 'I am back'));
    await contoso.waitForStanza('message', (stanza) => bodyOf(stanza) === 'I am back');
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true });
  });

  it('is not held back by a dial that was called off', async () => {
    const { contoso, dns, clock } = await stage();
    const silent = await listenRaw(() => undefined);
    dns.xmppServer('fabrikam.example', silent);
    const delivery = contoso.s2s.send(hello);
    const sessions = (): number => contoso.s2s.sessions().length;
    while (sessions() === 0) await new Promise((resolve) => void setImmediate(resolve));
    contoso.s2s.disconnect('fabrikam.example', 'maintenance');
    expect(await delivery).toMatchObject({ ok: false, reason: 'maintenance' });
    clock.advance(5_000);
    await contoso.waitForEvent('closed');
    const fabrikam = await startFabrikam(dns);
    dns.xmppServer('fabrikam.example', fabrikam.port);
    contoso.s2s.clearDnsCache();
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true });
    expect(contoso.s2s.failures()).toEqual([]);
  });

  it('may still be what strangers name in dialback, at a pace of its own', async () => {
    const { contoso, dns } = await stage(flexible);
    const broken = await startBroken();
    dns.xmppServer('fabrikam.example', broken.port);
    const askAs = async (): Promise<string> => {
      const stranger = await openSecured(contoso.port, { from: 'fabrikam.example', to: 'contoso.example' });
      stranger.send("<db:result from='fabrikam.example' to='contoso.example'>key</db:result>");
      const [answer] = await stranger.hears(/<db:result [^>]*type="(?:error|invalid)".*<\/db:result>/);
      stranger.close();
      return answer;
    };
    expect(await askAs()).toMatch(/remote-server-timeout/);
    expect(await askAs()).toMatch(/remote-server-timeout/);
    expect(broken.connections()).toBe(1);
    await contoso.s2s.send(hello);
    expect(broken.connections()).toBe(2);
    expect(contoso.s2s.failures().map(({ purpose }) => purpose)).toEqual(['verify', 'stanzas']);
  });
});

describe('the list of failures', () => {
  it('says when, at which step, why, with whom, and what senders were told', async () => {
    const { contoso, dns } = await stage();
    const port = await freePort();
    dns.xmppServer('fabrikam.example', port);
    await contoso.s2s.send(hello);
    expect(contoso.s2s.failures()).toEqual([
      {
        time: expect.any(Date),
        localDomain: 'contoso.example',
        remoteDomain: 'fabrikam.example',
        purpose: 'stanzas',
        step: 'tcp',
        code: 'unreachable',
        reason: expect.stringContaining('ECONNREFUSED'),
        target: `xmpp.fabrikam.example [127.0.0.1]:${port}`,
        told: 'remote-server-timeout',
      },
    ]);
  });

  it('has the servers that failed before another one took the stanza', async () => {
    const { contoso, dns } = await stage();
    const [broken, fabrikam] = [await startBroken(), await startFabrikam(dns)];
    const record = { weight: 0, target: 'xmpp.fabrikam.example' };
    dns.a('xmpp.fabrikam.example', '127.0.0.1');
    dns.srv(
      service,
      { ...record, priority: 1, port: 22 },
      { ...record, priority: 2, port: broken.port },
      { ...record, priority: 3, port: fabrikam.port },
    );
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: true });
    const failures = contoso.s2s.failures();
    expect(failures.map(({ step, code, target }) => [step, code, target?.split(':')[1]])).toEqual([
      ['policy', 'port-refused', '22'],
      ['stream', 'stream-failed', String(broken.port)],
    ]);
    expect(failures.filter(({ told }) => told !== undefined)).toEqual([]);
    expect(contoso.events.filter(({ type }) => type === 'dial-failed')).toEqual([]);
  });

  it('has a DNS that does not answer as dns-temporary, after two more questions', async () => {
    const { contoso, dns, clock } = await stage();
    dns.breakName(service);
    const delivery = contoso.s2s.send(hello);
    const asked = (): number => dns.questions.filter((question) => question === `SRV ${service}`).length;
    while (contoso.s2s.failures().length === 0) {
      clock.advance(250);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(await delivery).toMatchObject({ ok: false, error: { condition: 'remote-server-timeout' } });
    expect(asked()).toBe(3);
    expect(contoso.s2s.failures()).toMatchObject([{ step: 'dns', code: 'dns-temporary', target: service }]);
  });
});

describe('DNS that points where no partner lives', () => {
  const record = { priority: 1, weight: 0, target: 'xmpp.fabrikam.example' };

  it('makes nobody dial this gateway itself', async () => {
    const { contoso, dns } = await stage();
    dns.a('xmpp.fabrikam.example', '127.0.0.1');
    dns.srv(service, { ...record, port: contoso.port });
    expect(await contoso.s2s.send(hello)).toMatchObject({ error: { condition: 'remote-server-not-found' } });
    expect(contoso.s2s.failures()).toMatchObject([
      { step: 'dns', code: 'address-refused', reason: expect.stringContaining('this gateway itself') },
    ]);
    expect(contoso.s2s.sessions()).toEqual([]);
  });

  it('makes nobody dial loopback', async () => {
    const { contoso, dns } = await stage(strict, { allowLoopback: false });
    const broken = await startBroken();
    dns.xmppServer('fabrikam.example', broken.port);
    await contoso.s2s.send(hello);
    expect(broken.connections()).toBe(0);
    expect(contoso.s2s.failures()).toMatchObject([{ step: 'dns', code: 'address-refused' }]);
  });

  it('makes nobody dial a service of the system', async () => {
    const { contoso, dns } = await stage();
    dns.a('xmpp.fabrikam.example', '127.0.0.1');
    dns.srv(service, { ...record, port: 22 });
    expect(await contoso.s2s.send(hello)).toMatchObject({ error: { condition: 'remote-server-not-found' } });
    expect(contoso.s2s.failures()).toMatchObject([{ step: 'policy', code: 'port-refused' }]);
  });
});
