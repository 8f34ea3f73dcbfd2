/** The value of From, To, Contact, Route and their kin: `"Name" <uri>;parameters` or `uri;parameters` [RFC 3261 §20.10, §25.1]. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { type Parameters, parseParameters, printParameters } from './parameters.ts';
import { endOfQuoted, isToken, quote, unquote } from './scan.ts';

export interface NameAddr {
  /** Unquoted text from the peer: escape before showing it. */
  readonly displayName?: string | undefined;
  /** As written; `parseSipUri` reads it when it is sip or sips. */
  readonly uri: string;
  /** Header parameters (tag, expires, q, epid ...). */
  readonly parameters: Parameters;
}

/** Without angle brackets every `;` parameter belongs to the header, and the URI may hold no `,` or `?` [RFC 3261 §20]. */
export function parseNameAddr(text: string): Result<NameAddr, string> {
  const trimmed = text.trim();
  const open = openBracket(trimmed);
  if (open === -2) return refuse('A quoted name does not end.');
  return open < 0 ? parseBareAddress(trimmed) : parseBracketed(trimmed, open);
}

/** Index of `<`, -1 when there is none, -2 when a quoted name before it never ends. */
function openBracket(text: string): number {
  if (!text.startsWith('"')) return text.indexOf('<');
  const end = endOfQuoted(text, 0);
  return end < 0 ? -2 : text.indexOf('<', end);
}

function parseBracketed(text: string, open: number): Result<NameAddr, string> {
  const close = text.indexOf('>', open);
  if (close < 0) return refuse('"<" has no ">".');
  const uri = text.slice(open + 1, close).trim();
  const problem = uriProblem(uri);
  if (problem !== undefined) return refuse(problem);
  const displayName = parseDisplayName(text.slice(0, open).trim());
  if (!displayName.ok) return displayName;
  const parameters = parseParameters(text.slice(close + 1));
  return parameters.ok ? ok({ displayName: displayName.value, uri, parameters: parameters.value }) : parameters;
}

function parseDisplayName(text: string): Result<string | undefined, string> {
  if (text === '') return ok(undefined);
  if (text.startsWith('"')) {
    return endOfQuoted(text, 0) === text.length ? ok(unquote(text)) : refuse('Text stands between the name and "<".');
  }
  // Non-ASCII letters are tolerated in unquoted names; everything else must be tokens and white space.
  return text.split(/\s+/).every((word) => isToken(word.replace(/[^\u0000-\u007f]/g, 'x')))
    ? ok(text)
    : refuse('The name needs quotes.');
}

function parseBareAddress(text: string): Result<NameAddr, string> {
  const semicolon = text.indexOf(';', Math.max(text.indexOf('@'), 0));
  const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  if (/[,?]/.test(uri)) return refuse('A URI with "," or "?" needs angle brackets.');
  const problem = uriProblem(uri);
  if (problem !== undefined) return refuse(problem);
  const parameters = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  return parameters.ok ? ok({ displayName: undefined, uri, parameters: parameters.value }) : parameters;
}

const uriProblem = (uri: string): string | undefined =>
  /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+$/.test(uri)
    ? undefined
    : 'The address is not a URI without white space and brackets.';

/** A name is always quoted and a URI always bracketed: the one spelling every peer reads alike. */
export function printNameAddr(address: NameAddr): string {
  const name = address.displayName === undefined ? '' : `${quote(address.displayName)} `;
  return `${name}<${address.uri}>${printParameters(address.parameters)}`;
}

/** The tag of a From or To value; undefined when it has none or is not an address. */
export function tagOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const address = parseNameAddr(value);
  return address.ok ? address.value.parameters.get('tag') : undefined;
}
