/** `;name=value` lists after URIs, addresses, Via and media types. Names are lower case; a value stays as written. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { endOfQuoted, splitOutside } from './scan.ts';

/** '' is a parameter without a value (`;lr`, `;rport`). A quoted value keeps its quotes: `unquote` reads it. */
export type Parameters = ReadonlyMap<string, string>;

/** Text that starts at its first `;`, or is empty. Refuses nameless and repeated parameters and open quotes. */
export function parseParameters(text: string): Result<Parameters, string> {
  const trimmed = text.trim();
  if (trimmed === '') return ok(none);
  if (!trimmed.startsWith(';')) return refuse('Text stands where ";" was expected.');
  const parameters = new Map<string, string>();
  const list = trimmed.slice(1);
  // What holds none of these needs no look at each of its parts.
  const isPlain = !special.test(list);
  for (const part of isPlain ? list.split(';') : splitOutside(list, ';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : part.slice(equals + 1).trim();
    const problem = isPlain && name !== '' && value !== '' ? undefined : problemOf(name, value, equals >= 0);
    if (problem !== undefined) return refuse(problem);
    if (parameters.has(name)) return refuse('A parameter occurs twice.');
    parameters.set(name, value);
  }
  return ok(parameters);
}

const none: Parameters = new Map();
const special = /[\s"<>,]/;

function problemOf(name: string, value: string, hasEquals: boolean): string | undefined {
  if (name === '') return 'A parameter has no name.';
  if (special.test(name)) return 'A parameter name has a character that is not allowed.';
  if (hasEquals && value === '') return 'A parameter has "=" and no value.';
  if (value.startsWith('"')) {
    return endOfQuoted(value, 0) === value.length ? undefined : 'The value of a parameter does not end with its quote.';
  }
  return special.test(value) ? 'The value of a parameter has a character that is not allowed.' : undefined;
}

export function printParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) text += value === '' ? `;${name}` : `;${name}=${value}`;
  return text;
}
