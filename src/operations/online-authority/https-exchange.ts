/**
 * One HTTPS request to an authority, and its whole answer: bounded in bytes and in time, no redirections, no connection kept.
 * The server is believed under the roots that the caller names and under no others; its name is that of the URL.
 */
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';

import { printCertificates } from '../../certificates/pem.ts';
import { CodedError, isCodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';

/** The certificate by which we are known to the server, should it ask. */
export interface ClientIdentity {
  /** PKCS#8, PEM. */
  readonly key: Secret;
  /** PEM, leaf first. */
  readonly chain: string;
}

export interface HttpsRequest {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** DER. */
  readonly roots: readonly Buffer[];
  readonly clientIdentity?: ClientIdentity | undefined;
  /** Bytes of an answer's body. */
  readonly maxBytes: number;
  /** Milliseconds for all of it. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** @throws CodedError `AuthorityUnreachable`, `AuthorityUntrusted`, `Interrupted`, `AuthorityAnswerUnusable` for a body that is too long */
export async function exchange(order: HttpsRequest): Promise<HttpsAnswer> {
  const deadline = AbortSignal.timeout(order.deadlineMs);
  try {
    return await perform(order, AbortSignal.any([deadline, ...(order.signal === undefined ? [] : [order.signal])]));
  } catch (error) {
    if (isCodedError(error)) throw error;
    if (order.signal?.aborted === true)
      throw new CodedError('Interrupted', `stopped while ${order.url.host} was asked.`);
    throw failureOf(error, order, deadline.aborted);
  }
}

async function perform(order: HttpsRequest, signal: AbortSignal): Promise<HttpsAnswer> {
  const { url, method, headers = {}, body, roots, clientIdentity } = order;
  const sending = request(url, {
    method,
    headers: { 'User-Agent': 'xgw', ...headers, ...(body === undefined ? {} : { 'Content-Length': byteLength(body) }) },
    agent: false,
    signal,
    ca: printCertificates(roots),
    minVersion: 'TLSv1.2',
    ...(clientIdentity && { key: clientIdentity.key.reveal(), cert: clientIdentity.chain }),
  });
  sending.end(body);
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  try {
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await wholeBody(answer, order) };
  } finally {
    sending.destroy();
  }
}

const byteLength = (body: string | Buffer): number => Buffer.byteLength(body);

async function wholeBody(answer: IncomingMessage, { maxBytes, url }: HttpsRequest): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes)
      throw new CodedError('AuthorityAnswerUnusable', `The answer of ${url.host} is too long.`, {
        reason: `it has more than ${maxBytes} bytes`,
        target: url.href,
      });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What node and OpenSSL say of a certificate that they do not believe. */
const trustCode = /CERT|ISSUER|SELF_SIGNED|SIGNATURE|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME/;

function failureOf(error: unknown, { url, deadlineMs }: HttpsRequest, isLate: boolean): CodedError {
  const code = systemErrorCode(error) ?? '';
  const said = error instanceof Error ? error.message : String(error);
  if (!isLate && trustCode.test(code) && !code.startsWith('ERR_SSL'))
    return new CodedError('AuthorityUntrusted', `${url.host} is not believed to be the authority's server.`, {
      reason: `${said} (${code})`,
      fix: `openssl s_client -connect ${url.hostname}:${url.port || '443'} -servername ${url.hostname} -showcerts`,
      target: url.href,
      cause: error,
    });
  return new CodedError('AuthorityUnreachable', `${url.host} does not answer.`, {
    reason: isLate ? `nothing came within ${deadlineMs / 1000} s` : said,
    fix: `curl -v ${url.origin}/`,
    target: url.href,
    cause: error,
  });
}
