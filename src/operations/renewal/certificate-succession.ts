/** The certificate that takes the place of another in the configuration: what it inherits, and from when on it serves. Pure. */
import { withAssignment, withDueAssignments, withPlan } from '../../config/certificate-assignment.ts';
import type { CertificateRecord, Configuration } from '../../config/configuration.ts';
import { withCertificate } from '../certificates/certificates.ts';

export interface Succession {
  /** Thumbprint of the one before. */
  readonly before: string;
  readonly successor: CertificateRecord;
  /** When the successor begins to be valid. */
  readonly notBefore: Date;
  readonly now: Date;
}

/**
 * What the one before serves, the successor serves from its first moment on; what was planned for it is planned for the
 * successor; it is renewed instead of the one before, which stays in the store as the previous one.
 */
export function withSuccessor(
  configuration: Configuration,
  { before, successor, notBefore, now }: Succession,
): Configuration {
  const current = withDueAssignments(configuration, now);
  const old = current.certificates[before];
  if (old === undefined) return configuration;
  const { renewal, ...rest } = old;
  const record = { ...successor, friendlyName: old.friendlyName, ...(renewal && { renewal }) };
  const certificates = { ...current.certificates, [before]: rest };
  const added = withCertificate({ ...current, certificates }, record);
  const { thumbprint } = successor;
  const usages = old.assignedTo;
  const isLater = notBefore > now;
  const serving =
    usages.length === 0
      ? added
      : isLater
        ? withPlan(added, thumbprint, { usages, from: notBefore })
        : withAssignment(added, thumbprint, usages);
  if (old.planned === undefined || isLater) return serving;
  return withPlan(serving, thumbprint, { usages: old.planned.usages, from: new Date(old.planned.from) });
}
