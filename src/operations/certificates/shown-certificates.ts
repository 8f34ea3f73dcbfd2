/**
 * The certificates that a gateway shows, one for each usage that has one, and which of them a stream sees: the first, in the order
 * of the usages, that names the domain; where none does, the first. A bad pair of key and certificate leaves the one before.
 */
import type { Certificate } from '../../certificates/certificate.ts';
import { nameCoverage } from '../../certificates/name-coverage.ts';
import { certificateInForce } from '../../config/certificate-assignment.ts';
import type { CertificateUsage, Configuration } from '../../config/configuration.ts';
import type { ServedCertificate } from '../../gateway/gateway-ports.ts';
import { type DomainName, parseDomainName } from '../../primitives/domain-name.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { type ReadCertificate, readServedCertificate } from './served-certificate.ts';

/** The most specific first. Nobody outside sees the internal edge. */
export const usagesFor = {
  partners: ['XmppServer', 'ExternalEdge', 'Default'],
  sipClients: ['ExternalEdge', 'Default', 'XmppServer'],
  nextHop: ['InternalEdge', 'ExternalEdge', 'Default', 'XmppServer'],
} as const satisfies Readonly<Record<string, readonly CertificateUsage[]>>;

/** Where the certificate of the SIP side is looked for: clients see it too, unless every SIP domain is behind a next hop. */
export function sipUsages({ gateway, sipDomains, sipRoutes }: Configuration): readonly CertificateUsage[] {
  const domains = Object.keys(sipDomains);
  const isRouted = domains.length > 0 && domains.every((domain) => Object.hasOwn(sipRoutes, domain));
  return gateway.sipMode === 'NextHop' || isRouted ? usagesFor.nextHop : usagesFor.sipClients;
}

export interface ShownCertificates {
  /**
   * Takes over what the configuration names.
   *
   * @param attempt - Runs a reading that may throw a CodedError, and reports it.
   */
  load(configuration: Configuration, now: Date, attempt: (take: () => void) => void): void;
  /** @param domain - Undefined: the one for streams in general. */
  forPartners(domain?: string): ServedCertificate | undefined;
  forSip(): ServedCertificate | undefined;
  /** All that some stream may see. */
  all(): readonly ServedCertificate[];
  /** Domains of the configuration that no certificate names: partners refuse their streams. */
  unnamed(): readonly DomainName[];
}

export function shownCertificates(keys: KeyStore): ShownCertificates {
  const shown = new Map<CertificateUsage, ReadCertificate>();
  let domains: readonly DomainName[] = [];
  let sip: { readonly usages: readonly CertificateUsage[]; readonly host: string | undefined } | undefined;

  const inOrder = (usages: readonly CertificateUsage[]): readonly ReadCertificate[] =>
    usages.flatMap((usage) => shown.get(usage) ?? []);
  const chosen = (usages: readonly CertificateUsage[], name: string | undefined): ReadCertificate | undefined => {
    const all = inOrder(usages);
    return all.find(({ leaf }) => name !== undefined && namesDomain(leaf, name)) ?? all[0];
  };
  return {
    load(configuration, now, attempt) {
      const { accessEdgeFqdn } = configuration.gateway;
      domains = Object.values(configuration.sipDomains).map(({ identity }) => identity);
      sip = { usages: sipUsages(configuration), host: accessEdgeFqdn };
      const read = new Map<string, ReadCertificate | undefined>();
      for (const usage of new Set([...usagesFor.partners, ...sip.usages])) {
        const record = certificateInForce(configuration, usage, now);
        if (record === undefined) {
          shown.delete(usage);
          continue;
        }
        if (!read.has(record.thumbprint)) {
          read.set(record.thumbprint, undefined);
          attempt(() => read.set(record.thumbprint, readServedCertificate(record, keys)));
        }
        const next = read.get(record.thumbprint);
        if (next !== undefined) shown.set(usage, next);
      }
    },
    forPartners: (domain) => chosen(usagesFor.partners, domain)?.served,
    forSip: () => (sip === undefined ? undefined : chosen(sip.usages, sip.host)?.served),
    all: () => [...new Map([...shown.values()].map(({ served }) => [served.thumbprint, served])).values()],
    unnamed() {
      const all = inOrder(usagesFor.partners);
      return all.length === 0 ? [] : domains.filter((domain) => !all.some(({ leaf }) => namesDomain(leaf, domain)));
    },
  };
}

export function namesDomain({ extensions }: Certificate, domain: string): boolean {
  const parsed = parseDomainName(domain);
  return parsed.ok && extensions.subjectAlternativeNames.some((name) => nameCoverage(name, parsed.value).covered);
}
