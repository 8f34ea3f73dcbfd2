/**
 * Messages from header section and body, strictly: what RFC 4475 §3.1.2 calls invalid is refused, and a refused request
 * that can be answered is handed out for that. Never throws, never waits, linear in the number of bytes.
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { parseCSeq } from './c-seq.ts';
import { type Head, parseHead } from './head-parser.ts';
import { type Headers, headerKey } from './headers.ts';
import { maxBodyBytes, maxHeaderSectionBytes } from './limits.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { registeredMethods } from './methods.ts';
import { parseNameAddr } from './name-addr.ts';
import { isToken } from './scan.ts';
import { parseSipUri } from './sip-uri.ts';
import { parseVia } from './via.ts';

export interface ParseFailure {
  /** The status that answers it: 400, 413, 501, 505. */
  readonly status: number;
  /** One sentence; holds no text of the peer. */
  readonly reason: string;
  /** Present when it can be answered: a request other than ACK with a usable Via. Whatever else may be missing. */
  readonly request?: SipRequest | undefined;
}

export type Problem = Omit<ParseFailure, 'request'>;

const none = Buffer.alloc(0);
const bad = (reason: string): Problem => ({ status: 400, reason });

/** One datagram. Bytes beyond Content-Length are ignored, missing ones refuse the message [RFC 3261 §18.3]. */
export function parseMessage(bytes: Buffer): Result<SipMessage, ParseFailure> {
  const start = skipLineEnds(bytes);
  const end = bytes.indexOf('\r\n\r\n', start);
  if (end < 0) return refuse(bad('The header section does not end.'));
  if (end - start > maxHeaderSectionBytes) return refuse(bad('The header section is too long.'));
  const head = parseHead(bytes.subarray(start, end));
  const rest = bytes.subarray(end + 4);
  const length = contentLength(head.headers);
  if (!length.ok) return refuse(withRequest(head, length.error));
  if ((length.value ?? 0) > rest.length)
    return refuse(withRequest(head, bad('The body is shorter than Content-Length.')));
  if (rest.length > maxBodyBytes) return refuse(withRequest(head, tooLarge));
  return completeMessage(head, rest.subarray(0, length.value ?? rest.length));
}

function skipLineEnds(bytes: Buffer): number {
  let start = 0;
  while (bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2;
  return start;
}

const tooLarge: Problem = { status: 413, reason: `The body is longer than ${maxBodyBytes} bytes.` };

/** Bytes of the body; undefined without the header. Refused when it is no number, is there twice, or is too large. */
export function contentLength(headers: Headers): Result<number | undefined, Problem> {
  const [text, second] = headers.getAll('Content-Length');
  if (text === undefined) return ok(undefined);
  if (second !== undefined || !/^[0-9]+$/.test(text)) return refuse(bad('Content-Length is not one number.'));
  return Number(text) > maxBodyBytes ? refuse(tooLarge) : ok(Number(text));
}

export function completeMessage(head: Head, body: Buffer): Result<SipMessage, ParseFailure> {
  if (head.problem !== undefined) return refuse(withRequest(head, bad(head.problem)));
  const message = /^SIP\//i.test(head.startLine) ? readResponse(head, body) : readRequest(head, body);
  if (!message.ok) return refuse(withRequest(head, message.error));
  const problem = headerProblem(message.value);
  return problem === undefined ? message : refuse(withRequest(head, problem));
}

function readResponse(head: Head, body: Buffer): Result<SipMessage, Problem> {
  // A missing space before an empty reason phrase is tolerated; the phrase itself is any text.
  const match = /^SIP\/2\.0 ([1-6][0-9]{2})(?: (.*))?$/i.exec(head.startLine);
  if (match === null) return refuse(bad('The status line is malformed.'));
  const [, status, reason = ''] = match;
  return ok({ kind: 'response', status: Number(status), reason, headers: head.headers, body });
}

function readRequest(head: Head, body: Buffer): Result<SipMessage, Problem> {
  const [method = '', requestUri = '', version = '', ...more] = head.startLine.split(' ');
  if (!isToken(method) || more.length > 0) return refuse(bad('The request line is malformed.'));
  if (version.toUpperCase() !== 'SIP/2.0') return refuse(versionProblem(version));
  const problem = requestUriProblem(requestUri);
  return problem === undefined
    ? ok({ kind: 'request', method, requestUri, headers: head.headers, body })
    : refuse(bad(problem));
}

const versionProblem = (version: string): Problem =>
  /^SIP\/[0-9]+\.[0-9]+$/i.test(version)
    ? { status: 505, reason: 'The SIP version is not 2.0.' }
    : bad('The request line has no SIP version.');

/** Other schemes are legal here; the transaction user answers them with 416 [RFC 3261 §8.2.2.1]. */
function requestUriProblem(requestUri: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(requestUri)) return 'The Request-URI is not a URI.';
  if (!/^sips?:/i.test(requestUri)) return undefined;
  const uri = parseSipUri(requestUri);
  if (!uri.ok) return `Request-URI: ${uri.error}`;
  return uri.value.headers === undefined ? undefined : 'The Request-URI has header fields in it.';
}

