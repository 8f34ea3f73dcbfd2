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
  const quoted = trimmed.startsWith('"') ? endOfQuoted(trimmed, 0) : 0;
  if (quoted < 0) return refuse('A quoted name does not end.');
  const open = trimmed.indexOf('<', quoted);
  return open < 0 ? parseBareAddress(trimmed) : parseBracketed(trimmed, quoted, open);
}

/** @param quoted Where the quoted name at the beginning ends; 0 when there is none. */
function parseBracketed(text: string, quoted: number, open: number): Result<NameAddr, string> {
  const close = text.indexOf('>', open);
  if (close < 0) return refuse('"<" has no ">".');
  const uri = text.slice(open + 1, close).trim();
  const problem = uriProblem(uri);
  if (problem !== undefined) return refuse(problem);
  const before = text.slice(quoted, open).trim();
  const displayName = quoted > 0 ? parseQuotedName(text.slice(0, quoted), before) : parseTokens(before);
  if (!displayName.ok) return displayName;
  const parameters = parseParameters(text.slice(close + 1));
  return parameters.ok ? ok({ displayName: displayName.value, uri, parameters: parameters.value }) : parameters;
}

const parseQuotedName = (name: string, after: string): Result<string, string> =>
  after === '' ? ok(unquote(name)) : refuse('Text stands between the name and "<".');

function parseTokens(text: string): Result<string | undefined, string> {
  if (text === '') return ok(undefined);
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
