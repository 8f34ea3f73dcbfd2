/** A private authority and pinned keys of one partner, set by cmdlets and proven on the wire in both directions. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { startDnsServer } from '../support/dns-server.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { createAuthority, type TestCertificate } from '../support/pki.ts';
import { openAuthenticated, openSecured } from '../support/raw-stream.ts';
import { row, startFederation } from '../support/xmpp-federation.ts';

/** Milliseconds: each step is a process of its own. */
const patience = 180_000;
const fabrikam = 'fabrikam.example';
const northwind = 'northwind.example';

const authority = createAuthority('Private-Root');
const certificates = new Map([fabrikam, northwind].map((name) => [name, authority.issue({ names: [name] })]));
const pinOf = ({ chain }: TestCertificate): string =>
  createHash('sha256')
    .update(new X509Certificate(chain).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

const fileBeside = ({ home }: GatewaySite, name: string, content: string): string => {
  const place = path.join(path.dirname(home), name);
  writeFileSync(place, content, { mode: 0o600 });
  return place;
};

/** contoso.example with both partners; neither has an authority that it trusts. */
async function running(): Promise<GatewaySite & { readonly peerPort: number }> {
  const site = await gatewaySite('contoso.example');
  const dns = await startDnsServer();
  const root = path.join(path.dirname(site.home), 'contoso-root.pem');
  await site.run('export-certificate', '-CA', 'local', '-Path', root);
  const peer = await startFederation({
    domains: [fabrikam],
    dns: dns.address,
    certificate: certificateOf(fabrikam),
    root: readFileSync(root, 'utf8'),
    partners: { 'contoso.example': row('required', 'required', false) },
  });
  dns.xmppServer(fabrikam, peer.port);
  await site.run('set-xmppgatewayconfiguration', '-DnsServers', dns.address, '-UseSystemRoots', 'false');
  const strict = ['-PartnerType', 'Federated', '-SupportDialbackNegotiation', 'false'];
  for (const domain of [fabrikam, northwind]) await site.run('new-xmppfederatedpartner', domain, ...strict);
  await site.run('start-service');
  return { ...site, peerPort: peer.port };
}

const endsOf = (from: string) => ({ from, to: 'contoso.example' });
const certificateOf = (domain: string): TestCertificate => {
  const certificate = certificates.get(domain);
  if (certificate === undefined) throw new Error(domain);
  return certificate;
};
const believed = (site: GatewaySite, domain: string) =>
  openAuthenticated(site.xmppPort, endsOf(domain), certificateOf(domain));

async function refused(site: GatewaySite, domain: string): Promise<string> {
  const stream = await openSecured(site.xmppPort, endsOf(domain), certificateOf(domain));
  return stream.ended;
}

/** The hop at which a dial out ends, and what is advised. */
async function outbound(site: GatewaySite): Promise<readonly unknown[]> {
  const { stdout } = await site.type('test-federationroute', fabrikam, '-Timeout', '2');
  const hops = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const authentication = hops.find(({ Name }) => Name === 'Authentication');
  const failed = hops.find(({ Result, Name }) => Result === 'Failure' && Name !== 'Ping');
  return failed === undefined ? [authentication?.['Result']] : [failed['Name'], failed['Cause']];
}

describe('trust in one partner', () => {
  it(
    'is a private authority that counts for this partner only, in both directions, and no longer when it is taken away',
    async () => {
      const site = await running();
      expect(await refused(site, fabrikam)).toMatch(/not-authorized.*untrusted-root|not-authorized.*incomplete-chain/s);
      expect((await outbound(site))[0]).toBe('PeerCertificate');
      const roots = fileBeside(site, 'fabrikam-roots.pem', authority.rootPem);
      await site.run('set-xmppfederatedpartner', fabrikam, '-TrustedRootsPath', roots);
      const stream = await eventually(() => believed(site, fabrikam));
      expect(await outbound(site)).toEqual(['Success']);
      expect(await refused(site, northwind)).toMatch(/not-authorized/);
      await site.run('set-xmppfederatedpartner', fabrikam, '-TrustedRootsPath', '$null');
      expect(await stream.ended).toMatch(/<reset /);
      expect(await refused(site, fabrikam)).toMatch(/not-authorized/);
    },
    patience,
  );

  it(
    'can be pinned to a key: another key of the same authority is refused, with the cause and the way out',
    async () => {
      const site = await running();
      const roots = fileBeside(site, 'fabrikam-roots.pem', authority.rootPem);
      const pin = pinOf(certificateOf(fabrikam));
      await site.run('set-xmppfederatedpartner', fabrikam, '-TrustedRootsPath', roots, '-PinnedSpkiSha256', pin);
      const stream = await eventually(() => believed(site, fabrikam));
      expect(await outbound(site)).toEqual(['Success']);
      const other = authority.issue({ names: [fabrikam] });
      const imposter = await openSecured(site.xmppPort, endsOf(fabrikam), other);
      expect(await imposter.ended).toMatch(/not-authorized.*none of those pinned/s);

      await site.run('set-xmppfederatedpartner', fabrikam, '-PinnedSpkiSha256', pinOf(other));
      expect(await stream.ended).toMatch(/<reset /);
      expect((await outbound(site))[1]).toMatch(/none of those pinned/);
      const failures = await site.run('get-xmppfederationfailure', fabrikam);
      expect(failures.map(({ Direction, Code }) => [Direction, Code])).toContainEqual(['Inbound', 'pin-mismatch']);
      for (const { Code, Fix } of failures) if (Code === 'pin-mismatch') expect(Fix).not.toContain('set-');

      await site.run('set-xmppfederatedpartner', fabrikam, '-PinnedSpkiSha256', '$null');
      await eventually(() => believed(site, fabrikam));
      expect(await outbound(site)).toEqual(['Success']);
    },
    patience,
  );
});

/** The gateway follows the store at its own pace: what it refuses now it may take when it has read the change. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const result = await attempt().catch(() => undefined);
    if (result !== undefined) return result;
  }
  return attempt();
}
