/**
 * Opens what a password has closed: PBES2 (RFC 8018 §6.2) with PBKDF2 or scrypt, and the schemes of PKCS#12 with 3DES and RC2
 * (RFC 7292 Appendix C). The file says how much work its password costs, so the work is bounded before it is begun.
 */
import { createDecipheriv, pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

import { ok, type Result, refuse } from '../primitives/result.ts';
import type { Secret } from '../primitives/secret.ts';
import { octetsOf } from './ber.ts';
import { type DerElement, derTag } from './der.ts';
import { readOid, readSmallInteger } from './der-values.ts';
import { type FileRefusal, unreadable } from './file-refusal.ts';
import { decryptRc2 } from './node-forge.ts';
import { fileAlgorithmName, oid } from './object-identifiers.ts';
import { deriveByPkcs12, pkcs12Password, purposes } from './pkcs12-key-derivation.ts';

/** Iterations for one file. Source: tools write 1 to 1 000 000; ten million take some seconds. */
export const maxIterations = 10_000_000;

/** A password as the two generations of algorithms take it. */
export interface FilePassword {
  /** PBES2. */
  readonly utf8: Buffer;
  /** PKCS#12. */
  readonly bmp: Buffer;
}

export const filePassword = (secret: Secret): FilePassword => ({
  utf8: Buffer.from(secret.reveal(), 'utf8'),
  bmp: pkcs12Password(secret.reveal()),
});

/** What is left of the work that one file may cause. */
export interface WorkBudget {
  iterations: number;
}

/** @returns Whether that much may be done. No iteration at all would be no protection. */
export function spend(budget: WorkBudget, iterations: number | undefined): iterations is number {
  if (iterations === undefined || iterations < 1 || iterations > budget.iterations) return false;
  budget.iterations -= iterations;
  return true;
}

export const tooMuchWork = (): Result<never, FileRefusal> =>
  unreadable(`The file asks for no iterations of its password, or for more than ${maxIterations}.`);

interface Cipher {
  readonly keyLength: number;
  readonly blockLength: number;
  /** @returns undefined when the padding is wrong. */
  decrypt(key: Buffer, iv: Buffer, data: Buffer): Buffer | undefined;
}

interface Lock {
  readonly cipher: Cipher;
  readonly iterations: number | undefined;
  derive(password: FilePassword): Promise<{ readonly key: Buffer; readonly iv: Buffer }>;
}

/** @param algorithm - The AlgorithmIdentifier before the data. */
export async function decryptWithPassword(
  algorithm: DerElement | undefined,
  data: Buffer,
  password: FilePassword,
  budget: WorkBudget,
): Promise<Result<Buffer, FileRefusal>> {
  const lock = readLock(algorithm);
  if (!lock.ok) return unreadable(lock.error);
  const { cipher, iterations } = lock.value;
  if (!spend(budget, iterations)) return tooMuchWork();
  if (data.length === 0 || data.length % cipher.blockLength !== 0) return unreadable('The encrypted data is damaged.');
  const { key, iv } = await lock.value.derive(password);
  const plain = cipher.decrypt(key, iv, data);
  key.fill(0);
  return plain === undefined ? refuse({ kind: 'password-wrong', text: 'The password is wrong.' }) : ok(plain);
}

function readLock(algorithm: DerElement | undefined): Result<Lock, string> {
  const [identifier, parameters] = algorithm?.children ?? [];
  const name = readOid(identifier) ?? 'unknown';
  if (name === oid.pbes2) return readPbes2(parameters);
  const cipher = pkcs12Ciphers.get(name);
  if (cipher === undefined) return unsupported(name);
  const [saltElement, count] = parameters?.children ?? [];
  const salt = octetsOf(saltElement);
  const iterations = readSmallInteger(count);
  if (salt === undefined || iterations === undefined) return damaged;
  return ok({
    cipher,
    iterations,
    async derive({ bmp }) {
      const common = { hash: 'sha1', password: bmp, salt, iterations } as const;
      return {
        key: await deriveByPkcs12({ ...common, purpose: purposes.key, length: cipher.keyLength }),
        iv: await deriveByPkcs12({ ...common, purpose: purposes.iv, length: cipher.blockLength }),
      };
    },
  });
}

const damaged = refuse('The parameters of the encryption are damaged.');
const unsupported = (name: string): Result<never, string> =>
  refuse(`The file is encrypted with ${fileAlgorithmName(name)}, which is not supported.`);

/** PBES2-params: key derivation, then cipher with its IV. [RFC 8018 Appendix A.4] */
function readPbes2(parameters: DerElement | undefined): Result<Lock, string> {
  const [derivation, encryption] = parameters?.children ?? [];
  const cipherName = readOid(encryption?.children[0]) ?? 'unknown';
  const cipher = pbes2Ciphers.get(cipherName);
  if (cipher === undefined) return unsupported(cipherName);
  const iv = octetsOf(encryption?.children[1]);
  if (iv?.length !== cipher.blockLength) return damaged;
  const key = readKeyDerivation(derivation, cipher.keyLength);
  if (!key.ok) return key;
  const { iterations, derive } = key.value;
  return ok({ cipher, iterations, derive: async (password) => ({ key: await derive(password), iv }) });
}

interface KeyDerivation {
  readonly iterations: number | undefined;
  derive(password: FilePassword): Promise<Buffer>;
}

const runPbkdf2 = promisify(pbkdf2);

function readKeyDerivation(element: DerElement | undefined, keyLength: number): Result<KeyDerivation, string> {
  const [identifier, parameters] = element?.children ?? [];
  const name = readOid(identifier) ?? 'unknown';
  if (name === oid.scrypt) return readScrypt(parameters, keyLength);
  if (name !== oid.pbkdf2) return unsupported(name);
  const [saltElement, count, ...rest] = parameters?.children ?? [];
  const salt = octetsOf(saltElement);
  if (salt === undefined) return damaged;
  // The length of the key may stand before the hash; the cipher says it too.
  const prf = rest.find(({ tag }) => tag === derTag.sequence);
  const prfName = prf === undefined ? oid.hmacWithSha1 : (readOid(prf.children[0]) ?? 'unknown');
  const hash = prfHashes.get(prfName);
  if (hash === undefined) return unsupported(prfName);
  const iterations = readSmallInteger(count);
  return ok({
    iterations,
    derive: async ({ utf8 }) => await runPbkdf2(utf8, salt, iterations ?? 1, keyLength, hash),
  });
}

/** Bytes. OpenSSL itself refuses more than half of it. */
const maxScryptMemory = 67_108_864;

/** scrypt-params: salt, N, r, p. [RFC 7914 §7.1] */
function readScrypt(parameters: DerElement | undefined, keyLength: number): Result<KeyDerivation, string> {
  const [saltElement, ...numbers] = parameters?.children ?? [];
  const salt = octetsOf(saltElement);
  const [N = 0, r = 0, p = 0] = numbers.map(readSmallInteger);
  if (salt === undefined || N < 2 || (N & (N - 1)) !== 0 || r < 1 || p < 1) return damaged;
  const memory = 128 * r * (N + p);
  if (memory > maxScryptMemory) return refuse('The file asks for more memory (scrypt) than is given to a password.');
  return ok({
    // Each of the N steps is at least as much work as an iteration of PBKDF2.
    iterations: N * r * p,
    derive: ({ utf8 }) =>
      new Promise((resolve, reject) => {
        scrypt(utf8, salt, keyLength, { N, r, p, maxmem: 2 * maxScryptMemory }, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      }),
  });
}

const prfHashes = new Map<string, string>([
  [oid.hmacWithSha1, 'sha1'],
  [oid.hmacWithSha224, 'sha224'],
  [oid.hmacWithSha256, 'sha256'],
  [oid.hmacWithSha384, 'sha384'],
  [oid.hmacWithSha512, 'sha512'],
]);

const nodeCipher = (name: string, keyLength: number, blockLength: number): Cipher => ({
  keyLength,
  blockLength,
  decrypt(key, iv, data) {
    try {
      const cipher = createDecipheriv(name, key, iv);
      return Buffer.concat([cipher.update(data), cipher.final()]);
    } catch {
      return undefined;
    }
  },
});

const rc2Cipher = (keyLength: number): Cipher => ({
  keyLength,
  blockLength: 8,
  decrypt(key, iv, data) {
    const padded = decryptRc2(key, iv, data);
    const count = padded.at(-1) ?? 0;
    const padding = padded.subarray(-count);
    const isPadding = count >= 1 && count <= 8 && padding.length === count && padding.every((octet) => octet === count);
    return isPadding ? padded.subarray(0, -count) : undefined;
  },
});

const tripleDes = nodeCipher('des-ede3-cbc', 24, 8);
const pbes2Ciphers = new Map<string, Cipher>([
  [oid.aes128Cbc, nodeCipher('aes-128-cbc', 16, 16)],
  [oid.aes192Cbc, nodeCipher('aes-192-cbc', 24, 16)],
  [oid.aes256Cbc, nodeCipher('aes-256-cbc', 32, 16)],
  [oid.tripleDesCbc, tripleDes],
]);
const pkcs12Ciphers = new Map<string, Cipher>([
  [oid.pbeSha1TripleDes, tripleDes],
  [oid.pbeSha1TwoKeyTripleDes, nodeCipher('des-ede-cbc', 16, 8)],
  [oid.pbeSha1Rc2With128Bits, rc2Cipher(16)],
  [oid.pbeSha1Rc2With40Bits, rc2Cipher(5)],
]);
