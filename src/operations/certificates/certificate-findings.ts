/**
 * Would partners accept what this gateway shows them? Every configured domain against every name, and the checks that depend on no
 * domain: chain, purpose, key, strength and dates. Pure: what is examined has been read before.
 */
import type { Certificate } from '../../certificates/certificate.ts';
import { type GeneralName, printGeneralName } from '../../certificates/general-name.ts';
import { nameCoverage } from '../../certificates/name-coverage.ts';
import type { CertificateUsage, Configuration } from '../../config/configuration.ts';
import { type DomainName, parseDomainName } from '../../primitives/domain-name.ts';
import { certificateChecks } from './certificate-checks.ts';
import type { CertificateFinding, Examined, FindingResult, Surroundings } from './certificate-finding.ts';

export function certificateFindings(examined: Examined, around: Surroundings): readonly CertificateFinding[] {
  const checks = certificateChecks(examined, around);
  // Partners never see the internal edge.
  return examined.usage === 'InternalEdge' ? checks : [...nameFindings(examined, around), ...checks];
}

export const nothingAssigned = (usage: CertificateUsage): CertificateFinding => ({
  Type: usage,
  Domain: null,
  Name: 'assignment',
  Covered: null,
  Result: 'Failure',
  Detail: `no certificate is assigned to ${usage}`,
  Fix: `xgw request-certificate -New -Type ${usage} -Output edge.csr`,
});

interface WantedName {
  readonly domain: DomainName;
  /** What it means when no name covers it. */
  readonly otherwise: FindingResult;
}

/** XMPP partners compare with the domains; the host name is for SIP clients. */
function wantedNames({ sipDomains, gateway }: Configuration): readonly WantedName[] {
  const domains = Object.values(sipDomains).map(({ identity }) => ({
    domain: identity,
    otherwise: 'Failure' as const,
  }));
  const edge = parseDomainName(gateway.accessEdgeFqdn ?? '');
  const isExtra = edge.ok && !domains.some(({ domain }) => domain === edge.value);
  return isExtra ? [...domains, { domain: edge.value, otherwise: 'Warning' as const }] : domains;
}

function nameFindings({ usage, chain }: Examined, around: Surroundings): readonly CertificateFinding[] {
  const names = chain[0]?.extensions.subjectAlternativeNames ?? [];
  const all = wantedNames(around.configuration);
  const missing = all.filter(({ domain }) => !names.some((name) => nameCoverage(name, domain).covered));
  const fix = `xgw request-certificate -New -Type ${usage} -Output edge.csr -DomainName ${missing.map(({ domain }) => domain).join(',')}`;
  return all.flatMap((wanted) => {
    const other = missing.includes(wanted) ? around.alsoNamedBy?.(wanted.domain, usage) : undefined;
    const isMissing = missing.includes(wanted) && other === undefined;
    return rowsOf(wanted, names).map(({ Detail, ...row }) => ({
      Type: usage,
      Domain: wanted.domain,
      ...row,
      Result: isMissing ? wanted.otherwise : 'Success',
      Detail: other === undefined ? Detail : `${Detail}; streams of ${wanted.domain} are shown that of ${other}`,
      Fix: isMissing ? fix : null,
    }));
  });
}

/** XMPP partners of these domains would find another name than theirs. */
export const domainsWithoutName = (certificate: Certificate, { sipDomains }: Configuration): readonly DomainName[] =>
  Object.values(sipDomains).flatMap(({ identity }) => {
    const names = certificate.extensions.subjectAlternativeNames;
    return names.some((name) => nameCoverage(name, identity).covered) ? [] : [identity];
  });

type NameRow = Pick<CertificateFinding, 'Name' | 'Covered' | 'Detail'>;

function rowsOf({ domain }: WantedName, names: readonly GeneralName[]): readonly NameRow[] {
  if (names.length === 0)
    return [{ Name: null, Covered: false, Detail: 'the certificate has no names; the common name does not count' }];
  return names.map((name) => {
    const { covered, detail } = nameCoverage(name, domain);
    return { Name: printGeneralName(name), Covered: covered, Detail: detail };
  });
}
