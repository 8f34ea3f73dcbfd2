/**
 * What an authority or an administrator hands over, told apart by its content and never by its name: PEM with certificates and
 * keys in any order, PKCS#7 (RFC 5652 §5) and PKCS#12 (RFC 7292) in DER, BER or PEM, single certificates and keys in DER,
 * base64 without armour; all of the text forms also in UTF-16, as Windows writes it.
 */
import { ok, type Result, refuse } from '../primitives/result.ts';
import { fileLimits, readBer } from './ber.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { type DerElement, derTag } from './der.ts';
import { readSmallInteger } from './der-values.ts';
import { type FileRefusal, unreadable } from './file-refusal.ts';
import type { KeyPair } from './key-pair.ts';
import { type PemBlock, readBase64, readPem } from './pem.ts';
import { certificatesInPkcs7 } from './pkcs7.ts';
import { type FileOpening, isPfx, readPfx } from './pkcs12-reader.ts';
import { keyLabelOf, readKeyBlock } from './private-key-file.ts';

export interface CertificateBundle {
  /** Without duplicates, in file order. */
  readonly certificates: readonly Certificate[];
  readonly keys: readonly KeyPair[];
  /** What a PKCS#12 file calls its certificates: by the SHA-256 of their public key, hexadecimal. */
  readonly friendlyNames: ReadonlyMap<string, string>;
}

interface Contents {
  readonly certificates: readonly { readonly der: Buffer; readonly friendlyName?: string | undefined }[];
  readonly keys: readonly KeyPair[];
}

/** @returns The bundle, or why the file cannot be used: one sentence, and whether a password would help. */
export async function readCertificateBundle(
  bytes: Buffer,
  opening: FileOpening = { password: undefined, acceptsMissingMac: false },
): Promise<Result<CertificateBundle, FileRefusal>> {
  if (bytes.length > fileLimits.maxBytes) return unreadable(`The file is longer than ${fileLimits.maxBytes} bytes.`);
  const blocks = blocksIn(bytes);
  if (!blocks.ok) return unreadable(blocks.error);
  const contents: Contents[] = [];
  for (const block of blocks.value) {
    const read = await readBlock(block, opening);
    if (!read.ok) return read;
    contents.push(read.value);
  }
  return bundleOf(contents);
}

function bundleOf(contents: readonly Contents[]): Result<CertificateBundle, FileRefusal> {
  const certificates = new Map<string, Certificate>();
  const friendlyNames = new Map<string, string>();
  for (const { der, friendlyName } of contents.flatMap((one) => one.certificates)) {
    const read = readCertificate(der);
    if (!read.ok) return unreadable(read.error);
    certificates.set(der.toString('hex'), read.value);
    if (friendlyName !== undefined) friendlyNames.set(read.value.publicKeySha256.toString('hex'), friendlyName);
  }
  const keys = contents.flatMap((one) => one.keys);
  return ok({ certificates: [...certificates.values()], keys, friendlyNames });
}

function blocksIn(bytes: Buffer): Result<readonly PemBlock[], string> {
  if (isBinary(bytes)) return ok([{ label: '', der: bytes }]);
  const text = decoded(bytes);
  const blocks = readPem(text);
  if (!blocks.ok || blocks.value.length > 0) return blocks;
  const der = readBase64(text.replaceAll(/\s/g, ''));
  return der === undefined ? refuse('The file is neither PEM nor DER nor base64.') : ok([{ label: '', der }]);
}

/** A SEQUENCE: its length is no ASCII, or it is that of the file. Text may begin with a 0 too. */
function isBinary(bytes: Buffer): boolean {
  const [tag, length = 0] = bytes;
  return tag === derTag.sequence && (length >= 0x80 || bytes.length === 2 + length);
}

/** Windows saves UTF-16, mostly with a byte order mark. Without one, the zero octets of Latin letters tell. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const text = isLittle
    ? whole.toString('utf16le')
    : isBig
      ? Buffer.from(whole).swap16().toString('utf16le')
      : bytes.toString('utf8');
  return text.replace(/^\ufeff/, '');
}

async function readBlock(block: PemBlock, opening: FileOpening): Promise<Result<Contents, FileRefusal>> {
  const { label, der } = block;
  if (label.endsWith('PRIVATE KEY')) return await keyIn(block, opening);
  if (label.endsWith('CERTIFICATE REQUEST')) return request;
  // EC PARAMETERS and the like stand before keys and are repeated inside; lists of revoked certificates come along.
  if (!/^$|CERTIFICATE|PKCS|CMS/.test(label)) return ok({ certificates: [], keys: [] });
  const top = readBer(label === 'TRUSTED CERTIFICATE' ? withoutTrustSettings(der) : der);
  if (!top.ok) return unreadable(`The file is damaged. ${top.error}`);
  return await readContent(top.value, opening);
}

async function readContent(top: DerElement, opening: FileOpening): Promise<Result<Contents, FileRefusal>> {
  if (isPfx(top)) return await readPfx(top, opening);
  const chain = certificatesInPkcs7(top);
  if (chain !== undefined) return ok({ certificates: chain.map((der) => ({ der })), keys: [] });
  if (isRequest(top)) return request;
  const label = keyLabelOf(top);
  if (label !== undefined) return await keyIn({ label, der: top.raw }, opening);
  return ok({ certificates: [{ der: top.raw }], keys: [] });
}

const request = refuse<FileRefusal>({
  kind: 'request',
  text: 'The file is a certificate request; the certificate is what the authority returns for it.',
});

async function keyIn(block: PemBlock, { password }: FileOpening): Promise<Result<Contents, FileRefusal>> {
  const key = await readKeyBlock(block, password);
  return key.ok ? ok({ certificates: [], keys: [key.value] }) : key;
}

/** OpenSSL's TRUSTED CERTIFICATE has its settings after the certificate. */
function withoutTrustSettings(der: Buffer): Buffer {
  return der.length >= 4 && der[1] === 0x82 ? der.subarray(0, 4 + der.readUInt16BE(2)) : der;
}

/** Version 0 comes first in a request; a certificate begins with its tagged version or its serial number, and has six fields. [RFC 2986 §4.1] */
const isRequest = ({ children: [info] }: DerElement): boolean =>
  readSmallInteger(info?.children[0]) === 0 && info?.children.length === 4;
