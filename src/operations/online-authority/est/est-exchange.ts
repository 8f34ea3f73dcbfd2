/** One EST operation over HTTPS: its path and media types, a password when the server asks for one, redirections that stay on the server. */
import type { Secret } from '../../../primitives/secret.ts';
import { type ClientIdentity, exchange, type HttpsAnswer } from '../https-exchange.ts';

export interface EstServer {
  /** Without path: `/.well-known/est` of the host. [RFC 7030 §3.2.2] */
  readonly url: URL;
  /** DER: under these and no others the server is believed. */
  readonly roots: readonly Buffer[];
  readonly credentials: EstCredentials | undefined;
}

export interface EstCredentials {
  /** May be empty. [RFC 7030 §3.2.3] */
  readonly userName: string;
  readonly password: Secret;
}

export interface EstOperation {
  readonly operation: 'cacerts' | 'simpleenroll' | 'simplereenroll';
  /** PKCS#10, DER; absent for cacerts. */
  readonly csr?: Buffer;
  readonly clientIdentity?: ClientIdentity | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes. Twenty certificates of 4096-bit keys with long names have 60 000 in base64. */
const maxBytes = 262_144;
/** Milliseconds: some servers ask a hardware module, or another authority, before they answer. */
const deadlineMs = 60_000;
const maxRedirections = 3;

/** @throws CodedError what `exchange` throws; every status is an answer */
export async function estExchange(server: EstServer, order: EstOperation): Promise<HttpsAnswer> {
  const url = operationUrl(server.url, order.operation);
  const answer = await onServer(url, server, order);
  const { credentials } = server;
  if (answer.status !== 401 || credentials === undefined || !asksForPassword(answer)) return answer;
  return await onServer(url, server, order, { Authorization: basic(credentials) });
}

export function operationUrl(base: URL, operation: string): URL {
  const prefix = base.pathname === '/' ? '/.well-known/est' : base.pathname.replace(/\/+$/, '');
  return new URL(`${prefix}/${operation}`, base.origin);
}

/** @param headers - Those of the answer to a challenge. */
async function onServer(
  url: URL,
  server: EstServer,
  order: EstOperation,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpsAnswer> {
  let at = url;
  for (let left = maxRedirections; ; left -= 1) {
    const answer = await send(at, server, order, headers);
    const next = redirection(answer, at);
    if (next === undefined || left === 0) return answer;
    at = next;
  }
}

const send = async (
  url: URL,
  { roots }: EstServer,
  { csr, clientIdentity, signal }: EstOperation,
  headers: Readonly<Record<string, string>>,
): Promise<HttpsAnswer> =>
  await exchange({
    ...(csr === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body: csr.toString('base64') }),
    url,
    headers: {
      Accept: 'application/pkcs7-mime',
      ...(csr && { 'Content-Type': 'application/pkcs10', 'Content-Transfer-Encoding': 'base64' }),
      ...headers,
    },
    roots,
    clientIdentity,
    maxBytes,
    deadlineMs,
    signal,
  });

/** Where else on the same server; another server would need an administrator's word. [RFC 7030 §3.2.1] */
function redirection({ status, headers: { location } }: HttpsAnswer, from: URL): URL | undefined {
  if (![301, 302, 307, 308].includes(status) || location === undefined || !URL.canParse(location, from.href))
    return undefined;
  const to = new URL(location, from);
  return to.origin === from.origin ? to : undefined;
}

const asksForPassword = ({ headers }: HttpsAnswer): boolean =>
  /(?:^|,)\s*basic(?:\s|,|$)/i.test(headers['www-authenticate'] ?? '');

const basic = ({ userName, password }: EstCredentials): string =>
  `Basic ${Buffer.from(`${userName}:${password.reveal()}`).toString('base64')}`;
