/** The frame of a certificate of ours: version, serial number, validity, signature. [RFC 5280 §4.1] */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';

import { type Certificate, readCertificate } from './certificate.ts';
import { signatureAlgorithm, writeSigned } from './certificate-writer.ts';
import { type DerNode, existingDer, explicit, integer, sequence, smallInteger, time } from './der-writer.ts';
import type { KeyPair } from './key-pair.ts';

/** Milliseconds. Clocks of machines differ. */
const backdating = 3_600_000;

export interface CertificateContents {
  readonly issuer: DerNode;
  readonly subject: DerNode;
  readonly spki: Buffer;
  readonly extensions: readonly DerNode[];
  readonly now: Date;
  /** Milliseconds from now on. */
  readonly lifetime: number;
}

/** Valid from an hour ago on. What was written is read again before it is given away. */
export function issueCertificate(contents: CertificateContents, signer: KeyPair): Certificate {
  const { issuer, subject, spki, extensions, now, lifetime } = contents;
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
  const read = readCertificate(writeSigned(toBeSigned, signer));
  assert(read.ok, `the certificate does not read back: ${read.ok ? '' : read.error}`);
  return read.value;
}

/** 126 random bits, positive and without a leading zero octet. [RFC 5280 §4.1.2.2] */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes;
}
