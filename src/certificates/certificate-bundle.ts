/**
 * What an authority or an administrator hands over, told apart by its content: PEM with certificates and keys in any order,
 * a certificate in DER, a certs-only PKCS#7 (RFC 5652 §5) in DER or PEM, base64 without armour; UTF-16 as Windows writes it.
 */
import { ok, type Result, refuse } from '../primitives/result.ts';
import { Secret } from '../primitives/secret.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { derTag, readDer } from './der.ts';
import { childrenOf, readOid, readSmallInteger } from './der-values.ts';
import { type KeyPair, readPrivateKey } from './key-pair.ts';
import { type PemBlock, printPem, readBase64, readPem } from './pem.ts';

export interface CertificateBundle {
  /** Without duplicates, in file order. */
  readonly certificates: readonly Certificate[];
  readonly keys: readonly KeyPair[];
}

/** Bytes. A chain with its key has ten thousand. */
export const maxBundleBytes = 1_000_000;

/** @param passphrase - For encrypted private keys. @returns One sentence that says why the file cannot be used, otherwise. */
export function readCertificateBundle(bytes: Buffer, passphrase?: Secret): Result<CertificateBundle, string> {
  if (bytes.length > maxBundleBytes) return refuse(`The file is longer than ${maxBundleBytes} bytes.`);
  const blocks = bytes[0] === derTag.sequence ? ok([{ label: '', der: bytes }]) : blocksIn(decoded(bytes));
  if (!blocks.ok) return blocks;
  const certificates = new Map<string, Certificate>();
  const keys: KeyPair[] = [];
  for (const block of blocks.value) {
    const found = readBlock(block, passphrase);
    if (!found.ok) return found;
    for (const one of found.value.certificates) certificates.set(one.der.toString('hex'), one);
    keys.push(...found.value.keys);
  }
  return ok({ certificates: [...certificates.values()], keys });
}

/** Windows Notepad saves UTF-16 with a byte order mark. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

function blocksIn(text: string): Result<readonly PemBlock[], string> {
  const blocks = readPem(text);
  if (!blocks.ok || blocks.value.length > 0) return blocks;
  const der = readBase64(text.replaceAll(/\s/g, ''));
  return der === undefined ? refuse('The file is neither PEM nor DER nor base64.') : ok([{ label: '', der }]);
}

function readBlock({ label, der }: PemBlock, passphrase: Secret | undefined): Result<CertificateBundle, string> {
  if (label.endsWith('PRIVATE KEY')) {
    const key = readPrivateKey(new Secret(printPem(label, der)), passphrase);
    return key.ok ? ok({ certificates: [], keys: [key.value] }) : key;
  }
  if (label.endsWith('CERTIFICATE REQUEST'))
    return refuse('The file is a certificate request; the certificate is what the authority returns for it.');
  // EC PARAMETERS and the like stand before keys and are repeated inside.
  if (label !== '' && label !== 'PKCS7' && label !== 'CMS' && !label.endsWith('CERTIFICATE'))
    return ok({ certificates: [], keys: [] });
  const ders = certificatesInPkcs7(der) ?? [withoutTrustSettings(label, der)];
  const certificates: Certificate[] = [];
  for (const one of ders) {
    const read = readCertificate(one);
    if (!read.ok) return refuse(isPfx(one) ? pfxAdvice : read.error);
    certificates.push(read.value);
  }
  return ok({ certificates, keys: [] });
}

/** OpenSSL's TRUSTED CERTIFICATE has its settings after the certificate. */
function withoutTrustSettings(label: string, der: Buffer): Buffer {
  if (label !== 'TRUSTED CERTIFICATE' || der.length < 4 || der[1] !== 0x82) return der;
  return der.subarray(0, 4 + der.readUInt16BE(2));
}

const signedData = '1.2.840.113549.1.7.2';
const certificateSet = 0xa0;

/** @returns undefined for what is not PKCS#7 SignedData. */
function certificatesInPkcs7(der: Buffer): readonly Buffer[] | undefined {
  const top = readDer(der, { maxBytes: maxBundleBytes, maxDepth: 24, maxElements: 65_536 });
  if (!top.ok || readOid(top.value.children[0]) !== signedData) return undefined;
  const content = childrenOf(top.value.children[1]?.children[0], derTag.sequence) ?? [];
  const set = content.find((part) => part.tag === certificateSet);
  return set?.children.map((child) => child.raw) ?? [];
}

const pfxAdvice =
  'The file is PKCS#12 (PFX). Convert it: openssl pkcs12 -in file.pfx -out file.pem -noenc, then import file.pem.';

function isPfx(der: Buffer): boolean {
  const top = readDer(der, { maxBytes: maxBundleBytes, maxDepth: 64, maxElements: 65_536 });
  // PKCS#12 files of some tools are BER; the version 3 at their beginning is the same.
  return top.ok
    ? readSmallInteger(top.value.children[0]) === 3
    : der.subarray(0, 8).includes(Buffer.from('020103', 'hex'));
}
