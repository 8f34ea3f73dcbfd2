/**
 * Private keys as they come in files: PKCS#8, PKCS#1 and SEC 1, plain, under a password as PKCS#8, or under one as OpenSSL wrote
 * them before it (RFC 1421 headers).
 */
import { ok, type Result, refuse } from '../primitives/result.ts';
import { Secret } from '../primitives/secret.ts';
import { fileLimits, readBer } from './ber.ts';
import { type DerElement, derTag } from './der.ts';
import { type FileRefusal, unreadable } from './file-refusal.ts';
import { type KeyPair, readPrivateKey } from './key-pair.ts';
import { filePassword, maxIterations } from './password-encryption.ts';
import { type PemBlock, printPem } from './pem.ts';
import { decryptPkcs8, encryptedKeyLabel } from './pkcs8.ts';

export async function readKeyBlock(
  block: PemBlock,
  password: Secret | undefined,
): Promise<Result<KeyPair, FileRefusal>> {
  if (block.label === encryptedKeyLabel) return await readEncrypted(block.der, password);
  if (block.headers !== undefined) return readTraditional(block, password);
  if (block.label === 'OPENSSH PRIVATE KEY')
    return unreadable('The private key is in the form of OpenSSH; ssh-keygen -p -m PEM turns it into PEM.');
  const key = readPrivateKey(new Secret(printPem(block.label, block.der)));
  return key.ok ? key : unreadable(key.error);
}

async function readEncrypted(der: Buffer, password: Secret | undefined): Promise<Result<KeyPair, FileRefusal>> {
  const top = readBer(der, fileLimits);
  if (!top.ok) return unreadable(`The encrypted private key is damaged. ${top.error}`);
  if (password === undefined) return missing;
  return await decryptPkcs8(top.value, filePassword(password), { iterations: maxIterations });
}

const missing = refuse({
  kind: 'password-missing' as const,
  text: 'The private key is encrypted, and no password was given.',
});

/** OpenSSL's own form: one round of MD5 makes the key, so no file can ask for much work. */
function readTraditional(
  { label, der, headers = [] }: PemBlock,
  password: Secret | undefined,
): Result<KeyPair, FileRefusal> {
  if (password === undefined) return missing;
  const pem = printPem(label, der).replace('\n', `\n${headers.join('\n')}\n\n`);
  const key = readPrivateKey(new Secret(pem), password);
  if (key.ok) return ok(key.value);
  if (key.error.includes('cannot be used')) return unreadable(key.error);
  const cipher = /^DEK-Info:\s*([\w-]+)/i.exec(headers.join('\n').replace(/^Proc-Type.*\n/i, ''))?.[1] ?? 'unknown';
  if (!traditionalCiphers.test(cipher))
    return unreadable(`The private key is encrypted with ${cipher}, which is not supported.`);
  return refuse({ kind: 'password-wrong', text: 'The password of the private key is wrong.' });
}

const traditionalCiphers = /^(?:AES-(?:128|192|256)-C(?:BC|FB|TR)|DES-EDE3-CBC|CAMELLIA-(?:128|192|256)-CBC)$/i;

/** The PEM label of a private key in DER; undefined for what is none. */
export function keyLabelOf({ tag, children }: DerElement): string | undefined {
  if (tag !== derTag.sequence) return undefined;
  const [first, second, third] = children.map((child) => child.tag);
  if (first === derTag.sequence && second === derTag.octetString && children.length === 2) return encryptedKeyLabel;
  if (first !== derTag.integer) return undefined;
  if (second === derTag.sequence && third === derTag.octetString) return 'PRIVATE KEY';
  if (second === derTag.integer && children.length >= 9) return 'RSA PRIVATE KEY';
  return second === derTag.octetString ? 'EC PRIVATE KEY' : undefined;
}
