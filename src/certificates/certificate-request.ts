/** Reads a PKCS#10 request (RFC 2986) with our own reader: ours before it is handed out, and anybody's to show it. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';

import { ok, type Result, refuse } from '../primitives/result.ts';
import { type Extensions, readExtensions } from './certificate-extensions.ts';
import { type DerElement, derTag, readDer } from './der.ts';
import { childrenOf, complete, readBitStringOctets, readOid, readSmallInteger } from './der-values.ts';
import { type DistinguishedName, readDistinguishedName } from './distinguished-name.ts';
import { oid } from './object-identifiers.ts';
import { readPem } from './pem.ts';

export interface CertificateRequest {
  readonly der: Buffer;
  readonly subject: DistinguishedName;
  readonly spki: Buffer;
  readonly publicKey: KeyObject;
  readonly extensions: Extensions;
  /** Object identifier. */
  readonly signatureAlgorithm: string;
  /** Whether the request was signed with the key it asks for. */
  readonly isSignatureValid: boolean;
}

interface Parts {
  readonly subject: DistinguishedName;
  readonly spki: DerElement;
  readonly attributes: readonly DerElement[];
  readonly algorithm: string;
  readonly signature: Buffer;
}

/** @returns The request, or one sentence that says why it cannot be read. A wrong signature is told, not refused. */
export function readCertificateRequest(der: Buffer): Result<CertificateRequest, string> {
  const top = readDer(der);
  if (!top.ok) return top;
  const [info] = childrenOf(top.value, derTag.sequence) ?? [];
  const parts = readParts(top.value);
  if (parts === undefined || info === undefined) return refuse('The DER is not a certificate request.');
  const extensions = readExtensions(requestedExtensions(parts.attributes));
  if (!extensions.ok) return extensions;
  const publicKey = readPublicKey(parts.spki.raw);
  if (publicKey === undefined) return refuse('The public key of the request cannot be used.');
  return ok({
    der,
    subject: parts.subject,
    spki: parts.spki.raw,
    publicKey,
    extensions: extensions.value,
    signatureAlgorithm: parts.algorithm,
    isSignatureValid: isSigned(info.raw, parts, publicKey),
  });
}

function readParts(top: DerElement): Parts | undefined {
  const [info, algorithm, signature, ...rest] = childrenOf(top, derTag.sequence) ?? [];
  const [version, subject, spki, attributes] = childrenOf(info, derTag.sequence) ?? [];
  if (rest.length > 0 || readSmallInteger(version) !== 0 || spki?.tag !== derTag.sequence) return undefined;
  return complete<Parts>({
    subject: readDistinguishedName(subject),
    spki,
    // Some tools leave the empty list of attributes out.
    attributes: attributes === undefined ? [] : childrenOf(attributes, 0xa0),
    algorithm: readSignatureAlgorithm(algorithm),
    signature: readBitStringOctets(signature),
  });
}

/** The OID; RSA has NULL parameters or none, ECDSA none, and nothing else stands there [RFC 4055 §5, RFC 5758 §3.2]. */
function readSignatureAlgorithm(algorithm: DerElement | undefined): string | undefined {
  const [type, parameters, ...rest] = childrenOf(algorithm, derTag.sequence) ?? [];
  const name = readOid(type);
  const isNull = parameters === undefined || parameters.raw.equals(derNull);
  const isEcdsa = name !== undefined && ecdsa.includes(name);
  return rest.length === 0 && isNull && !(isEcdsa && parameters !== undefined) ? name : undefined;
}

const derNull = Buffer.from([0x05, 0x00]);
const ecdsa: readonly string[] = [oid.ecdsaWithSha256, oid.ecdsaWithSha384, oid.ecdsaWithSha512];

/** PKCS#9 extensionRequest, or the older Microsoft attribute of the same shape. */
function requestedExtensions(attributes: readonly DerElement[]): readonly DerElement[] {
  const types: readonly (string | undefined)[] = [oid.extensionRequest, oid.microsoftExtensionRequest];
  const found = attributes.find((attribute) => types.includes(readOid(attribute.children[0])));
  return childrenOf(childrenOf(found?.children[1], derTag.set)?.[0], derTag.sequence) ?? [];
}

function readPublicKey(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

const hashes = new Map<string, string>([
  [oid.sha256WithRsa, 'sha256'],
  [oid.sha384WithRsa, 'sha384'],
  [oid.sha512WithRsa, 'sha512'],
  [oid.ecdsaWithSha256, 'sha256'],
  [oid.ecdsaWithSha384, 'sha384'],
  [oid.ecdsaWithSha512, 'sha512'],
]);

function isSigned(info: Buffer, { algorithm, signature }: Parts, key: KeyObject): boolean {
  const hash = hashes.get(algorithm);
  return hash !== undefined && verify(hash, info, key, signature);
}

/** A request file: PEM with either label, base64 without armour, or DER. */
export function readCertificateRequestFile(bytes: Buffer): Result<CertificateRequest, string> {
  if (bytes[0] === derTag.sequence) return readCertificateRequest(bytes);
  const text = bytes.toString('latin1');
  const blocks = readPem(text);
  if (!blocks.ok) return blocks;
  const request = blocks.value.find((block) => block.label.endsWith('CERTIFICATE REQUEST'));
  return readCertificateRequest(request?.der ?? Buffer.from(text, 'base64'));
}
