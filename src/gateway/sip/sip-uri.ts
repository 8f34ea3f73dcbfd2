/**
 * sip and sips URIs [RFC 3261 §19.1]: parse, print, compare by address of record. Other schemes are refused here
 * (the caller answers 416). Everything is kept in escaped form; `decodedUser` is the one door to the raw text.
 */
import { isIPv6 } from 'node:net';
import { memoized } from '../../primitives/memoized.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { type Parameters, parseParameters, printParameters } from './parameters.ts';
import { cutBefore } from './scan.ts';

export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Canonically escaped (see `canonicalUser`), with its `;` parameters if any; a password is dropped. */
  readonly user?: string | undefined;
  /** Lower case; an IPv6 address in brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly parameters: Parameters;
  /** The part after `?` as written; only meaningful in places where RFC 3261 table 1 allows it. */
  readonly headers?: string | undefined;
}

export const parseSipUri: (text: string) => Result<SipUri, string> = memoized((text) => {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme !== 'sip' && scheme !== 'sips') return refuse('The URI is not sip: or sips:.');
  if (/[\s<>]/.test(text)) return refuse('The URI has white space or brackets in it.');
  const rest = text.slice(colon + 1);
  // "?" and ";" may stand unescaped in the user part, so the first "@" decides [RFC 3261 §25.1 user-unreserved].
  const at = rest.indexOf('@');
  const user = at < 0 ? ok(undefined) : canonicalUser(rest.slice(0, at));
  if (!user.ok) return user;
  const [beforeHeaders, rawHeaders] = cutBefore(rest.slice(at + 1), '?');
  const [rawPlace, rawParameters] = cutBefore(beforeHeaders, ';');
  const place = parseHostPort(rawPlace);
  if (!place.ok) return place;
  const parameters = parseParameters(rawParameters);
  if (!parameters.ok) return parameters;
  if (rawHeaders.includes('"')) return refuse('The URI has a character that is not allowed.');
  const headers = rawHeaders === '' ? undefined : rawHeaders.slice(1);
  return ok({ scheme, user: user.value, ...place.value, parameters: parameters.value, headers });
});

export interface HostPort {
  readonly host: string;
  readonly port?: number | undefined;
}

const hostName = /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?$/;
/** Source: RFC 1035 §2.3.4. */
const maxHostLength = 253;

/** `host[:port]`, port 1 to 65535. White space around the colon is the caller's matter. */
export function parseHostPort(text: string): Result<HostPort, string> {
  const colon = text.startsWith('[') ? text.indexOf(':', text.indexOf(']')) : text.indexOf(':');
  const host = (colon < 0 ? text : text.slice(0, colon)).toLowerCase();
  if (host.length > maxHostLength) return refuse(`A host is longer than ${maxHostLength} characters.`);
  if (!isHost(host)) return refuse('A host is not a name or an address.');
  if (colon < 0) return ok({ host, port: undefined });
  const digits = text.slice(colon + 1);
  const port = Number(digits);
  if (!/^[0-9]{1,5}$/.test(digits) || port < 1 || port > 65_535) return refuse('A port is not 1 to 65535.');
  return ok({ host, port });
}

function isHost(host: string): boolean {
  return host.startsWith('[') ? host.endsWith(']') && isIPv6(host.slice(1, -1)) : hostName.test(host);
}

/** Characters that stand for themselves in a user part, besides letters and digits [RFC 3261 §25.1]. */
const rawInUser = /[A-Za-z0-9\-_.!~*'()&=+$,;?/]/;
const allRawInUser = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/]+$/;

/** One spelling for each user part: what may stand raw is decoded, all else is `%HH` in upper case. Drops a password. */
function canonicalUser(text: string): Result<string, string> {
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  if (user === '') return refuse('The user part before "@" is empty.');
  if (allRawInUser.test(user)) return ok(user);
  let canonical = '';
  for (let at = 0; at < user.length; at += 1) {
    const character = user.charAt(at);
    if (character !== '%') {
      if (!rawInUser.test(character)) return refuse('The user part has a character that must be escaped.');
      canonical += character;
      continue;
    }
    const hex = user.slice(at + 1, at + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return refuse('The user part has a "%" that is not an escape.');
    canonical += canonicalOctet(Number.parseInt(hex, 16));
    at += 2;
  }
  return ok(canonical);
}

/** Reserved characters keep their escape: `%3B` and `;` are not the same [RFC 3261 §19.1.4, RFC 2396 §2.2]. */
function canonicalOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  return /[A-Za-z0-9\-_.!~*'()]/.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Escapes raw text for a user part, byte by byte in UTF-8. */
export const escapeUser = (text: string): string =>
  unescaped.test(text) ? text : Array.from(Buffer.from(text, 'utf8'), canonicalUserOctet).join('');

/** Names of most people: nothing in them is escaped. */
const unescaped = /^[A-Za-z0-9\-_.]*$/;

const canonicalUserOctet = (octet: number): string =>
  rawInUser.test(String.fromCharCode(octet)) && octet !== 0x3b
    ? String.fromCharCode(octet)
    : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The user part as text. Refuses what no other system may see: control characters, invalid UTF-8, nothing at all. */
export function decodedUser(uri: SipUri): Result<string, string> {
  if (uri.user === undefined) return refuse('The address has no user part.');
  const octets = Buffer.from(
    uri.user.replace(/%([0-9A-F]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  try {
    const text = utf8.decode(octets);
    return /[\u0000-\u001f\u007f-\u009f]/.test(text) ? refuse('The user part hides a control character.') : ok(text);
  } catch {
    return refuse('The user part is not UTF-8.');
  }
}

export function printSipUri(uri: SipUri): string {
  const user = uri.user === undefined ? '' : `${uri.user}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${printParameters(uri.parameters)}${headers}`;
}

/** The address of record: `sip:user@host`, without port, parameters and headers; also for sips [RFC 3261 §10.3 step 5]. */
export const aorOf = (uri: SipUri): string => `sip:${uri.user === undefined ? '' : `${uri.user}@`}${uri.host}`;
