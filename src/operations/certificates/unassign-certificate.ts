/** Taking a certificate out of service, or forgetting which one was there before. Nothing is deleted: keys have no second copy. */
import { withDueAssignments, withoutAssignment } from '../../config/certificate-assignment.ts';
import {
  type CertificateRecord,
  type CertificateUsage,
  type Configuration,
  certificateUsages,
} from '../../config/configuration.ts';
import { CodedError } from '../../primitives/errors.ts';
import { selectCertificates } from './certificates.ts';

export interface UnassignOrder {
  /** A thumbprint or a pattern; undefined: whichever has the usages. */
  readonly thumbprint: string | undefined;
  /** Undefined: all that the certificate has. */
  readonly usages: readonly CertificateUsage[] | undefined;
  /** The memory of having been the one before, not the service. */
  readonly previous: boolean;
  readonly now: Date;
}

export interface Unassigned {
  readonly record: CertificateRecord;
  /** What it loses. */
  readonly usages: readonly CertificateUsage[];
}

/** @throws CodedError `ObjectNotFound` when nothing is assigned that the order names */
export function certificatesToUnassign(configuration: Configuration, order: UnassignOrder): readonly Unassigned[] {
  const current = withDueAssignments(configuration, order.now);
  const wanted = order.usages ?? certificateUsages;
  const found = selectCertificates(current, order.thumbprint).flatMap((record) => {
    const usages = heldBy(record, order.previous).filter((usage) => wanted.includes(usage));
    return usages.length === 0 ? [] : [{ record, usages }];
  });
  if (found.length > 0) return found;
  const what = order.previous ? 'No previous certificate is remembered' : 'No certificate is assigned';
  throw new CodedError('ObjectNotFound', `${what} for ${wanted.join(', ')}.`, {
    reason: order.thumbprint === undefined ? undefined : `${order.thumbprint} serves none of them`,
    fix: 'xgw get-certificate',
    target: order.thumbprint ?? wanted[0],
  });
}

const heldBy = ({ assignedTo, planned, previousFor }: CertificateRecord, previous: boolean): CertificateUsage[] =>
  previous ? [...(previousFor ?? [])] : [...new Set([...assignedTo, ...(planned?.usages ?? [])])];

/** Pure. @throws CodedError `ObjectNotFound` */
export function unassignCertificates(configuration: Configuration, order: UnassignOrder): Configuration {
  const what = order.previous ? 'previous' : 'service';
  return certificatesToUnassign(configuration, order).reduce(
    (current, { record, usages }) => withoutAssignment(current, { thumbprint: record.thumbprint, usages, what }),
    withDueAssignments(configuration, order.now),
  );
}
