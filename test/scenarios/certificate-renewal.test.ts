/** A running gateway renews its certificate at an EST server: new streams see the new one, open ones live on, a killed process goes on. */
import { expect, it } from '@jest/globals';

import { estServer, type TestEstServer } from '../operations/online-authority/est-server.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { header, liveStream, served, text, until, untilServed } from '../support/shown-certificate.ts';

const domain = 'contoso.example';
const dayMs = 86_400_000;
const days = (count: number): Date => new Date(Date.now() + count * dayMs);

interface Renewing {
  readonly site: GatewaySite;
  readonly server: TestEstServer;
  readonly first: string;
  /** Requests for a successor so far. */
  orders(): readonly string[];
}

/** A gateway whose certificate is overdue, and whose authority takes its time. */
async function renewingSite(): Promise<Renewing> {
  const [site, server] = [await gatewaySite(domain), await estServer()];
  server.validity = { notBefore: days(-70), notAfter: days(20) };
  const authority = ['-CA', `est:${server.url}`, '-EstRootsPath', server.rootFile];
  await site.run('request-certificate', ...authority, '-KeyAlg', 'ECDSA_P256', '-FriendlyName', 'edge');
  const [{ Thumbprint = '' } = {}] = await site.run('get-certificate', '-Type', 'ExternalEdge');
  server.validity = { notBefore: days(-1), notAfter: days(89) };
  server.script = ({ method }) => (method === 'POST' ? { status: 202, headers: { 'Retry-After': '1' } } : undefined);
  const orders = () => server.requests.filter(({ path }) => path.endsWith('/simplereenroll')).map(({ body }) => body);
  await site.run('new-xmppfederatedpartner', 'peer.example', '-PartnerType', 'Federated', ...optional);
  await site.run('start-service');
  return { site, server, first: String(Thumbprint), orders };
}

const optional = ['-TlsNegotiation', 'Optional', '-SaslNegotiation', 'Optional', '-SupportDialbackNegotiation', 'true'];

const ordered = (orders: Renewing['orders']): Promise<number> =>
  until(
    async () => orders().length,
    (count) => count > 0,
  );

const assigned = async (site: GatewaySite): Promise<string> =>
  String((await site.run('get-certificate', '-Type', 'ExternalEdge'))[0]?.['Thumbprint']);

describeWithPeers('a certificate that is due while the gateway runs', [peers.openssl], () => {
  it('is renewed, shown to new streams at once, and a stream that is open lives on', async () => {
    const { site, server, first, orders } = await renewingSite();
    expect(await served(site)).toBe(first);
    const live = await liveStream(site);
    await ordered(orders);
    server.script = undefined;
    const second = await until(
      () => assigned(site),
      (thumbprint) => thumbprint !== first,
    );
    expect(second).not.toBe(first);
    expect(await untilServed(site, second)).toBe(second);
    live.write(header);
    expect(await text(live, '</stream:features>')).toContain('dialback');
    expect(live.getPeerX509Certificate()?.fingerprint.replaceAll(':', '')).toBe(first);
    const events = (await site.run('get-eventlog')).map(({ Event }) => Event);
    expect(events).toEqual(
      expect.arrayContaining(['CertificateRenewalPending', 'CertificateRenewed', 'CertificateInForce']),
    );
    const [{ NextRenewal = '', Warnings } = {}] = await site.run('get-service');
    expect(Date.parse(String(NextRenewal))).toBeGreaterThan(days(55).getTime());
    expect(String(Warnings)).not.toContain('was not renewed');
  });

  it('is ordered with the same key by the next process, when the first one is killed', async () => {
    const { site, server, first, orders } = await renewingSite();
    await ordered(orders);
    const [{ ProcessId = 0 } = {}] = await site.run('get-service');
    process.kill(Number(ProcessId), 'SIGKILL');
    await until(
      async () => (await site.run('get-service'))[0]?.['Status'],
      (status) => status === 'Failed',
    );
    server.script = undefined;
    await site.run('start-service');
    const second = await until(
      () => assigned(site),
      (thumbprint) => thumbprint !== first,
    );
    expect(await untilServed(site, second)).toBe(second);
    expect(new Set(orders()).size).toBe(1);
    expect(await site.run('get-certificate')).toHaveLength(3);
  });

  it('goes on serving while its authority fails, and get-service says so', async () => {
    const { site, server, first } = await renewingSite();
    server.script = () => ({ status: 503 });
    const warnings = await until(
      async () => String((await site.run('get-service'))[0]?.['Warnings']),
      (answer) => answer.includes('was not renewed'),
    );
    expect(warnings).toMatch(new RegExp(`Certificate ${first} was not renewed: .* answers 503`));
    expect(await served(site)).toBe(first);
    const failed = (await site.run('get-eventlog')).find(({ Event }) => Event === 'CertificateRenewalFailed');
    expect(failed).toMatchObject({ Level: expect.stringMatching(/warn/i) });
  });
});
