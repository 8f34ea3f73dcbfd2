/** What every certificate of a complete path must satisfy, and the reason when one does not. [RFC 5280 §6.1, §4.2.1.9-12] */
import type { DomainName } from '../primitives/domain-name.ts';
import type { Certificate } from './certificate.ts';
import { printDistinguishedName } from './distinguished-name.ts';
import type { GeneralName } from './general-name.ts';
import { weaknessOfKey, weaknessOfSignature } from './key-strength.ts';
import { constrainedNames, violation } from './name-constraints.ts';
import { oid, purposeName } from './object-identifiers.ts';

export type PathRefusal =
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-purpose'
  | 'weak-key'
  | 'not-a-ca'
  | 'path-length'
  | 'name-constraint'
  | 'unknown-critical';

export interface PathProblem {
  readonly reason: PathRefusal;
  readonly detail: string;
}

export interface PathQuestion {
  /** Leaf first, anchor last. */
  readonly path: readonly Certificate[];
  readonly now: Date;
  /** The domain the leaf claims, perhaps by a wildcard; undefined when no name in it matches. */
  readonly claimed: DomainName | undefined;
}

/** The first rule the path breaks, anchor first: what an authority did wrong comes before what its customer did. */
export function problemOfPath({ path, now, claimed }: PathQuestion): PathProblem | undefined {
  const last = path.length - 1;
  for (let index = last; index >= 0; index -= 1) {
    const certificate = path[index];
    if (certificate === undefined) continue;
    const below = path.slice(0, index);
    const problem =
      problemOfDates(certificate, now) ??
      (index > 0 ? problemOfAuthority(certificate, below) : problemOfLeafUsage(certificate)) ??
      problemOfPurpose(certificate) ??
      problemOfCritical(certificate) ??
      problemOfStrength(certificate, index === last) ??
      problemOfNames(certificate, below, claimed);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const named = (certificate: Certificate): string => `"${printDistinguishedName(certificate.subject)}"`;

/** @returns The problem of a certificate at a point in time. */
export function problemOfDates(certificate: Certificate, now: Date): PathProblem | undefined {
  const { notBefore, notAfter } = certificate;
  if (now > notAfter) return { reason: 'expired', detail: `${named(certificate)} expired ${notAfter.toISOString()}` };
  if (now < notBefore)
    return { reason: 'not-yet-valid', detail: `${named(certificate)} is valid from ${notBefore.toISOString()}` };
  return undefined;
}

function problemOfAuthority(authority: Certificate, below: readonly Certificate[]): PathProblem | undefined {
  const { basicConstraints, keyUsage } = authority.extensions;
  const who = named(authority);
  if (basicConstraints?.isCa !== true)
    return { reason: 'not-a-ca', detail: `${who} is not the certificate of an authority` };
  if (keyUsage?.has('keyCertSign') === false) return { reason: 'not-a-ca', detail: `${who} may not sign certificates` };
  // Self-issued certificates do not count, the leaf never does. [RFC 5280 §6.1.4 (l)]
  const between = below.slice(1).filter((certificate) => !certificate.isSelfIssued).length;
  if (between > (basicConstraints.pathLength ?? Number.POSITIVE_INFINITY))
    return {
      reason: 'path-length',
      detail: `${who} allows ${basicConstraints.pathLength} authorities below, ${between} are there`,
    };
  return undefined;
}

/**
 * Whether a certificate may show a server, by itself: its time, its purpose, what it demands, its strength. Whose it is, and who
 * has signed it, is not asked.
 */
export const problemOfLeaf = (leaf: Certificate, now: Date): PathProblem | undefined =>
  problemOfDates(leaf, now) ?? problemOfUse(leaf) ?? problemOfCritical(leaf) ?? problemOfStrength(leaf, false);

/** What its key and what the certificate are for. */
export const problemOfUse = (leaf: Certificate): PathProblem | undefined =>
  problemOfLeafUsage(leaf) ?? problemOfPurpose(leaf);

/** A key for TLS servers signs, or encrypts or agrees on keys. */
function problemOfLeafUsage(leaf: Certificate): PathProblem | undefined {
  const usage = leaf.extensions.keyUsage;
  const isForTls =
    usage === undefined ||
    (['digitalSignature', 'keyEncipherment', 'keyAgreement'] as const).some((one) => usage.has(one));
  return isForTls
    ? undefined
    : { reason: 'wrong-purpose', detail: `the key usage of ${named(leaf)} does not include TLS` };
}

/**
 * serverAuth in both directions: an XMPP server is a server when it calls, too, and public authorities issue nothing else.
 * anyExtendedKeyUsage does not replace it. [RFC 6120 §13.7.1, RFC 5280 §4.2.1.12]
 */
function problemOfPurpose(certificate: Certificate): PathProblem | undefined {
  const purposes = certificate.extensions.extendedKeyUsage;
  if (purposes === undefined || purposes.includes(oid.serverAuth)) return undefined;
  const list = purposes.map(purposeName).join(', ');
  return { reason: 'wrong-purpose', detail: `${named(certificate)} is for ${list}, not for serverAuth` };
}

function problemOfCritical(certificate: Certificate): PathProblem | undefined {
  const { unknownCritical } = certificate.extensions;
  if (unknownCritical.length === 0) return undefined;
  const detail = `${named(certificate)} has the critical extension ${unknownCritical.join(', ')}, which is unknown here`;
  return { reason: 'unknown-critical', detail };
}

export function problemOfStrength(certificate: Certificate, isAnchor: boolean): PathProblem | undefined {
  // Nobody relies on an anchor's own signature: it is trusted because it is in the list.
  const weakness =
    weaknessOfKey(certificate.x509.publicKey) ??
    (isAnchor ? undefined : weaknessOfSignature(certificate.signatureAlgorithm));
  return weakness === undefined ? undefined : { reason: 'weak-key', detail: `${named(certificate)}: ${weakness}` };
}

/** The constraints of one authority on everything below it, and on the domain itself, which a wildcard would hide. */
function problemOfNames(
  authority: Certificate,
  below: readonly Certificate[],
  claimed: DomainName | undefined,
): PathProblem | undefined {
  const constraints = authority.extensions.nameConstraints;
  if (constraints === undefined || below.length === 0) return undefined;
  const reference: readonly GeneralName[] = claimed === undefined ? [] : [{ kind: 'dns', name: claimed }];
  const names = below.flatMap((certificate, index) => {
    if (certificate.isSelfIssued && index > 0) return [];
    return constrainedNames(certificate.subject, certificate.extensions.subjectAlternativeNames);
  });
  const problem = violation(constraints, [...names, ...reference]);
  return problem === undefined ? undefined : { reason: 'name-constraint', detail: `${named(authority)}: ${problem}` };
}
