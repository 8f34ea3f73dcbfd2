/** Certificates change under a running gateway: new streams see the new one, open streams live on, a bad pair changes nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { createAuthority } from '../support/pki.ts';
import { header, liveStream, served, text, thumbprintOf, until, untilServed } from '../support/shown-certificate.ts';

const domain = 'contoso.example';

/** The partner of these tests has no certificate, and authenticates by dialback when it must. */
const optional = ['-TlsNegotiation', 'Optional', '-SaslNegotiation', 'Optional', '-SupportDialbackNegotiation', 'true'];

async function runningSite(): Promise<GatewaySite> {
  const site = await gatewaySite(domain);
  await site.run('new-xmppfederatedpartner', 'peer.example', '-PartnerType', 'Federated', ...optional);
  await site.run('start-service');
  return site;
}

const assigned = async (site: GatewaySite): Promise<string> =>
  String((await site.run('get-certificate', '-Type', 'ExternalEdge'))[0]?.['Thumbprint']);

describeWithPeers('a certificate that changes while the gateway runs', [peers.openssl], () => {
  it('is shown to new streams at once, and a stream that is open lives on', async () => {
    const site = await runningSite();
    const first = await assigned(site);
    expect(await served(site)).toBe(first);
    const live = await liveStream(site);
    await site.run('request-certificate', '-CA', 'local', '-KeyAlg', 'ECDSA_P256');
    const second = await assigned(site);
    expect(second).not.toBe(first);
    expect(await untilServed(site, second)).toBe(second);
    live.write(header);
    expect(await text(live, '</stream:features>')).toContain('dialback');
    expect(live.getPeerX509Certificate()?.fingerprint.replaceAll(':', '')).toBe(first);
  });

  it('is changed by the gateway itself at its -EffectiveDate', async () => {
    const site = await runningSite();
    const first = await assigned(site);
    await site.run('request-certificate', '-CA', 'local', '-KeyAlg', 'ECDSA_P256');
    const second = await assigned(site);
    expect(await untilServed(site, second)).toBe(second);
    const soon = new Date(Date.now() + 8000).toISOString();
    await site.run('set-certificate', first, '-Type', 'ExternalEdge', '-Roll', '-EffectiveDate', soon);
    expect(await served(site)).toBe(second);
    const [service] = await site.run('get-service');
    expect(service).toMatchObject({ Certificate: second, PlannedCertificate: first, EffectiveDate: soon });
    expect((await site.run('get-certificate', second))[0]).toMatchObject({
      ServedSince: service?.['CertificateSince'],
    });
    expect((await site.run('get-certificate', first))[0]).toMatchObject({ ServedSince: null });
    expect(await untilServed(site, first)).toBe(first);
    expect((await site.run('get-service'))[0]).toMatchObject({ Certificate: first, PlannedCertificate: null });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon));
    const [now] = await site.run('get-certificate', first);
    expect(now).toMatchObject({ AssignedTo: ['ExternalEdge'], EffectiveDate: null });
    expect((await site.run('get-certificate', second))[0]).toMatchObject({ PreviousFor: ['ExternalEdge'] });
  });

  it('whose key is another one is reported, and the one before stays', async () => {
    const site = await runningSite();
    const first = await assigned(site);
    await site.run('request-certificate', '-CA', 'local', '-KeyAlg', 'ECDSA_P256');
    const second = await assigned(site);
    expect(await untilServed(site, second)).toBe(second);
    const [{ PublicKeySha256 = '' } = {}] = await site.run('get-certificate', first);
    const [{ PublicKeySha256: other = '' } = {}] = await site.run('get-certificate', second);
    const keyFile = (name: unknown): string => path.join(site.home, 'keys', `${String(name)}.key.pem`);
    const right = readFileSync(keyFile(PublicKeySha256));
    writeFileSync(keyFile(PublicKeySha256), readFileSync(keyFile(other)));
    await site.run('set-certificate', first, '-Type', 'ExternalEdge');
    const warnings = async () => String((await site.run('get-service'))[0]?.['Warnings']);
    expect(await until(warnings, (answer) => answer.includes('private key'))).toContain(
      `Certificate ${first} and its private key cannot be used for TLS. the key belongs to another certificate`,
    );
    expect(await served(site)).toBe(second);
    const events = await site.run('get-eventlog');
    expect(events.filter(({ Event }) => Event === 'KeyMaterialFailed').length).toBeGreaterThan(0);
    const test = await site.type('test-certificateconfiguration');
    expect([test.code, test.stdout]).toEqual([21, expect.stringContaining(`the running gateway shows ${second}`)]);
    // Repaired on disk, and nothing else: no cmdlet, no restart.
    writeFileSync(keyFile(PublicKeySha256), right);
    expect(await untilServed(site, first)).toBe(first);
    expect(await warnings()).not.toContain('private key');
  });

  it('that ends soon is announced once in the event log, also over a restart, and in get-service', async () => {
    const site = await runningSite();
    const inFiveDays = new Date(Date.now() + 5 * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
    const { key, chain } = createAuthority('Root').issue({ names: [domain], notAfter: inFiveDays });
    const file = path.join(site.home, '..', 'short.pem');
    writeFileSync(file, key + chain);
    await site.run('import-certificate', file, '-Type', 'ExternalEdge');
    expect(await untilServed(site, thumbprintOf(chain))).toBe(thumbprintOf(chain));
    await site.run('restart-service');
    const events = (await site.run('get-eventlog')).filter(({ Event }) => Event === 'CertificateExpiring');
    expect(events).toHaveLength(1);
    expect(JSON.stringify(events)).toMatch(/expires in 4 days/);
    expect(String((await site.run('get-service'))[0]?.['Warnings'])).toMatch(/expires in 4 days/);
  });
});
