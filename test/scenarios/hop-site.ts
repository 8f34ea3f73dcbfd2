/** What every scenario with next hops begins with: a gateway, one authority, DNS, and a partner on Prosody with bob. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { freePort } from '../peers/free-port.ts';
import { type Prosody, startProsody } from '../peers/prosody.ts';
import { startDnsServer, type TestDnsServer } from '../support/dns-server.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { createAuthority, type TestAuthority } from '../support/pki.ts';

export interface HopSite {
  /** Of the partner and the hops. */
  readonly authority: TestAuthority;
  readonly site: GatewaySite;
  readonly dns: TestDnsServer;
  readonly prosody: Prosody;
  /** Free for SIP over TLS. */
  readonly sipTlsPort: number;
  /**
   * What its administrator types before anything with hops: the certificate, whom to trust, the partner.
   *
   * @param names - In the certificate of the gateway.
   */
  configure(names: readonly string[], settings?: readonly string[]): Promise<void>;
}

export const bothWays = 'serverAuth,clientAuth';

/** @param domains - Of our users, the first one the default; DNS knows their XMPP server. */
export async function hopSite(domains: readonly [string, ...string[]]): Promise<HopSite> {
  const authority = createAuthority('Test-Root');
  const [site, dns, sipTlsPort] = [await gatewaySite(domains[0]), await startDnsServer(), await freePort()];
  const prosody = await startProsody({
    domain: 'fabrikam.example',
    dnsPort: dns.port,
    certificate: authority.issue({ names: ['fabrikam.example'] }),
    roots: authority.rootPem,
    requireValidCertificate: true,
    users: { bob: 'battery-staple' },
  });
  dns.xmppServer('fabrikam.example', prosody.s2sPort);
  for (const domain of domains) dns.xmppServer(domain, site.xmppPort);
  const file = (name: string, content: string): string => {
    const place = path.join(path.dirname(site.home), name);
    writeFileSync(place, content, { mode: 0o600 });
    return place;
  };
  return {
    ...{ authority, site, dns, prosody, sipTlsPort },
    async configure(names, settings = []) {
      const own = authority.issue({ names, extendedKeyUsage: bothWays });
      await site.run('import-certificate', file('edge.pem', own.key + own.chain), '-Type', 'ExternalEdge');
      const trust = ['-TrustedRootsPath', file('roots.pem', authority.rootPem), '-UseSystemRoots', 'false'];
      const reached = ['-DnsServers', dns.address, '-SipTlsPort', String(sipTlsPort)];
      await site.run('set-xmppgatewayconfiguration', ...trust, ...reached, ...settings);
      const partner = ['-PartnerType', 'Federated', '-SupportDialbackNegotiation', 'false'];
      await site.run('new-xmppfederatedpartner', 'fabrikam.example', ...partner);
    },
  };
}
