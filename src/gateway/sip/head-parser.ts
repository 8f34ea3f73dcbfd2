/**
 * The header section: bytes to start line and fields [RFC 3261 §7.3.1, §25.1]. Folded lines are joined by one space,
 * white space before the colon is allowed, lines end with CRLF only, text is UTF-8. Linear in the number of bytes.
 */
import { isUtf8 } from 'node:buffer';

import { type HeaderField, Headers } from './headers.ts';
import { maxHeaderFields } from './limits.ts';
import { isToken, trimBlanks } from './scan.ts';

export interface Head {
  readonly startLine: string;
  /** The fields before the problem, if there is one: enough to answer 400 where possible. */
  readonly headers: Headers;
  readonly problem?: string | undefined;
}

/** @param bytes From the start line up to the empty line, without it. */
export function parseHead(bytes: Buffer): Head {
  if (!isUtf8(bytes)) return { startLine: '', headers: Headers.empty, problem: 'The header section is not UTF-8.' };
  const [startLine = '', ...lines] = bytes.toString('utf8').split('\r\n');
  const fields: HeaderField[] = [];
  for (const line of unfold(lines)) {
    const problem =
      fields.length >= maxHeaderFields ? `More than ${maxHeaderFields} header fields.` : lineProblem(line);
    if (problem !== undefined) return { startLine, headers: Headers.of(fields), problem };
    const colon = line.indexOf(':');
    fields.push([trimBlanks(line.slice(0, colon)), trimBlanks(line.slice(colon + 1))]);
  }
  const problem = hasLineEnd(startLine) ? 'The start line has a lone CR or LF.' : undefined;
  return { startLine, headers: Headers.of(fields), problem };
}

function unfold(lines: readonly string[]): readonly string[] {
  const unfolded: string[][] = [];
  for (const line of lines) {
    if (/^[ \t]/.test(line)) (unfolded.at(-1) ?? startOfNothing(unfolded)).push(trimBlanks(line));
    else unfolded.push([line]);
  }
  return unfolded.map((parts) => parts.join(' '));
}

/** A continuation of the start line is no field; it becomes a line of its own, which the caller refuses. */
function startOfNothing(unfolded: string[][]): string[] {
  const line: string[] = [];
  unfolded.push(line);
  return line;
}

function lineProblem(line: string): string | undefined {
  if (hasLineEnd(line)) return 'A line end is not CRLF.';
  const colon = line.indexOf(':');
  if (colon < 0) return 'A header line has no colon.';
  return isToken(trimBlanks(line.slice(0, colon))) ? undefined : 'A header name is not a token.';
}

const hasLineEnd = (line: string): boolean => /[\r\n]/.test(line);
