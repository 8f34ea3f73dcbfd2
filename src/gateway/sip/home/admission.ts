/**
 * Who speaks [RFC 3261 §22, §26.3.2]: a local user proves himself by digest, a trusted peer may speak for everybody, and
 * nobody else gets in. The home server is never an open relay.
 */
import { placeOf } from '../../../primitives/address-place.ts';
import type { Clock } from '../../../primitives/clock.ts';
import type { Ids } from '../../../primitives/ids.ts';
import { Secret } from '../../../primitives/secret.ts';
import { canonicalAor, sipUriIn } from '../aor.ts';
import type { HeaderField } from '../headers.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import { escapeUser, parseSipUri, type SipUri } from '../sip-uri.ts';
import type { Source } from '../transport.ts';
import { createDigest } from './digest.ts';
import type { DigestCredentials } from './digest-answer.ts';
import { type Guess, GuessBrake, type GuessingMet, retryAfterSeconds } from './guess-brake.ts';

export interface LocalUser {
  /** Absent: the user cannot authenticate. */
  readonly credentials?: DigestCredentials | undefined;
}

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** @param domain - As in the URI: lower case, perhaps an address. */
  isLocalDomain(domain: string): boolean;
  /** @param aor - `sip:user@domain`, all in lower case but the digits of escapes. */
  user(aor: string): LocalUser | undefined;
  /** The peer may speak for the local domains, REGISTER included, without digest. */
  isTrustedPeer(source: Source): boolean;
  /** The digest realm of a local domain: what its users' credentials were made with. */
  realm(domain: string): string;
  /** Adds a SHA-256 challenge after the MD5 one. */
  offerSha256(): boolean;
  /** Somebody has tried too many wrong passwords. */
  onGuessing?(met: GuessingMet): void;
}

/** The sender of a request. `isLocal`: a user of one of our domains; else somebody a trusted peer speaks for. */
export interface Sender {
  readonly aor: string;
  readonly isLocal: boolean;
}

/** @returns The sender, or undefined when the request has been answered: 401, 407, 400, 403 or 503. */
export type Admit = (incoming: IncomingRequest) => Sender | undefined;

/** Bits of the key that seals nonces. Source: own choice, the strength of its HMAC-SHA-256. */
const nonceKeyBits = 256;

export function createAdmission(options: AdmissionOptions): Admit {
  const digest = createDigest({
    clock: options.clock,
    key: new Secret(options.ids.token(nonceKeyBits)),
    offerSha256: () => options.offerSha256(),
  });
  const brake = new GuessBrake({ clock: options.clock, onHeld: (met) => options.onGuessing?.(met) });

  /** The user who answered our challenge; undefined after sending one, or a refusal. */
  function authenticated(incoming: IncomingRequest, from: SipUri): string | undefined {
    const { request, source } = incoming;
    const door = request.method === 'REGISTER' ? registrarDoor : proxyDoor;
    const place = { realm: options.realm(from.host), address: source.address };
    const guessOf = (username: string): Guess => ({
      aor: aorOfUsername(username, from.host),
      place: placeOf(source.address),
    });
    const verdict = digest.verify({
      ...place,
      method: request.method,
      answers: request.headers.getAll(door.answer),
      credentialsOf: (username) => options.user(guessOf(username).aor)?.credentials,
      isHeld: (username) => brake.holds(guessOf(username)),
    });
    // Each without a transaction: libpurple answers with the same branch and CSeq, and must not get this 401 again.
    if (verdict.kind === 'held') {
      incoming.respondStateless(503, { headers: [['Retry-After', String(retryAfterSeconds)]] });
      return undefined;
    }
    if (verdict.kind === 'authenticated') {
      brake.passed(guessOf(verdict.username));
      return guessOf(verdict.username).aor;
    }
    if (verdict.kind === 'wrong') brake.failed(guessOf(verdict.username));
    const challenges = digest.challenges(place, verdict.kind === 'stale');
    incoming.respondStateless(door.status, {
      headers: challenges.map((value): HeaderField => [door.challenge, value]),
    });
    return undefined;
  }

  return (incoming) => {
    const from = sipUriIn(incoming.request.headers.get('From'));
    if (from?.user === undefined) {
      incoming.respond(400, { reason: 'From Is No SIP User' });
      return undefined;
    }
    const aor = canonicalAor(from);
    const isLocal = options.isLocalDomain(from.host);
    if (options.isTrustedPeer(incoming.source)) return { aor, isLocal };
    if (!isLocal) {
      incoming.respond(403, { reason: 'Domain Not Served Here' });
      return undefined;
    }
    const user = authenticated(incoming, from);
    if (user === aor) return { aor, isLocal };
    if (user !== undefined) incoming.respond(403, { reason: 'From Is Another User' });
    return undefined;
  };
}

/** A registrar challenges as a user agent, everything else here as a proxy [RFC 3261 §22.2, §22.3]. */
const registrarDoor = { status: 401, challenge: 'WWW-Authenticate', answer: 'Authorization' } as const;
const proxyDoor = { status: 407, challenge: 'Proxy-Authenticate', answer: 'Proxy-Authorization' } as const;

function aorOfUsername(username: string, domain: string): string {
  const uri = parseSipUri(`sip:${escapeUser(username)}@${domain}`);
  return uri.ok ? canonicalAor(uri.value) : '';
}
