/** The answer of a client to a digest challenge, and whether it proves the password [RFC 7616 §3.4, RFC 3261 §22.4]. */
import { createHash } from 'node:crypto';

import { equalInConstantTime, type Secret } from '../../../primitives/secret.ts';
import { splitOutside, unquote } from '../scan.ts';

/** H(username:realm:password) in lower-case hexadecimal for each algorithm. */
export interface DigestCredentials {
  readonly md5: Secret;
  readonly sha256?: Secret | undefined;
}

/** By name in lower case, without quotes. */
export type DigestAnswer = ReadonlyMap<string, string>;

const hashes = { md5: 'md5', 'sha-256': 'sha256' } as const;
type Algorithm = keyof typeof hashes;

/** Compared with when there is no such user, so that the time of a refusal does not tell. */
const nobody = ''.padEnd(32, '0');

/** `Digest name=value, name="value"`; undefined for another scheme and for a parameter that is malformed or repeated. */
export function parseDigestAnswer(value: string): DigestAnswer | undefined {
  const scheme = /^digest[ \t]+/i.exec(value.trim());
  if (scheme === null) return undefined;
  const answer = new Map<string, string>();
  for (const part of splitOutside(value.trim().slice(scheme[0].length), ',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (name === '' || answer.has(name)) return undefined;
    answer.set(name, unquote(part.slice(equals + 1).trim()));
  }
  return answer;
}

/**
 * An answer without qop is taken [RFC 3261 §22.4 item 8]: libpurple gives no other. The `uri` is hashed as it stands and
 * compared with nothing: proxies rewrite the Request-URI, and sipp writes the server's address there.
 */
export function isRightAnswer(
  answer: DigestAnswer,
  method: string,
  credentials: DigestCredentials | undefined,
): boolean {
  const algorithm = algorithmOf(answer);
  const qop = answer.get('qop')?.toLowerCase();
  if (algorithm === undefined || (qop !== undefined && qop !== 'auth')) return false;
  const stored = algorithm === 'md5' ? credentials?.md5 : credentials?.sha256;
  const hash = (text: string): string => createHash(hashes[algorithm]).update(text, 'utf8').digest('hex');

  const part = (name: string): string => answer.get(name) ?? '';
  const protection = qop === undefined ? [] : [part('nc'), part('cnonce'), 'auth'];
  const a2 = hash(`${method}:${part('uri')}`);
  const expected = hash([stored?.reveal() ?? nobody, part('nonce'), ...protection, a2].join(':'));
  return equalInConstantTime(expected, part('response').toLowerCase()) && stored !== undefined;
}

/** MD5 when none is named [RFC 7616 §3.3]; undefined for one that was never offered (`-sess`, SHA-512-256). */
function algorithmOf(answer: DigestAnswer): Algorithm | undefined {
  const name = (answer.get('algorithm') ?? 'MD5').toLowerCase();
  return name === 'md5' || name === 'sha-256' ? name : undefined;
}
