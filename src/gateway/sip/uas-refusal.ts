/**
 * What the gateway answers, outside of sessions, to what it does not do, in the order of RFC 3261 §8.2: the method, the URIs,
 * the extensions, the body. Whoever asks for more than one of them hears of the first.
 */
import { unservedMethod } from './allowed-methods.ts';
import type { HeaderField } from './headers.ts';
import type { SipRequest } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseParameters } from './parameters.ts';
import type { ResponseParts } from './response-to.ts';
import { cutBefore } from './scan.ts';
import { parseSipUri } from './sip-uri.ts';

export interface Refusal {
  readonly status: number;
  readonly more: ResponseParts;
}

/** Codings in which a body is read: none, as whoever knows no Content-Encoding says it [RFC 3261 §20.2]. */
export const acceptEncoding: HeaderField = ['Accept-Encoding', 'identity'];

/** In which texts for people are. */
export const acceptLanguage: HeaderField = ['Accept-Language', 'en'];

/** Requests for somebody who is reached by XMPP. */
const taken: ReadonlySet<string> = new Set(['MESSAGE', 'SUBSCRIBE']);

/** The answer to a request outside of dialogs that is no INVITE; undefined for one that goes on. */
export function uasRefusal(request: SipRequest): Refusal | undefined {
  if (!taken.has(request.method)) return unservedMethod(request.method, false);
  return uriRefusal(request) ?? extensionRefusal(request) ?? bodyRefusal(request);
}

/** Nobody can promise TLS on every hop to an XMPP user, and a number is no user [RFC 7247 §8, RFC 3261 §8.2.2.1]. */
function uriRefusal({ requestUri, headers }: SipRequest): Refusal | undefined {
  const to = parseNameAddr(headers.get('To') ?? '');
  const uris = [requestUri, ...(to.ok ? [to.value.uri] : [])].map(parseSipUri);
  const isServed = uris.every((uri) => uri.ok && uri.value.scheme === 'sip');
  return isServed ? undefined : { status: 416, more: {} };
}

/** Proxy-Require is for proxies alone: here the way ends [RFC 3261 §20.29]. */
function extensionRefusal({ headers }: SipRequest): Refusal | undefined {
  const required = headers.getAll('Require').join(', ');
  return required === '' ? undefined : { status: 420, more: { headers: [['Unsupported', required]] } };
}

/** A body that need not be understood goes unread, but for a MESSAGE, which is nothing without it [RFC 3261 §8.2.3, §20.11]. */
function bodyRefusal({ method, headers, body }: SipRequest): Refusal | undefined {
  if (body.length === 0) return undefined;
  const [disposition, rest] = cutBefore(headers.get('Content-Disposition') ?? 'render', ';');
  const parameters = parseParameters(rest);
  const handling = parameters.ok ? parameters.value.get('handling')?.toLowerCase() : undefined;
  if (method !== 'MESSAGE' && handling !== 'required') return undefined;
  if (headers.has('Content-Encoding')) return { status: 415, more: { headers: [acceptEncoding] } };
  return disposition.trim().toLowerCase() === 'render' ? undefined : { status: 415, more: {} };
}
