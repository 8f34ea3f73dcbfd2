/**
 * A file in one piece that shows when a byte of it was changed: a header line of JSON, then the content, then what proves both.
 * With a password the content is encrypted: scrypt [RFC 7914] makes the key, AES-256-GCM [NIST SP 800-38D] encrypts and
 * authenticates, the header line is its additional data. Without one, SHA-256 over all that stands before it finds damage, and no
 * more. What a file says of scrypt is bounded before anything is computed from it: the file may be anybody's.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto';

import { ok, type Result, refuse } from '../primitives/result.ts';
import { equalInConstantTime, type Secret } from '../primitives/secret.ts';

/** 128 MiB and about 0.4 s. Source: OWASP Password Storage Cheat Sheet, scrypt. */
const scryptCost = { N: 2 ** 17, r: 8, p: 1 } as const;
/** What a file may ask for: 256 MiB at most. */
const scryptBounds = { leastN: 2 ** 14, mostN: 2 ** 18, r: 8, mostP: 4 } as const;
/** Bytes of the header line. */
const maxHeaderBytes = 4096;

const magic = 'xgw-backup';
const version = 1;
const [saltBytes, nonceBytes, tagBytes, digestBytes] = [16, 12, 16, 32];

interface Encryption {
  readonly kdf: 'scrypt';
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly cipher: 'aes-256-gcm';
  readonly nonce: string;
}

export interface SealedHeader {
  readonly format: string;
  readonly version: number;
  /** What anybody may know of the content. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly encryption: Encryption | null;
}

export type SealFault = 'not-ours' | 'too-new' | 'damaged' | 'password-missing' | 'password-wrong';

export async function seal(
  about: SealedHeader['about'],
  content: Buffer,
  password: Secret | undefined,
): Promise<Buffer> {
  if (password === undefined) {
    const whole = Buffer.concat([headerLine({ format: magic, version, about, encryption: null }), content]);
    return Buffer.concat([whole, createHash('sha256').update(whole).digest()]);
  }
  const [salt, nonce] = [randomBytes(saltBytes), randomBytes(nonceBytes)];
  const encryption: Encryption = {
    kdf: 'scrypt',
    ...scryptCost,
    salt: salt.toString('base64'),
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
  };
  const header = headerLine({ format: magic, version, about, encryption });
  const cipher = createCipheriv('aes-256-gcm', await keyOf(password, encryption), nonce);
  cipher.setAAD(header);
  return Buffer.concat([header, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** What stands in the header, unproven until the file is opened. */
export function readSealedHeader(file: Buffer): Result<SealedHeader, SealFault> {
  const end = file.subarray(0, maxHeaderBytes).indexOf(0x0a);
  if (end < 0) return refuse('not-ours');
  try {
    const { format, version: found, about, encryption } = JSON.parse(file.toString('utf8', 0, end));
    if (format !== magic || !Number.isSafeInteger(found) || typeof about !== 'object' || about === null)
      return refuse('not-ours');
    if (found > version) return refuse('too-new');
    if (encryption !== null && !isAllowed(encryption)) return refuse('damaged');
    return ok({ format, version: found, about, encryption });
  } catch {
    return refuse('not-ours');
  }
}

/** The content, proven to be what was sealed. */
export async function unseal(file: Buffer, password: Secret | undefined): Promise<Result<Buffer, SealFault>> {
  const read = readSealedHeader(file);
  if (!read.ok) return read;
  const { encryption } = read.value;
  const bodyAt = file.indexOf(0x0a) + 1;
  if (encryption === null) return unencrypted(file, bodyAt);
  if (password === undefined) return refuse('password-missing');
  const tagAt = file.length - tagBytes;
  if (tagAt < bodyAt) return refuse('damaged');
  const key = await keyOf(password, encryption);
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(encryption.nonce, 'base64'), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(file.subarray(0, bodyAt));
  decipher.setAuthTag(file.subarray(tagAt));
  try {
    return ok(Buffer.concat([decipher.update(file.subarray(bodyAt, tagAt)), decipher.final()]));
  } catch {
    // A wrong password and a changed byte cannot be told apart.
    return refuse('password-wrong');
  }
}

function unencrypted(file: Buffer, bodyAt: number): Result<Buffer, SealFault> {
  const digestAt = file.length - digestBytes;
  if (digestAt < bodyAt) return refuse('damaged');
  const digest = createHash('sha256').update(file.subarray(0, digestAt)).digest('hex');
  return equalInConstantTime(digest, file.toString('hex', digestAt))
    ? ok(file.subarray(bodyAt, digestAt))
    : refuse('damaged');
}

const headerLine = (header: SealedHeader): Buffer => Buffer.from(`${JSON.stringify(header)}\n`);

function isAllowed(given: Partial<Record<keyof Encryption, unknown>>): boolean {
  const { kdf, cipher, N, r, p, salt, nonce } = given;
  const { leastN, mostN, mostP } = scryptBounds;
  const isPower = typeof N === 'number' && Number.isSafeInteger(Math.log2(N)) && N >= leastN && N <= mostN;
  const isCount = Number.isSafeInteger(p) && (p as number) >= 1 && (p as number) <= mostP;
  return (
    kdf === 'scrypt' &&
    cipher === 'aes-256-gcm' &&
    isPower &&
    r === scryptBounds.r &&
    isCount &&
    isBytes(salt, saltBytes) &&
    isBytes(nonce, nonceBytes)
  );
}

const isBytes = (text: unknown, length: number): boolean =>
  typeof text === 'string' && text.length < 100 && Buffer.from(text, 'base64').length === length;

const keyOf = (password: Secret, { N, r, p, salt }: Encryption): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 2 * 128 * N * r };
    scrypt(password.reveal().normalize('NFKC'), Buffer.from(salt, 'base64'), 32, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
