/**
 * A certificate authority for labs and demonstrations, kept beside the keys of one store. It certifies what it is asked to,
 * so its name says what it is, and nobody else trusts it unless they import its root.
 */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';

import { type Certificate, readCertificate } from './certificate.ts';
import type { CertificatePlan } from './certificate-profile.ts';
import {
  keyIdentifier,
  signatureAlgorithm,
  writeExtension,
  writeName,
  writePlannedExtensions,
  writeSigned,
} from './certificate-writer.ts';
import {
  boolean,
  type DerNode,
  existingDer,
  explicit,
  implicit,
  integer,
  keyUsageBitString,
  octetString,
  sequence,
  smallInteger,
  time,
} from './der-writer.ts';
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
/** Milliseconds. Clocks of lab machines differ. */
const backdating = 3_600_000;

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
  const der = write({ issuer: subject, subject, spki: key.spki, extensions, now, lifetime: rootLifetime }, key);
  return { key, certificate: reread(der) };
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
  return reread(
    write({ issuer, subject: writeName(plan.subject), spki, extensions, now, lifetime: leafLifetime }, ca.key),
  );
}

interface Contents {
  readonly issuer: DerNode;
  readonly subject: DerNode;
  readonly spki: Buffer;
  readonly extensions: readonly DerNode[];
  readonly now: Date;
  readonly lifetime: number;
}

function write({ issuer, subject, spki, extensions, now, lifetime }: Contents, signer: KeyPair): Buffer {
  const start = new Date(now.getTime() - backdating);
  const toBeSigned = sequence(
    explicit(0, smallInteger(2)),
    integer(serialNumber()),
    signatureAlgorithm(signer.privateKey),
    issuer,
    sequence(time(start), time(new Date(now.getTime() + lifetime))),
    subject,
    existingDer(spki),
    explicit(3, sequence(...extensions)),
  );
  return writeSigned(toBeSigned, signer);
}

/** 126 random bits, positive and without a leading zero octet. [RFC 5280 §4.1.2.2] */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes;
}

function reread(der: Buffer): Certificate {
  const read = readCertificate(der);
  assert(read.ok, `the certificate does not read back: ${read.ok ? '' : read.error}`);
  return read.value;
}