/** Headers that mean something only once; a second one is an attempt to be understood in two ways. */
const singletons: ReadonlySet<string> = new Set(
  [
    'From',
    'To',
    'Call-ID',
    'CSeq',
    'Max-Forwards',
    'Content-Type',
    'Content-Disposition',
    'Expires',
    'Min-Expires',
    'Event',
    'Subscription-State',
    'SIP-ETag',
    'SIP-If-Match',
    'Session-Expires',
    'Date',
  ].map(headerKey),
);

function headerProblem(message: SipMessage): Problem | undefined {
  const { headers } = message;
  const repeated = headers.repeated(singletons);
  if (repeated !== undefined) return bad(`${repeated} occurs more than once.`);
  return viaProblem(headers) ?? partyProblem(headers) ?? cSeqProblem(message) ?? maxForwardsProblem(headers);
}

function viaProblem(headers: Headers): Problem | undefined {
  const [first, ...others] = headers.getAll('Via');
  if (first === undefined) return bad('Via is missing.');
  for (const via of [headers.read('Via', parseVia), ...others.map(parseVia)]) if (!via.ok) return bad(via.error);
  return undefined;
}

function partyProblem(headers: Headers): Problem | undefined {
  for (const name of ['From', 'To']) {
    if (!headers.has(name)) return bad(`${name} is missing.`);
    const address = headers.read(name, parseNameAddr);
    if (!address.ok) return bad(`${name}: ${address.error}`);
  }
  for (const value of headers.getAll('Contact')) {
    const address = value === '*' ? undefined : parseNameAddr(value);
    if (address?.ok === false) return bad(`Contact: ${address.error}`);
  }
  return undefined;
}

function cSeqProblem(message: SipMessage): Problem | undefined {
  const callId = message.headers.get('Call-ID') ?? '';
  if (callId === '' || /\s/.test(callId)) return bad('Call-ID is missing or has white space.');
  const cSeq = message.headers.read('CSeq', parseCSeq);
  if (!cSeq.ok) return bad(cSeq.error);
  if (message.kind === 'response' || cSeq.value.method === message.method) return undefined;
  // 501 keeps an unknown method open for the future [RFC 4475 §3.1.2.18].
  const status = registeredMethods.has(message.method) ? 400 : 501;
  return { status, reason: 'CSeq names another method than the request line.' };
}

function maxForwardsProblem(headers: Headers): Problem | undefined {
  const text = headers.get('Max-Forwards');
  if (text === undefined) return undefined;
  return /^[0-9]+$/.test(text) && Number(text) <= 255 ? undefined : bad('Max-Forwards is not 0 to 255.');
}

/** The refusal of a message with what is needed to answer it. */
export function withRequest(head: Head, problem: Problem): ParseFailure {
  const method = head.startLine.split(' ', 1)[0] ?? '';
  const { headers } = head;
  const via = headers.read('Via', parseVia);
  if (!isToken(method) || method === 'ACK' || !via.ok) return problem;
  return { ...problem, request: { kind: 'request', method, requestUri: '', headers, body: none } };
}
