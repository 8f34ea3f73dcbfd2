/** Certificates that nothing needs any more: they serve nothing, are not planned, and are not the one before of anything. */
import { withDueAssignments } from '../../config/certificate-assignment.ts';
import type { CertificateRecord, Configuration } from '../../config/configuration.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { isKeyInUse } from './certificate-requests.ts';
import { selectCertificates } from './certificates.ts';

/** @param thumbprint - Or a pattern; undefined: all. @throws CodedError `ObjectNotFound` when none is out of use */
export function unusedCertificates(
  configuration: Configuration,
  thumbprint: string | undefined,
  now: Date,
): readonly CertificateRecord[] {
  const found = selectCertificates(withDueAssignments(configuration, now), thumbprint).filter(
    ({ assignedTo, planned, previousFor = [] }) =>
      assignedTo.length === 0 && planned === undefined && previousFor.length === 0,
  );
  if (found.length > 0) return found;
  throw new CodedError('ObjectNotFound', 'No certificate is out of use.', {
    reason: 'each serves something, will serve something, or is remembered as the one before',
    fix: ['xgw get-certificate', 'xgw remove-certificate -Type ExternalEdge -Previous'],
    target: thumbprint,
  });
}

/** Pure. */
export function withoutUnused(configuration: Configuration, thumbprint: string | undefined, now: Date): Configuration {
  const gone = new Set(unusedCertificates(configuration, thumbprint, now).map((record) => record.thumbprint));
  const kept = Object.entries(configuration.certificates).filter(([name]) => !gone.has(name));
  return { ...configuration, certificates: Object.fromEntries(kept) };
}

/** Their files go to the trash folder; a key that something else needs stays. @param after - Without them. */
export function discardFiles(gone: readonly CertificateRecord[], after: Configuration, keys: KeyStore): void {
  for (const { thumbprint, publicKeySha256 } of gone) {
    keys.discardChain(thumbprint);
    if (!isKeyInUse(after, publicKeySha256)) keys.discardKey(publicKeySha256);
  }
}
