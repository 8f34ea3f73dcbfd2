/** Reads what test-certificateconfiguration looks at: the assigned certificates with their files, and what the gateway shows. */
import { certificateInForce } from '../../config/certificate-assignment.ts';
import { type CertificateUsage, type Configuration, certificateUsages } from '../../config/configuration.ts';
import { isCodedError } from '../../primitives/errors.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { servedCertificateOf } from '../service/service-state.ts';
import type { CertificateFinding, Examined, Surroundings } from './certificate-finding.ts';
import { certificateFindings, nothingAssigned } from './certificate-findings.ts';
import { chainOf, readChainOf } from './certificates.ts';
import { ownTrustAnchors } from './own-anchors.ts';
import { namesDomain, usagesFor } from './shown-certificates.ts';

export interface Examination {
  /** Undefined: all that a certificate is assigned to, and ExternalEdge when nothing is. */
  readonly usages: readonly CertificateUsage[] | undefined;
  readonly storeFolder: string;
  readonly now: Date;
  readonly failsWithinDays?: number | undefined;
}

export async function examineCertificates(
  configuration: Configuration,
  keys: KeyStore,
  { usages, storeFolder, now, failsWithinDays }: Examination,
): Promise<readonly CertificateFinding[]> {
  const trusted = ownTrustAnchors(configuration);
  const inForce = (usage: CertificateUsage) => certificateInForce(configuration, usage, now);
  const names = (usage: CertificateUsage, domain: string): boolean => {
    const record = inForce(usage);
    const leaf = record === undefined ? undefined : readChainOf(record, keys).chain[0];
    return leaf !== undefined && namesDomain(leaf, domain);
  };
  const around: Surroundings = {
    configuration,
    anchors: trusted.ders,
    anchorSources: trusted.sources,
    now,
    failsWithinDays,
    alsoNamedBy: (domain, besides) =>
      usagesFor.partners.find((usage) => usage !== besides && besides !== 'InternalEdge' && names(usage, domain)),
    served: (await servedCertificateOf(storeFolder))?.thumbprint,
  };
  const assigned = certificateUsages.filter((usage) => inForce(usage) !== undefined);
  const wanted = usages ?? (assigned.length === 0 ? (['ExternalEdge'] as const) : assigned);
  return wanted.flatMap((usage) => {
    const record = inForce(usage);
    if (record === undefined) return [nothingAssigned(usage)];
    return certificateFindings(examinedFiles(usage, record, keys), around);
  });
}

/** The certificate with its files as they are; what cannot be read is among its problems. */
export function examinedFiles(usage: CertificateUsage, record: Examined['record'], keys: KeyStore): Examined {
  const problems: string[] = [];
  let isKeyLocked = false;
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!isCodedError(error)) throw error;
      if (error.id === 'PasswordMissing') isKeyLocked = true;
      else problems.push(error.reason === undefined ? error.message : `${error.message} ${error.reason}`);
      return undefined;
    }
  };
  const chain = attempt(() => chainOf(record, keys)) ?? [];
  const keySha256 = attempt(() => keys.readKey(record.publicKeySha256))?.publicKeySha256;
  return { usage, record, chain, keySha256, isKeyLocked, problems };
}
