/** The gateway that benchmarks load: a store set up by cmdlets, a partner by mutual TLS, a next hop by TCP, and the process on a core of its own. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { freePort } from '../../peers/free-port.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { type GatewaySite, gatewaySite } from '../../support/gateway-site.ts';
import { createAuthority, type TestAuthority, type TestCertificate } from '../../support/pki.ts';
import { cleanEnvironment } from '../../support/xgw.ts';
import { type MeasuredProcess, nextMessage, startMeasured } from './measured-process.ts';

export const gatewayDomain = 'contoso.example';

export interface LoadedGateway extends Pick<GatewaySite, 'run' | 'xmppPort' | 'sipPort' | 'home'> {
  readonly authority: TestAuthority;
  readonly dns: TestDnsServer;
  /** Of the next hop. */
  readonly hopPort: number;
  /** Of all partners. */
  readonly partnerCertificate: TestCertificate;
  /** Returns when it is ready. */
  start(): Promise<MeasuredProcess>;
}

const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');

/**
 * @param partners - Domains; each becomes a federated partner by SASL EXTERNAL alone, without limits of rates: a benchmark is one
 * person who writes ten thousand messages a second.
 * @param names - Of their certificate. Default: the domains.
 */
export async function gatewayUnderLoad(partners: readonly string[], names = partners): Promise<LoadedGateway> {
  const authority = createAuthority('Bench-Root');
  const dns = await startDnsServer();
  const hopPort = await freePort();
  const site = await gatewaySite(gatewayDomain);
  const file = (name: string, content: string): string => {
    const place = path.join(path.dirname(site.home), name);
    writeFileSync(place, content, { mode: 0o600 });
    return place;
  };
  const own = authority.issue({ names: [gatewayDomain, `sip.${gatewayDomain}`] });
  await site.run('import-certificate', file('edge.pem', own.key + own.chain), '-Type', 'ExternalEdge');
  const trust = ['-TrustedRootsPath', file('roots.pem', authority.rootPem), '-UseSystemRoots', 'false'];
  const reached = ['-DnsServers', dns.address, '-TrustedSipPeers', '127.0.0.1', '-SipMode', 'NextHop'];
  const hop = ['-SipNextHop', `127.0.0.1:${hopPort};transport=tcp`, '-SipSessionMode', 'Pager'];
  const rates = ['-MaximumStanzasPerSecond', '0', '-MaximumBytesPerSecond', '0'];
  await site.run('set-xmppgatewayconfiguration', ...trust, ...reached, ...hop, ...rates);
  const settings = { partnerType: 'Federated', supportDialbackNegotiation: false };
  const federatedPartners = Object.fromEntries(partners.map((partner) => [partner, settings]));
  const state = { apiVersion: 'xgw/v1', kind: 'GatewayConfiguration', spec: { federatedPartners } };
  const named = { ...state, metadata: { name: 'bench', owner: 'git:bench' } };
  await site.run('sync-configuration', file('partners.json', JSON.stringify(named)), '-Confirm:false');
  return {
    ...site,
    ...{ authority, dns, hopPort, partnerCertificate: authority.issue({ names }) },
    async start() {
      const words = [program, 'start-service', '-Foreground'];
      const gateway = startMeasured(words, cleanEnvironment({ XGW_HOME: site.home }));
      const said = await nextMessage(gateway.child);
      if (!('ready' in said)) throw new Error(`the gateway did not start: ${JSON.stringify(said)}`);
      gateway.child.disconnect();
      return gateway;
    },
  };
}
