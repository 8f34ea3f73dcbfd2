/**
 * A certificate authority for labs and demonstrations, kept beside the keys of one store. It certifies what it is asked to,
 * so its name says what it is, and nobody else trusts it unless they import its root.
 */
import { randomBytes } from 'node:crypto';

import type { Certificate } from './certificate.ts';
import type { CertificatePlan } from './certificate-profile.ts';
import { keyIdentifier, writeExtension, writeName, writePlannedExtensions } from './certificate-writer.ts';
import {
  boolean,
  existingDer,
  implicit,
  keyUsageBitString,
  octetString,
  sequence,
  smallInteger,
} from './der-writer.ts';
import { issueCertificate } from './issued-certificate.ts';
import { type KeyPair, newKeyPair } from './key-pair.ts';
import { oid } from './object-identifiers.ts';
import type { Subject } from './subject.ts';

/** Stands in the name of the authority, and so in every certificate it issues. */
export const localCaMark = 'LOCAL TEST CA';

export interface LocalCa {
  readonly key: KeyPair;
  readonly certificate: Certificate;
}

const day = 86_400_000;
/** Milliseconds. A lab outlives its machines. */
const rootLifetime = 3650 * day;
/** Milliseconds. Below the 398 days that Apple's clients accept. */
const leafLifetime = 397 * day;

/** Two authorities on one machine must not have the same name, so each has a number of its own. */
export async function newLocalCa(now: Date): Promise<LocalCa> {
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  const name: Subject = [
    { type: oid.organization, text: 'xgw' },
    { type: oid.commonName, text: `${localCaMark} ${randomBytes(4).toString('hex')}` },
  ];
  const extensions = [
    writeExtension(oid.basicConstraints, true, sequence(boolean(true), smallInteger(0))),
    writeExtension(oid.keyUsage, true, keyUsageBitString(['keyCertSign', 'cRLSign'])),
    writeExtension(oid.subjectKeyIdentifier, false, octetString(keyIdentifier(key.spki))),
  ];
  const subject = writeName(name);
  const contents = { issuer: subject, subject, spki: key.spki, extensions, now, lifetime: rootLifetime };
  return { key, certificate: issueCertificate(contents, key) };
}

/** Issues what the plan asks for. @returns The certificate. */
export function issueFromLocalCa(ca: LocalCa, plan: CertificatePlan, spki: Buffer, now: Date): Certificate {
  const authorityKey = sequence(implicit(0, keyIdentifier(ca.key.spki)));
  const extensions = [
    writeExtension(oid.basicConstraints, true, sequence()),
    ...writePlannedExtensions(plan, spki),
    writeExtension(oid.authorityKeyIdentifier, false, authorityKey),
  ];
  const issuer = existingDer(ca.certificate.subject.raw);
  const subject = writeName(plan.subject);
  return issueCertificate({ issuer, subject, spki, extensions, now, lifetime: leafLifetime }, ca.key);
}
