/** Key pairs of the kinds public authorities certify: made off the event loop, read from PKCS#8, named by their public half. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { ok, type Result, refuse } from '../primitives/result.ts';
import { Secret } from '../primitives/secret.ts';
import { weaknessOfKey } from './key-strength.ts';

export const keyAlgorithms = ['RSA', 'ECDSA_P256', 'ECDSA_P384'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** Bits. Lync's 1024 is too weak for every authority. */
export const rsaKeySizes = [2048, 3072, 4096] as const;
export type RsaKeySize = (typeof rsaKeySizes)[number];

export interface KeyKind {
  readonly algorithm: KeyAlgorithm;
  /** RSA only. */
  readonly rsaBits: RsaKeySize;
}

export interface KeyPair {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  /** SHA-256 of the SubjectPublicKeyInfo in lower-case hexadecimal: the name of the pair. */
  readonly publicKeySha256: string;
  /** `RSA 2048`, `ECDSA_P256`. */
  readonly description: string;
}

const generate = promisify(generateKeyPair);

/** RSA takes 0.2 s (2048 bits) to 10 s (4096 bits), in another thread. */
export async function newKeyPair({ algorithm, rsaBits }: KeyKind): Promise<KeyPair> {
  const made =
    algorithm === 'RSA'
      ? await generate('rsa', { modulusLength: rsaBits })
      : await generate('ec', { namedCurve: algorithm === 'ECDSA_P256' ? 'P-256' : 'P-384' });
  return keyPairOf(made.privateKey);
}

function keyPairOf(privateKey: KeyObject): KeyPair {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    privateKey,
    spki,
    publicKeySha256: createHash('sha256').update(spki).digest('hex'),
    description: describeKey(privateKey),
  };
}

const curveNames = new Map([
  ['prime256v1', 'ECDSA_P256'],
  ['secp384r1', 'ECDSA_P384'],
  ['secp521r1', 'ECDSA_P521'],
]);

export function describeKey(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') return `RSA ${details?.modulusLength ?? 0}`;
  return curveNames.get(details?.namedCurve ?? '') ?? String(key.asymmetricKeyType);
}

/** PKCS#8 PEM, unencrypted. */
export const printPrivateKey = (pair: KeyPair): Secret =>
  new Secret(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

const reasons = new Map([
  ['ERR_OSSL_BAD_DECRYPT', 'The passphrase of the private key is wrong.'],
  ['ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED', 'The private key is encrypted and no passphrase was given.'],
  ['ERR_MISSING_PASSPHRASE', 'The private key is encrypted and no passphrase was given.'],
]);

/**
 * Reads PKCS#8, PKCS#1 or SEC 1 in PEM. Refuses weak keys and keys TLS certificates are not made for. An encrypted key takes
 * as long as it says: strangers' PKCS#8 goes through `decryptPkcs8` first.
 */
export function readPrivateKey(pem: Secret, passphrase?: Secret): Result<KeyPair, string> {
  const key = parseKey(pem, passphrase);
  return key.ok ? strongPair(key.value) : key;
}

/** Reads an unencrypted PrivateKeyInfo in DER. [RFC 5208 §5] */
export function readPkcs8(der: Buffer): Result<KeyPair, string> {
  try {
    return strongPair(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  } catch {
    return refuse('The private key cannot be read.');
  }
}

function strongPair(privateKey: KeyObject): Result<KeyPair, string> {
  const weakness = weaknessOfKey(createPublicKey(privateKey));
  return weakness === undefined ? ok(keyPairOf(privateKey)) : refuse(`The private key cannot be used: ${weakness}.`);
}

function parseKey(pem: Secret, passphrase: Secret | undefined): Result<KeyObject, string> {
  try {
    const passed = passphrase === undefined ? {} : { passphrase: passphrase.reveal() };
    return ok(createPrivateKey({ key: pem.reveal(), format: 'pem', ...passed }));
  } catch (error) {
    return refuse(reasons.get((error as NodeJS.ErrnoException).code ?? '') ?? 'The private key cannot be read.');
  }
}
