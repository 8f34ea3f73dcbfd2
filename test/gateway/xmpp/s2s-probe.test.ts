import { describe, expect, it } from '@jest/globals';

import type { ProbeReport } from '../../../src/gateway/xmpp/s2s-probe.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { freePort } from '../../peers/free-port.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { createAuthority, selfSigned } from '../../support/pki.ts';
import { listenRaw } from '../../support/raw-stream.ts';
import { chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('probe-root');
const contosoCertificate = authority.issue({ names: ['contoso.example'] });
const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
const strict = row('required', 'required', false);
const pair = { local: 'contoso.example' as DomainName, remote: 'fabrikam.example' as DomainName };

interface Scene {
  readonly contoso: Federation;
  readonly fabrikam: Federation;
  readonly dns: TestDnsServer;
  probe(signal?: AbortSignal): Promise<ProbeReport>;
}

async function scene(certificate = fabrikamCertificate): Promise<Scene> {
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
    certificate,
    partners: { 'contoso.example': strict },
  });
  dns.xmppServer('fabrikam.example', fabrikam.port);
  return { contoso, fabrikam, dns, probe: (signal = new AbortController().signal) => contoso.s2s.probe(pair, signal) };
}

const stepsOf = ({ times }: ProbeReport): readonly string[] => Object.keys(times);
const hello = chat('alice@contoso.example', 'bob@fabrikam.example', 'hello');

describe('a probe', () => {
  it('tells of every step of a good route, and leaves neither a stream nor a stanza', async () => {
    const { contoso, fabrikam, probe } = await scene();
    const report = await probe();
    expect(report).toMatchObject({
      endpoints: [{ host: 'xmpp.fabrikam.example', address: '127.0.0.1', port: fabrikam.port, directTls: false }],
      stream: { state: 'established', method: 'SASL over TLS', tls: { protocol: 'TLSv1.3' } },
      verdict: { ok: true, identity: 'DNS:fabrikam.example' },
    });
    expect(report.failure).toBeUndefined();
    expect(stepsOf(report)).toEqual(['dns', 'tcp', 'stream', 'authentication']);
    for (const ms of Object.values(report.times)) expect(ms).toBeGreaterThanOrEqual(0);
    expect(await contoso.waitForEvent('closed')).toMatchObject({ reason: 'the route was tested' });
    expect([contoso.s2s.sessions(), contoso.s2s.failures(), fabrikam.received]).toEqual([[], [], []]);
  });

  it('dials anew beside the stream there is, and leaves that one alone', async () => {
    const { contoso, probe } = await scene();
    await contoso.s2s.send(hello);
    const [before] = contoso.s2s.sessions();
    const report = await probe();
    expect(report.stream?.id).not.toBe(before?.id);
    await contoso.waitForEvent('closed');
    expect(contoso.s2s.sessions().map(({ id }) => id)).toEqual([before?.id]);
  });

  it('is not held back by what failed before, and asks DNS again', async () => {
    const { contoso, dns, fabrikam, probe } = await scene();
    dns.xmppServer('fabrikam.example', await freePort());
    expect(await contoso.s2s.send(hello)).toMatchObject({ ok: false });
    dns.xmppServer('fabrikam.example', fabrikam.port);
    expect((await probe()).failure).toBeUndefined();
  });

  it.each<[string, (there: Scene) => unknown, readonly string[], object]>([
    [
      'DNS',
      ({ dns }) => dns.srv('_xmpp-server._tcp.fabrikam.example', { priority: 0, weight: 0, port: 0, target: '.' }),
      [],
      { step: 'dns', code: 'no-server' },
    ],
    [
      'the connection',
      async ({ dns }) => dns.xmppServer('fabrikam.example', await freePort()),
      ['dns'],
      { step: 'tcp', code: 'unreachable' },
    ],
    [
      'the stream',
      async ({ dns }) => dns.xmppServer('fabrikam.example', await listenRaw((peer) => peer.close())),
      ['dns', 'tcp'],
      { step: 'stream' },
    ],
  ])('that fails at %s tells how far it came, and where', async (_, prepare, steps, failure) => {
    const there = await scene();
    await prepare(there);
    const report = await there.probe();
    expect(report.failure).toMatchObject(failure);
    expect(stepsOf(report).filter((step) => step !== 'stream')).toEqual(steps);
    expect(there.contoso.s2s.sessions()).toEqual([]);
  });

  it('that fails over the certificate has the verdict on it', async () => {
    const { probe } = await scene(selfSigned({ names: ['fabrikam.example'] }));
    const report = await probe();
    expect(report).toMatchObject({
      verdict: { ok: false, reason: 'self-signed' },
      failure: { step: 'certificate', code: 'self-signed' },
    });
    expect(stepsOf(report)).toEqual(['dns', 'tcp', 'stream']);
  });

  it('goes on to the next server, and tells of the one that took it', async () => {
    const { dns, fabrikam, probe } = await scene();
    const record = { weight: 0, target: 'xmpp.fabrikam.example' };
    const broken = await listenRaw((peer) => peer.close());
    dns.srv(
      '_xmpp-server._tcp.fabrikam.example',
      { ...record, priority: 1, port: broken },
      { ...record, priority: 2, port: fabrikam.port },
    );
    const report = await probe();
    expect(report.failure).toBeUndefined();
    expect(report.endpoints.map(({ port }) => port)).toEqual([broken, fabrikam.port]);
    expect(report.stream?.peerPort).toBe(fabrikam.port);
  });

  it('ends where it is when its time is over', async () => {
    const { contoso, dns, probe } = await scene();
    const ending = new AbortController();
    dns.xmppServer(
      'fabrikam.example',
      await listenRaw((peer) => peer.hears(/<stream:stream/).then(() => ending.abort())),
    );
    expect((await probe(ending.signal)).failure).toMatchObject({
      step: 'stream',
      reason: expect.stringContaining('within the time limit'),
    });
    await contoso.waitForEvent('closed');
  });
});
