/**
 * What the home server keeps of a password: the digest of user, realm and password for each algorithm it may challenge with.
 * The realm is the user's SIP domain. The digests answer a challenge as the password does, so they are kept like keys.
 * [RFC 7616 §3.4.2, RFC 8760 §2.4]
 */
import { createHash } from 'node:crypto';

import { ok, type Result, refuse } from '../primitives/result.ts';
import type { Secret } from '../primitives/secret.ts';

export interface DigestCredential {
  readonly username: string;
  readonly realm: string;
  /** H(username:realm:password) in lower-case hexadecimal. */
  readonly md5: string;
  readonly sha256: string;
}

export function digestCredential(username: string, realm: string, password: Secret): DigestCredential {
  const a1 = `${username}:${realm}:${password.reveal()}`;
  const hash = (algorithm: string): string => createHash(algorithm).update(a1, 'utf8').digest('hex');
  return { username, realm, md5: hash('md5'), sha256: hash('sha256') };
}

export const printDigestCredential = (credential: DigestCredential): string => `${JSON.stringify(credential)}\n`;

/** Reads a credential file. @returns The credential, or why the text is none; never the text itself. */
export function parseDigestCredential(text: string): Result<DigestCredential, string> {
  const { username, realm, md5, sha256 } = fieldsOf(text);
  if (typeof username !== 'string' || typeof realm !== 'string') return refuse('username or realm is missing');
  if (!isDigest(md5, 32) || !isDigest(sha256, 64)) return refuse('md5 or sha256 is not a digest');
  return ok({ username, realm, md5, sha256 });
}

const isDigest = (value: unknown, digits: number): value is string =>
  typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);

function fieldsOf(text: string): Readonly<Record<keyof DigestCredential, unknown>> {
  const nothing = { username: undefined, realm: undefined, md5: undefined, sha256: undefined };
  try {
    return { ...nothing, ...(JSON.parse(text) as object) };
  } catch {
    return nothing;
  }
}
