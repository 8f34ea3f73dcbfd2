/**
 * A conversation with an ACME server: its directory, its nonces, and signed requests. [RFC 8555 §6] A nonce that the server does
 * not take is replaced by the one it gives instead; a server that takes none is left.
 */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../../primitives/clock.ts';
import { CodedError, isCodedError } from '../../../primitives/errors.ts';
import { pause } from '../../../primitives/pause.ts';
import type { exchange, HttpsAnswer, HttpsRequest } from '../https-exchange.ts';
import { type AcmeDirectory, readDirectory } from './acme-directory.ts';
import { type JsonObject, parseJsonObject } from './acme-json.ts';
import { AcmeRefusal, unusableAnswer } from './acme-refusal.ts';
import { jwkOf, signEs256 } from './jws.ts';

export interface AcmeServer {
  readonly directoryUrl: URL;
  /** DER: under these and no others the server is believed. */
  readonly roots: readonly Buffer[];
}

export interface SessionPorts {
  readonly exchange: typeof exchange;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

export interface Signer {
  readonly key: KeyObject;
  /** Undefined while the server does not know the key: then the key itself stands in the request. */
  readonly accountUrl: URL | undefined;
}

export interface SignedRequest {
  readonly url: URL;
  /** Undefined: the resource is read (POST-as-GET). */
  readonly payload?: JsonObject;
  readonly accept?: string;
}

export interface AcmeSession {
  readonly directory: AcmeDirectory;
  /** @throws AcmeRefusal; CodedError what `exchange` throws, `AuthorityAnswerUnusable`, `Interrupted` */
  send(request: SignedRequest, signer: Signer): Promise<HttpsAnswer>;
}

/** Bytes. A chain of certificates is the longest answer. */
const maxBytes = 262_144;
/** Milliseconds. */
const deadlineMs = 30_000;
/** Nonces that are tried. Source: a server that rejects every second one gets through a thousand requests. */
const maxNonces = 20;
/** Milliseconds before a resource is read again from a server that did not answer. */
const readAgainMs = [1000, 4000] as const;

/** @throws CodedError as `send` */
export async function openSession(server: AcmeServer, ports: SessionPorts): Promise<AcmeSession> {
  const ask = async (request: Pick<HttpsRequest, 'url' | 'method' | 'headers'> & { readonly body?: string }) => {
    if (ports.signal?.aborted) throw interrupted();
    try {
      return await ports.exchange({ ...request, roots: server.roots, maxBytes, deadlineMs, signal: ports.signal });
    } catch (error) {
      throw ports.signal?.aborted ? interrupted() : error;
    }
  };
  const { directoryUrl } = server;
  const answer = await ask({ url: directoryUrl, method: 'GET' });
  if (answer.status !== 200) throw refusalOf(answer, directoryUrl, ports.clock.wallTime());
  const directory = readDirectory(answer.body);
  if (!directory.ok) throw unusableAnswer(directoryUrl, directory.error);
  const { newNonce } = directory.value;
  let nonce: string | undefined;

  const freshNonce = async (): Promise<string> => {
    const given = nonceOf(await ask({ url: newNonce, method: 'HEAD' }));
    if (given === undefined) throw unusableAnswer(newNonce, 'it gives no nonce');
    return given;
  };
  const sendOnce = async ({ url, payload, accept }: SignedRequest, signer: Signer): Promise<HttpsAnswer> => {
    const { key, accountUrl } = signer;
    const who = accountUrl === undefined ? { jwk: jwkOf(key) } : { kid: accountUrl.href };
    const header = { nonce: nonce ?? (await freshNonce()), url: url.href, ...who };
    nonce = undefined;
    const body = JSON.stringify(signEs256(header, payload === undefined ? '' : JSON.stringify(payload), key));
    const headers = { 'Content-Type': 'application/jose+json', ...(accept === undefined ? {} : { Accept: accept }) };
    const got = await ask({ url, method: 'POST', headers, body });
    nonce = nonceOf(got);
    if (got.status >= 200 && got.status < 300) return got;
    throw refusalOf(got, url, ports.clock.wallTime());
  };
  const sendWithNonce = async (request: SignedRequest, signer: Signer): Promise<HttpsAnswer> => {
    for (let left = maxNonces - 1; ; left -= 1) {
      try {
        return await sendOnce(request, signer);
      } catch (error) {
        if (!(error instanceof AcmeRefusal) || error.problem.type !== 'badNonce') throw error;
        if (left === 0) throw unusableAnswer(request.url, `it refuses the nonces that it gives, ${maxNonces} in a row`);
      }
    }
  };
  return {
    directory: directory.value,
    async send(request, signer) {
      for (const ms of request.payload === undefined ? readAgainMs : []) {
        try {
          return await sendWithNonce(request, signer);
        } catch (error) {
          if (!isCodedError(error) || error.id !== 'AuthorityUnreachable') throw error;
          await pause(ports.clock, ms, ports.signal);
        }
      }
      return await sendWithNonce(request, signer);
    },
  };
}

/** A nonce that is not base64url is none. [RFC 8555 §6.5.1] */
function nonceOf({ headers }: HttpsAnswer): string | undefined {
  const given = headers['replay-nonce'];
  return typeof given === 'string' && /^[\w-]{1,1024}$/.test(given) ? given : undefined;
}

function refusalOf(answer: HttpsAnswer, url: URL, now: Date): CodedError {
  if (answer.status < 300 || answer.status >= 400) return new AcmeRefusal(answer, url, now);
  return unusableAnswer(url, `it answers ${answer.status} and sends us elsewhere, which ACME servers do not do`);
}

export const interrupted = (): CodedError =>
  new CodedError('Interrupted', 'stopped while the authority was at work; the same order can be taken up again.');

/** The object in an answer. @throws CodedError `AuthorityAnswerUnusable` */
export function jsonOf(answer: HttpsAnswer, url: URL): JsonObject {
  const read = parseJsonObject(answer.body);
  if (!read.ok) throw unusableAnswer(url, read.error);
  return read.value;
}

/** Where the server keeps what it has just made. @throws CodedError `AuthorityAnswerUnusable` */
export function locationOf({ headers: { location } }: HttpsAnswer, from: URL): URL {
  if (location !== undefined && URL.canParse(location, from.href)) {
    const url = new URL(location, from);
    if (url.protocol === 'https:') return url;
  }
  throw unusableAnswer(from, 'it does not say where it keeps what it has made');
}
