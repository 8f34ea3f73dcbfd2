/**
 * SIP digest authentication, the server's side [RFC 3261 §22, RFC 7616, RFC 8760]: challenges and their verification.
 *
 * A nonce is its time and an HMAC over time and realm, so no challenge leaves state behind. Clients reuse a nonce over
 * requests and methods, so it is good until it is old; then a right answer gets `stale=true` and the client asks nobody.
 * Answers without qop are taken [RFC 3261 §22.4 item 8]: libpurple gives no other. The `uri` of an answer is hashed as it
 * stands and compared with nothing: proxies rewrite the Request-URI, and sipp writes the server's address there.
 */
import { createHash, createHmac } from 'node:crypto';

import type { Clock } from '../../../primitives/clock.ts';
import { equalInConstantTime, type Secret } from '../../../primitives/secret.ts';
import { quote, splitOutside, unquote } from '../scan.ts';

/** H(username:realm:password) in lower-case hexadecimal for each algorithm. */
export interface DigestCredentials {
  readonly md5: Secret;
  readonly sha256?: Secret | undefined;
}

export interface DigestCheck {
  readonly method: string;
  readonly realm: string;
  /** Values of Authorization or Proxy-Authorization. */
  readonly answers: readonly string[];
  credentialsOf(username: string): DigestCredentials | undefined;
}

/** `stale`: the answer is right and its nonce is old, or was made by an earlier process. */
export type DigestVerdict =
  | { readonly kind: 'authenticated'; readonly username: string }
  | { readonly kind: 'stale' | 'wrong' | 'missing' };

export interface Digest {
  /** Values for WWW-Authenticate or Proxy-Authenticate, in the order in which they are written: MD5 first. */
  challenges(realm: string, stale: boolean): readonly string[];
  verify(check: DigestCheck): DigestVerdict;
}

export interface DigestOptions {
  readonly clock: Clock;
  /** Key of the nonces. A new one makes every nonce stale. */
  readonly key: Secret;
  /** A second challenge with SHA-256. Off by default: baresip 1.0 gives up when it sees one. */
  offerSha256(): boolean;
}

/** Milliseconds. Long enough for a client's burst of requests, short for an eavesdropper. Source: Kamailio `nonce_expire`. */
export const nonceLifetimeMs = 300_000;

const timeDigits = 12;
const noncePattern = /^[0-9a-f]{44}$/;
const hashes = { md5: 'md5', 'sha-256': 'sha256' } as const;
type Algorithm = keyof typeof hashes;

/** Compared with when there is no such user, so that the time of a refusal does not tell. */
const nobody = ''.padEnd(32, '0');

export function createDigest(options: DigestOptions): Digest {
  const { clock, key } = options;

  function nonceAt(time: string, realm: string): string {
    const seal = createHmac('sha256', key.reveal()).update(`${time}:${realm}`).digest('hex');
    return time + seal.slice(0, 32);
  }

  function isFresh(nonce: string, realm: string): boolean {
    if (!noncePattern.test(nonce)) return false;
    const time = nonce.slice(0, timeDigits);
    if (!equalInConstantTime(nonceAt(time, realm), nonce)) return false;
    return clock.now() - Number.parseInt(time, 16) <= nonceLifetimeMs;
  }

  return {
    challenges(realm, stale) {
      const time = Math.floor(clock.now()).toString(16).padStart(timeDigits, '0');
      const rest = `nonce="${nonceAt(time, realm)}", qop="auth"${stale ? ', stale=true' : ''}`;
      const challenge = (name: string): string => `Digest realm=${quote(realm)}, algorithm=${name}, ${rest}`;
      return options.offerSha256() ? [challenge('MD5'), challenge('SHA-256')] : [challenge('MD5')];
    },

    verify(check) {
      const answer = check.answers.map(parseAnswer).find((candidate) => candidate?.get('realm') === check.realm);
      if (answer === undefined) return { kind: 'missing' };
      const username = answer.get('username') ?? '';
      if (!isRightResponse(answer, check, check.credentialsOf(username))) return { kind: 'wrong' };
      if (!isFresh(answer.get('nonce') ?? '', check.realm)) return { kind: 'stale' };
      return { kind: 'authenticated', username };
    },
  };
}

type Answer = ReadonlyMap<string, string>;

/** `Digest name=value, name="value"`; undefined for another scheme and for a parameter that is malformed or repeated. */
function parseAnswer(value: string): Answer | undefined {
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

function isRightResponse(answer: Answer, check: DigestCheck, credentials: DigestCredentials | undefined): boolean {
  const algorithm = algorithmOf(answer);
  const qop = answer.get('qop')?.toLowerCase();
  if (algorithm === undefined || (qop !== undefined && qop !== 'auth')) return false;
  const stored = algorithm === 'md5' ? credentials?.md5 : credentials?.sha256;
  const hash = (text: string): string => createHash(hashes[algorithm]).update(text, 'utf8').digest('hex');

  const part = (name: string): string => answer.get(name) ?? '';
  const protection = qop === undefined ? [] : [part('nc'), part('cnonce'), 'auth'];
  const a2 = hash(`${check.method}:${part('uri')}`);
  const expected = hash([stored?.reveal() ?? nobody, part('nonce'), ...protection, a2].join(':'));
  return equalInConstantTime(expected, part('response').toLowerCase()) && stored !== undefined;
}

/** MD5 when none is named [RFC 7616 §3.3]; undefined for one that was never offered (`-sess`, SHA-512-256). */
function algorithmOf(answer: Answer): Algorithm | undefined {
  const name = (answer.get('algorithm') ?? 'MD5').toLowerCase();
  return name === 'md5' || name === 'sha-256' ? name : undefined;
}
