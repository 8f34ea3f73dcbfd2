/** The certificates of the store: found, kept, assigned, read with their chains. Every function of a configuration is pure. */
import { createHash } from 'node:crypto';

import { type Certificate, readCertificate } from '../../certificates/certificate.ts';
import { problemOfLeaf } from '../../certificates/path-rules.ts';
import { withAssignment, withDueAssignments, withPlan } from '../../config/certificate-assignment.ts';
import type { CertificateRecord, CertificateUsage, Configuration } from '../../config/configuration.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { isPattern, wildcard } from '../wildcard.ts';

export interface CertificateToKeep {
  readonly record: CertificateRecord;
  readonly certificate: Certificate;
}

/** SHA-1 of the DER in upper-case hexadecimal, as Windows names certificates. It finds them; it protects nothing. */
export const thumbprintOf = (certificate: Certificate): string =>
  createHash('sha1').update(certificate.der).digest('hex').toUpperCase();

/** Windows shows thumbprints with spaces, openssl with colons. */
const normalThumbprint = (text: string): string => text.replaceAll(/[\s:\u200e]/g, '').toUpperCase();

/** @throws CodedError `ObjectNotFound` for a thumbprint, never for a pattern */
export function selectCertificates(
  { certificates }: Configuration,
  thumbprint: string | undefined,
): readonly CertificateRecord[] {
  const all = Object.values(certificates);
  if (thumbprint === undefined) return all;
  const wanted = normalThumbprint(thumbprint);
  const found = all.filter((record) => wildcard(wanted)(record.thumbprint));
  if (found.length > 0 || isPattern(wanted)) return found;
  throw new CodedError('ObjectNotFound', `there is no certificate ${wanted} in the store.`, {
    reason: `there are ${all.length} of other thumbprints`,
    fix: 'xgw get-certificate',
    target: wanted,
  });
}

/** Adds or replaces a certificate. Its assignments and those of the others stay. */
export function withCertificate(configuration: Configuration, record: CertificateRecord): Configuration {
  const { assignedTo, planned, previousFor } = configuration.certificates[record.thumbprint] ?? record;
  const assignments = { assignedTo, ...(planned && { planned }), ...(previousFor && { previousFor }) };
  const { planned: _, previousFor: __, ...rest } = record;
  const kept = { ...rest, ...assignments };
  return { ...configuration, certificates: { ...configuration.certificates, [record.thumbprint]: kept } };
}

export interface AssignmentTime {
  readonly now: Date;
  /** When it takes over; undefined, or past: at once. */
  readonly from?: Date | undefined;
}

/**
 * A usage has one certificate: assigning it takes it away from the one before, now or at a time.
 *
 * @param when - Left out: at once, whatever has come due meanwhile.
 * @throws CodedError `ObjectNotFound`
 */
export function assignCertificate(
  configuration: Configuration,
  thumbprint: string,
  usages: readonly CertificateUsage[],
  when?: AssignmentTime,
): Configuration {
  const [chosen] = selectCertificates(configuration, thumbprint);
  const name = chosen?.thumbprint ?? thumbprint;
  const current = when === undefined ? configuration : withDueAssignments(configuration, when.now);
  if (when?.from !== undefined && when.from > when.now) return withPlan(current, name, { usages, from: when.from });
  return withAssignment(current, name, usages);
}

/** Why a certificate cannot serve TLS at that time, one clause, or undefined. */
export const unsuitability = (certificate: Certificate, at: Date): string | undefined =>
  certificate.extensions.basicConstraints?.isCa === true
    ? 'it is the certificate of an authority'
    : problemOfLeaf(certificate, at)?.detail;

/** @param from - When it is to take over; undefined, or past: at once. @throws CodedError `CertificateUnsuitable` */
export function refuseUnsuitable(certificate: Certificate, now: Date, from = now): void {
  const isLater = from > now;
  const reason = unsuitability(certificate, isLater ? from : now);
  if (reason === undefined) return;
  const when = isLater ? ` from ${from.toISOString()} on` : '';
  throw new CodedError(
    'CertificateUnsuitable',
    `The certificate ${thumbprintOf(certificate)} cannot be assigned${when}.`,
    {
      reason,
      fix: ['xgw request-certificate -New -Type ExternalEdge -Output edge.csr', 'xgw get-certificate'],
      target: thumbprintOf(certificate),
    },
  );
}

/** The chain of a certificate on disk, leaf first. @throws CodedError `CertificateMissing` when its file is gone */
export function chainOf(record: CertificateRecord, keys: KeyStore): readonly Certificate[] {
  const chain = (keys.readChain(record.thumbprint) ?? []).map(readCertificate);
  const readable = chain.flatMap((read) => (read.ok ? [read.value] : []));
  if (readable.length > 0 && readable.length === chain.length) return readable;
  throw new CodedError('CertificateMissing', `The file of certificate ${record.thumbprint} is gone or damaged.`, {
    reason: `${record.thumbprint}.chain.pem belongs in ${keys.folder}; importing the certificate again restores it`,
    fix: 'xgw import-certificate edge.pem',
    target: record.thumbprint,
  });
}

export interface ReadChain {
  /** Leaf first; empty when the file cannot be used. */
  readonly chain: readonly Certificate[];
  /** Why it cannot be used. */
  readonly problem?: CodedError;
}

/** As `chainOf`, for those who look at several: one unusable file is a fact about one certificate. */
export function readChainOf(record: CertificateRecord, keys: KeyStore): ReadChain {
  try {
    return { chain: chainOf(record, keys) };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { chain: [], problem: error };
  }
}
