/**
 * The facts of an X.509 certificate (RFC 5280 §4.1), read by our own strict DER reader; node:crypto only does the mathematics.
 * Refuses what is not version 1 or 3, whose two algorithm fields differ, or that either reader cannot take.
 */
import { createHash, X509Certificate } from 'node:crypto';

import { memoized } from '../primitives/memoized.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import { type Extensions, readExtensions } from './certificate-extensions.ts';
import { type DerElement, derTag, readDer } from './der.ts';
import { childrenOf, complete, readInteger, readSmallInteger, readTime } from './der-values.ts';
import { type DistinguishedName, isSameName, readDistinguishedName } from './distinguished-name.ts';

export interface Certificate {
  readonly der: Buffer;
  /** For checkIssued, verify and the public key. Names and extensions are read from the DER, never from its texts. */
  readonly x509: X509Certificate;
  /** Hexadecimal contents octets, a leading 00 included. */
  readonly serialNumber: string;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly isSelfIssued: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: DerElement;
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly publicKeySha256: Buffer;
  readonly extensions: Extensions;
}

/**
 * The servers of a partner show the same certificates with each stream: what was read lately is not read again. Bounds: two
 * hundred of them, of at most 8 KiB. @returns The certificate, or one sentence that says why it cannot be read.
 */
export const readCertificate = (der: Buffer): Result<Certificate, string> => readLatin1(der.toString('latin1'));

const readLatin1 = memoized((text) => readBytes(Buffer.from(text, 'latin1')), { remembered: 200, characters: 8_192 });

function readBytes(der: Buffer): Result<Certificate, string> {
  const top = readDer(der);
  if (!top.ok) return top;
  const [tbs, algorithm, signature] = childrenOf(top.value, derTag.sequence) ?? [];
  const fields = tbs && readFields(tbs);
  if (fields === undefined || algorithm === undefined || signature?.tag !== derTag.bitString)
    return refuse('The DER is not a certificate.');
  if (!fields.algorithm.raw.equals(algorithm.raw)) return refuse('The two signature algorithm fields differ.');
  const extensions = readExtensions(fields.extensions);
  if (!extensions.ok) return extensions;
  const x509 = parseX509(der);
  if (x509 === undefined) return refuse('The certificate or its public key cannot be used.');
  return ok({
    der,
    x509,
    serialNumber: fields.serialNumber.toString('hex'),
    issuer: fields.issuer,
    subject: fields.subject,
    isSelfIssued: isSameName(fields.issuer, fields.subject),
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    signatureAlgorithm: algorithm,
    publicKeySha256: createHash('sha256').update(fields.spki.raw).digest(),
    extensions: extensions.value,
  });
}

interface Fields {
  readonly serialNumber: Buffer;
  readonly algorithm: DerElement;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: DistinguishedName;
  readonly spki: DerElement;
  readonly extensions: readonly DerElement[];
}

const versionTag = 0xa0;
const extensionsTag = 0xa3;

function readFields(tbs: DerElement): Fields | undefined {
  const parts = childrenOf(tbs, derTag.sequence) ?? [];
  const isVersioned = parts[0]?.tag === versionTag;
  // Version 2 has never been in use; 2 on the wire is version 3.
  if (isVersioned && readSmallInteger(parts[0]?.children[0]) !== 2) return undefined;
  const [serial, algorithm, issuer, validity, subject, spki, ...rest] = parts.slice(isVersioned ? 1 : 0);
  const [notBefore, notAfter] = (childrenOf(validity, derTag.sequence) ?? []).map(readTime);
  return complete<Fields>({
    serialNumber: readInteger(serial),
    algorithm: ofTag(algorithm, derTag.sequence),
    issuer: readDistinguishedName(issuer),
    notBefore,
    notAfter,
    subject: readDistinguishedName(subject),
    spki: ofTag(spki, derTag.sequence),
    extensions: readExtensionList(rest, isVersioned),
  });
}

const ofTag = (element: DerElement | undefined, tag: number): DerElement | undefined =>
  element?.tag === tag ? element : undefined;

function readExtensionList(rest: readonly DerElement[], isVersioned: boolean): readonly DerElement[] | undefined {
  // Unique identifiers ([1], [2]) are skipped; nothing uses them.
  const last = rest.filter((part) => part.tag !== 0x81 && part.tag !== 0x82);
  if (last.length === 0) return [];
  const [explicit] = last;
  if (!isVersioned || last.length > 1 || explicit?.tag !== extensionsTag) return undefined;
  return childrenOf(explicit.children[0], derTag.sequence);
}

function parseX509(der: Buffer): X509Certificate | undefined {
  try {
    const x509 = new X509Certificate(der);
    // Asking for the key is what makes OpenSSL read it.
    return x509.publicKey.type === 'public' ? x509 : undefined;
  } catch {
    return undefined;
  }
}
