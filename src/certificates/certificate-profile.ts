/** What a certificate for TLS servers must permit, by the kind of its key. [RFC 5280 §4.2.1.3, §4.2.1.12] */
import type { KeyAlgorithm } from './key-pair.ts';
import { type KeyUsage, oid } from './object-identifiers.ts';
import type { Subject } from './subject.ts';
import type { PlannedName } from './subject-alternative-name.ts';

export interface CertificateProfile {
  readonly keyUsage: readonly KeyUsage[];
  /** Object identifiers. */
  readonly extendedKeyUsage: readonly string[];
}

/** Everything a request asks for, before there is a key. */
export interface CertificatePlan extends CertificateProfile {
  readonly subject: Subject;
  readonly names: readonly PlannedName[];
  /** Name of a version 1 template of Windows authorities; undefined: the extension is left out. */
  readonly template: string | undefined;
}

/** @param clientEku - Also ask for clientAuth, which public authorities have stopped issuing. */
export function serverProfile(algorithm: KeyAlgorithm, clientEku: boolean): CertificateProfile {
  return {
    // RSA keys also transport keys in TLS 1.2; EC keys only sign.
    keyUsage: algorithm === 'RSA' ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature'],
    extendedKeyUsage: clientEku ? [oid.serverAuth, oid.clientAuth] : [oid.serverAuth],
  };
}
