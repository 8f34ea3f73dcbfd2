/**
 * Closes with a password. `modern` is PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, which OpenSSL, GnuTLS, NSS and Windows from
 * 1709 on read; `legacy` is PKCS#12's 3DES for older Windows. Node's own encrypted export stops at 2048 iterations.
 */
import { createCipheriv, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import type { Secret } from '../primitives/secret.ts';
import { type DerNode, identifier, nullValue, octetString, sequence, smallInteger } from './der-writer.ts';
import { oid } from './object-identifiers.ts';
import { deriveByPkcs12, pkcs12Password, purposes } from './pkcs12-key-derivation.ts';

export interface Encrypted {
  /** The AlgorithmIdentifier to stand before the data. */
  readonly algorithm: DerNode;
  readonly data: Buffer;
}

const runPbkdf2 = promisify(pbkdf2);

/** @source RFC 8018 §6.2.1; the salt of 16 octets and NULL after the PRF are what OpenSSL writes. */
export async function encryptModern(plain: Buffer, password: Secret, iterations: number): Promise<Encrypted> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const key = await runPbkdf2(Buffer.from(password.reveal(), 'utf8'), salt, iterations, 32, 'sha256');
  const prf = sequence(identifier(oid.hmacWithSha256), nullValue());
  const derivation = sequence(octetString(salt), smallInteger(iterations), prf);
  const parameters = sequence(
    sequence(identifier(oid.pbkdf2), derivation),
    sequence(identifier(oid.aes256Cbc), octetString(iv)),
  );
  const data = encrypt('aes-256-cbc', key, iv, plain);
  return { algorithm: sequence(identifier(oid.pbes2), parameters), data };
}

/** @source RFC 7292 Appendix C, pbeWithSHAAnd3-KeyTripleDES-CBC */
export async function encryptLegacy(plain: Buffer, password: Secret, iterations: number): Promise<Encrypted> {
  const salt = randomBytes(8);
  const common = { hash: 'sha1', password: pkcs12Password(password.reveal()), salt, iterations } as const;
  const key = await deriveByPkcs12({ ...common, purpose: purposes.key, length: 24 });
  const iv = await deriveByPkcs12({ ...common, purpose: purposes.iv, length: 8 });
  const parameters = sequence(octetString(salt), smallInteger(iterations));
  const data = encrypt('des-ede3-cbc', key, iv, plain);
  return { algorithm: sequence(identifier(oid.pbeSha1TripleDes), parameters), data };
}

function encrypt(cipherName: string, key: Buffer, iv: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(cipherName, key, iv);
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  key.fill(0);
  return data;
}
