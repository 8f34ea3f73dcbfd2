/** What has to be looked at for a cut-over: the certificates and their files, the running gateway, and DNS. */
import type { Configuration } from '../../config/configuration.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { examineCertificates } from '../certificates/examine-certificates.ts';
import type { DnsTest } from '../dns/dns-test.ts';
import { testOwnRecords } from '../dns/test-own-records.ts';
import type { ServiceState } from '../service/service-state.ts';
import { blocking, type MigrationCheck, success, warning } from './migration-check.ts';

interface CertificateSurroundings {
  readonly keys: KeyStore;
  readonly storeFolder: string;
  readonly now: Date;
}

export async function certificateReadiness(
  configuration: Configuration,
  { keys, storeFolder, now }: CertificateSurroundings,
): Promise<readonly MigrationCheck[]> {
  const findings = await examineCertificates(configuration, keys, { usages: ['ExternalEdge'], storeFolder, now });
  const checks = findings.flatMap(({ Result, Domain, Name, Detail, Fix }) => {
    if (Result === 'Success') return [];
    const detail = [Domain, Name].filter((each) => each !== null).join(' ');
    const told = Result === 'Failure' ? blocking : warning;
    return [told('Certificates', 'ExternalEdge', `${detail === '' ? '' : `${detail}: `}${Detail}`, Fix ?? undefined)];
  });
  return checks.some(({ result }) => result === 'Failure') || checks.length > 0
    ? checks
    : [success('Certificates', 'ExternalEdge', 'it has a key, a trusted chain, and names for all domains')];
}

/** @param storeRevision - What the store holds. */
export function serviceReadiness(state: ServiceState, storeRevision: number): readonly MigrationCheck[] {
  if (!('gateway' in state) || state.status !== 'Running') {
    const detail = 'reason' in state ? `${state.status}: ${state.reason}` : state.status;
    return [blocking('Gateway', 'Service', detail, 'xgw start-service')];
  }
  const { loadedRevision, hops = [] } = state.gateway;
  const running =
    loadedRevision === storeRevision
      ? success('Gateway', 'Service', `it runs revision ${loadedRevision}`)
      : blocking(
          'Gateway',
          'Service',
          `it runs revision ${loadedRevision}, the store is at ${storeRevision}`,
          'xgw update-service',
        );
  const down = hops.filter((hop) => hop.state === 'Down');
  if (hops.length === 0) return [running];
  const isReached = hops.some((hop) => hop.state === 'Up');
  const detail = down.map(({ hop, reason }) => `${hop}: ${reason ?? 'down'}`).join('; ');
  if (down.length === 0)
    return [running, success('Gateway', 'NextHops', hops.map(({ hop, state: is }) => `${hop} ${is}`).join(', '))];
  const told = isReached ? warning : blocking;
  return [running, told('Gateway', 'NextHops', detail, 'xgw get-siproute')];
}

interface DnsSurroundings {
  readonly servers: readonly string[];
  readonly timeoutMs: number;
}

export async function dnsReadiness(
  configuration: Configuration,
  { servers, timeoutMs }: DnsSurroundings,
): Promise<readonly MigrationCheck[]> {
  if (configuration.gateway.accessEdgeFqdn === undefined)
    return [
      blocking(
        'Dns',
        'Records',
        'what they must say is not known without AccessEdgeFqdn',
        'xgw set-xmppgatewayconfiguration -AccessEdgeFqdn edge.contoso.com',
      ),
    ];
  const domains = Object.values(configuration.sipDomains).map(({ identity }) => identity);
  const tests = await testOwnRecords(domains, { configuration, servers, timeoutMs });
  return tests.map(checkOf);
}

function checkOf({ Name, Type, Detail, Result, Fix, Actual }: DnsTest): MigrationCheck {
  const detail = `${Name} ${Type}: ${Detail}`;
  if (Result === 'Success') return success('Dns', 'Records', `${Name} ${Type} ${Actual.join(', ')}`);
  const told = Result === 'Failure' ? blocking : warning;
  return told('Dns', 'Records', detail, Fix ?? 'xgw export-dnsrecord');
}
