/**
 * XMPP addresses, RFC 7622: localpart@domainpart/resourcepart. Domainparts are kept as A-labels, so that comparing is
 * comparing strings; they are printed as U-labels, as every address on the wire must be.
 */
import { type DomainName, displayDomainName, parseDomainName } from '../../primitives/domain-name.ts';
import { memoized } from '../../primitives/memoized.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';

export interface Jid {
  /** Lower case, NFC. */
  readonly localpart?: string;
  readonly domainpart: DomainName;
  readonly resourcepart?: string;
}

/** Octets of UTF-8 in one part. Source: RFC 7622 §3.1. */
const maxPartBytes = 1023;

/** Not allowed in a localpart. Source: RFC 7622 §3.3.1; spaces by the PRECIS IdentifierClass. */
const forbiddenInLocalpart = /["&'/:<>@\s]/u;

/** Controls, surrogates, private use and unassigned code points, and what shows as nothing. Source: RFC 8264 §9. */
const unprintable = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/** Reads an address. The domainpart needs two labels; IP addresses are refused. */
export const parseJid: (text: string) => Result<Jid, string> = memoized((text) => {
  const slash = text.indexOf('/');
  const bare = slash === -1 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  const domainpart = parseDomainName(at === -1 ? bare : bare.slice(at + 1));
  if (!domainpart.ok) return domainpart;
  const localpart = at === -1 ? ok(undefined) : parseLocalpart(bare.slice(0, at));
  if (!localpart.ok) return localpart;
  const resourcepart = slash === -1 ? ok(undefined) : parseResourcepart(text.slice(slash + 1));
  if (!resourcepart.ok) return resourcepart;
  return ok({
    ...(localpart.value === undefined ? {} : { localpart: localpart.value }),
    domainpart: domainpart.value,
    ...(resourcepart.value === undefined ? {} : { resourcepart: resourcepart.value }),
  });
});

/** The domainpart of an address whose other parts may be wrong: enough to decide whose stanza it is, and no more. */
export function domainpartOf(text: string): DomainName | undefined {
  const jid = parseJid(text);
  if (jid.ok) return jid.value.domainpart;
  const bare = text.split('/', 1)[0] ?? '';
  const domainpart = parseDomainName(bare.slice(bare.indexOf('@') + 1));
  return domainpart.ok ? domainpart.value : undefined;
}

/** `printJid(bareJid(jid))`, kept with the address. */
export function printBareJid(jid: Jid): string {
  const known = bareTexts.get(jid);
  if (known !== undefined) return known;
  const text = printJid(bareJid(jid));
  bareTexts.set(jid, text);
  return text;
}

const bareTexts = new WeakMap<Jid, string>();

export function printJid({ localpart, domainpart, resourcepart }: Jid): string {
  const account = localpart === undefined ? '' : `${localpart}@`;
  return `${account}${printDomainpart(domainpart)}${resourcepart === undefined ? '' : `/${resourcepart}`}`;
}

/**
 * The domain as addresses in stanzas and in stream headers name it: U-labels, where DNS, SNI and certificates have A-labels
 * [RFC 7622 §3.2.1: the string MUST NOT include A-labels]. Servers compare these strings after nameprep, which does not
 * decode A-labels, and would not know themselves by them. A label that does not come back as itself stays as it is.
 */
export function printDomainpart(domainpart: DomainName): string {
  if (!domainpart.includes('xn--')) return domainpart;
  const display = displayDomainName(domainpart);
  const back = parseDomainName(display);
  return back.ok && back.value === domainpart ? display : domainpart;
}

/** The address without its resourcepart. */
export function bareJid({ localpart, domainpart }: Jid): Jid {
  return localpart === undefined ? { domainpart } : { localpart, domainpart };
}

function parseLocalpart(text: string): Result<string, string> {
  const normal = text.normalize('NFKC').toLowerCase().normalize('NFC');
  if (forbiddenInLocalpart.test(normal)) return refuse(`"${text}" has a character that a localpart must not have.`);
  return parsePart(normal, 'localpart');
}

function parseResourcepart(text: string): Result<string, string> {
  return parsePart(text.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC'), 'resourcepart');
}

function parsePart(text: string, part: string): Result<string, string> {
  if (text === '') return refuse(`The ${part} is empty.`);
  if (Buffer.byteLength(text) > maxPartBytes) return refuse(`The ${part} is longer than ${maxPartBytes} octets.`);
  if (unprintable.test(text)) return refuse(`The ${part} has a control or invisible character.`);
  return ok(text);
}

/** JID Escaping: the ten characters, in the order of the specification [XEP-0106 §3]. The backslash is escaped only where it would be read back as one of these. */
const escapable = Array.from(' "&\'/:<>@\\');

const codeOf = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, '0');
const codes = escapable.map(codeOf);
const sequence = new RegExp(`\\\\(?:${codes.join('|')})`, 'gi');

/** Makes a localpart of any user name. `unescapeLocalpart` gives the name back. */
export function escapeLocalpart(name: string): string {
  const backslashes = name.replaceAll(sequence, (found) => `\\5c${found.slice(1)}`);
  return backslashes.replaceAll(/[ "&'/:<>@]/g, (character) => `\\${codeOf(character)}`);
}

/** The user name that a localpart stands for. Unknown sequences stay as they are [XEP-0106 §4.2]. */
export const unescapeLocalpart = (localpart: string): string =>
  localpart.replaceAll(sequence, (found) => String.fromCharCode(Number.parseInt(found.slice(1), 16)));
