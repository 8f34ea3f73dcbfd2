/**
 * SIP digest authentication, the server's side [RFC 3261 §22, RFC 7616, RFC 8760]: challenges and their verification.
 *
 * Clients reuse a nonce over requests and methods, so it is good until it is old. An answer to any nonce but a live one of
 * ours is not looked at: it gets `stale=true` and a new nonce, and its sender learns nothing about the password.
 */
import type { Clock } from '../../../primitives/clock.ts';
import type { Secret } from '../../../primitives/secret.ts';
import { quote } from '../scan.ts';
import { type DigestAnswer, type DigestCredentials, isRightAnswer, parseDigestAnswer } from './digest-answer.ts';
import { type NoncePlace, Nonces } from './nonces.ts';

export interface DigestCheck extends NoncePlace {
  readonly method: string;
  /** Values of Authorization or Proxy-Authorization. */
  readonly answers: readonly string[];
  credentialsOf(username: string): DigestCredentials | undefined;
  /** Whether nobody may try a password of this user now. */
  isHeld(username: string): boolean;
}

/** `stale`: the nonce is not live, or the answer was used before. `held`: the answer was not looked at. */
export type DigestVerdict =
  | { readonly kind: 'authenticated' | 'wrong' | 'held'; readonly username: string }
  | { readonly kind: 'stale' | 'missing' };

export interface Digest {
  /** Values for WWW-Authenticate or Proxy-Authenticate, in the order in which they are written: MD5 first. */
  challenges(place: NoncePlace, stale: boolean): readonly string[];
  verify(check: DigestCheck): DigestVerdict;
}

export interface DigestOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Key of the nonces. */
  readonly key: Secret;
  /** A second challenge with SHA-256. Off by default: baresip 1.0 gives up when it sees one. */
  offerSha256(): boolean;
}

export function createDigest(options: DigestOptions): Digest {
  const nonces = new Nonces(options.clock, options.key);

  /** An answer without qop counts nothing: libpurple sends `nc` beside it, and always the same. */
  const isNews = (answer: DigestAnswer, nonce: string): boolean =>
    answer.get('qop') === undefined || nonces.counts(nonce, answer.get('cnonce') ?? '', answer.get('nc') ?? '');

  return {
    challenges(place, stale) {
      const rest = `nonce="${nonces.issue(place)}", qop="auth"${stale ? ', stale=true' : ''}`;
      const challenge = (name: string): string => `Digest realm=${quote(place.realm)}, algorithm=${name}, ${rest}`;
      return options.offerSha256() ? [challenge('MD5'), challenge('SHA-256')] : [challenge('MD5')];
    },

    verify(check) {
      const answer = check.answers.map(parseDigestAnswer).find((each) => each?.get('realm') === check.realm);
      if (answer === undefined) return { kind: 'missing' };
      const nonce = answer.get('nonce') ?? '';
      if (!nonces.isLive(nonce, check)) return { kind: 'stale' };
      const username = answer.get('username') ?? '';
      if (check.isHeld(username)) return { kind: 'held', username };
      if (!isRightAnswer(answer, check.method, check.credentialsOf(username))) return { kind: 'wrong', username };
      return isNews(answer, nonce) ? { kind: 'authenticated', username } : { kind: 'stale' };
    },
  };
}
