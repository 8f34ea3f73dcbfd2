/**
 * Private keys under a password: EncryptedPrivateKeyInfo [RFC 5208 §6, RFC 5958 §3], as keys rest in the store and travel in
 * files. Opening one takes its time in another thread and never more than `maxIterations`.
 */
import { ok, type Result, refuse } from '../primitives/result.ts';
import { Secret } from '../primitives/secret.ts';
import { octetsOf, readBer } from './ber.ts';
import type { DerElement } from './der.ts';
import { encodeDer, octetString, sequence } from './der-writer.ts';
import { type FileRefusal, unreadable } from './file-refusal.ts';
import { type KeyPair, readPkcs8 } from './key-pair.ts';
import { decryptWithPassword, type FilePassword, type WorkBudget } from './password-encryption.ts';
import { encryptModern } from './password-encryption-writer.ts';
import { printPem, readPem } from './pem.ts';

/** PBKDF2-HMAC-SHA256. Source: OWASP Password Storage Cheat Sheet, 2023; 0.35 s here. */
const storedKeyIterations = 600_000;

export const encryptedKeyLabel = 'ENCRYPTED PRIVATE KEY';

/** Whether the PEM holds one whole EncryptedPrivateKeyInfo. What cannot be read of it then has another password. */
export function holdsEncryptedKey(pem: string): boolean {
  const blocks = readPem(pem);
  const [block, ...more] = blocks.ok ? blocks.value : [];
  if (block?.label !== encryptedKeyLabel || more.length > 0) return false;
  const info = readBer(block.der);
  return info.ok && info.value.children.length === 2 && octetsOf(info.value.children[1]) !== undefined;
}

export async function decryptPkcs8(
  element: DerElement,
  password: FilePassword,
  budget: WorkBudget,
): Promise<Result<KeyPair, FileRefusal>> {
  const [algorithm, data] = element.children;
  const encrypted = octetsOf(data);
  if (encrypted === undefined) return unreadable('The encrypted private key is damaged.');
  const plain = await decryptWithPassword(algorithm, encrypted, password, budget);
  if (!plain.ok) return plain;
  // One wrong password in 256 leaves a padding that could be.
  const isStructure = readBer(plain.value).ok;
  const key = readPkcs8(plain.value);
  plain.value.fill(0);
  if (key.ok) return ok(key.value);
  return isStructure ? unreadable(key.error) : refuse({ kind: 'password-wrong', text: 'The password is wrong.' });
}

export async function printEncryptedPrivateKey(
  pair: KeyPair,
  passphrase: Secret,
  iterations = storedKeyIterations,
): Promise<Secret> {
  const plain = pair.privateKey.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, data } = await encryptModern(plain, passphrase, iterations);
  plain.fill(0);
  return new Secret(printPem(encryptedKeyLabel, encodeDer(sequence(algorithm, octetString(data)))));
}
