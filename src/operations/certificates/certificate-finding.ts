/** One answer about a certificate, as test-certificateconfiguration gives it, and what is looked at to find it. */
import type { Certificate } from '../../certificates/certificate.ts';
import type { CertificateRecord, CertificateUsage, Configuration } from '../../config/configuration.ts';

export type FindingResult = 'Success' | 'Warning' | 'Failure';

export interface CertificateFinding {
  readonly Type: CertificateUsage;
  /** Null for what depends on no domain. */
  readonly Domain: string | null;
  /** A name of the certificate, or what was checked. */
  readonly Name: string | null;
  readonly Covered: boolean | null;
  readonly Result: FindingResult;
  readonly Detail: string;
  readonly Fix: string | null;
  readonly [property: string]: unknown;
}

export interface Examined {
  readonly usage: CertificateUsage;
  readonly record: CertificateRecord;
  /** Leaf first; empty when the file is gone. */
  readonly chain: readonly Certificate[];
  /** SHA-256 of the public half of the stored private key; undefined: there is none. */
  readonly keySha256: string | undefined;
  /** The key is encrypted, and its passphrase is with the service and not with whoever looks. */
  readonly isKeyLocked?: boolean;
  /** Why a file could not be read. */
  readonly problems: readonly string[];
}

export interface Surroundings {
  readonly configuration: Configuration;
  /** DER; the root of the local test CA is added for its own certificates. */
  readonly anchors: readonly Buffer[];
  /** Where the anchors come from, with counts; absent: it is not told. */
  readonly anchorSources?: readonly string[];
  readonly now: Date;
  /** What the running gateway shows; undefined: none runs. */
  readonly served: string | undefined;
  /** Another usage whose certificate names the domain, and so is shown in place of the one examined. */
  alsoNamedBy?(domain: string, besides: CertificateUsage): CertificateUsage | undefined;
  /** Days: what ends sooner fails. Undefined: only what has ended does. */
  readonly failsWithinDays?: number | undefined;
}
