/** `;name=value` lists after URIs, addresses, Via and media types. Names are lower case; a value stays as written. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { endOfQuoted, splitOutside } from './scan.ts';

/** '' is a parameter without a value (`;lr`, `;rport`). A quoted value keeps its quotes: `unquote` reads it. */
export type Parameters = ReadonlyMap<string, string>;

/** Text that starts at its first `;`, or is empty. Refuses nameless and repeated parameters and open quotes. */
export function parseParameters(text: string): Result<Parameters, string> {
  const trimmed = text.trim();
  if (trimmed === '') return ok(new Map());
  if (!trimmed.startsWith(';')) return refuse('Text stands where ";" was expected.');
  const parameters = new Map<string, string>();
  for (const part of splitOutside(trimmed.slice(1), ';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : part.slice(equals + 1).trim();
    const problem = problemOf(name, value, equals >= 0);
    if (problem !== undefined) return refuse(problem);
    if (parameters.has(name)) return refuse(`The parameter "${name}" occurs twice.`);
    parameters.set(name, value);
  }
  return ok(parameters);
}

function problemOf(name: string, value: string, hasEquals: boolean): string | undefined {
  if (name === '') return 'A parameter has no name.';
  if (/[\s"<>,]/.test(name)) return 'A parameter name has a character that is not allowed.';
  if (hasEquals && value === '') return `The parameter "${name}" has "=" and no value.`;
  if (value.startsWith('"')) {
    return endOfQuoted(value, 0) === value.length ? undefined : `The value of "${name}" does not end with its quote.`;
  }
  return /[\s"<>,]/.test(value) ? `The value of "${name}" has a character that is not allowed.` : undefined;
}

export const printParameters = (parameters: Parameters): string =>
  Array.from(parameters, ([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`)).join('');
