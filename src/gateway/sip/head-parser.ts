/**
 * The header section: bytes to start line and fields [RFC 3261 §7.3.1, §25.1]. Folded lines are joined by one space,
 * white space before the colon is allowed, lines end with CRLF only, text is UTF-8. Linear in the number of bytes.
 */
import { isUtf8 } from 'node:buffer';

import { type HeaderField, Headers, isHeaderName } from './headers.ts';
import { maxHeaderFields } from './limits.ts';
import { hasLineEnd, trimBlanks } from './scan.ts';

export interface Head {
  readonly startLine: string;
  /** The fields before the problem, if there is one: enough to answer 400 where possible. */
  readonly headers: Headers;
  readonly problem?: string | undefined;
}

/** @param bytes From the start line up to the empty line, without it. */
export function parseHead(bytes: Buffer): Head {
  if (!isUtf8(bytes)) return { startLine: '', headers: Headers.empty, problem: 'The header section is not UTF-8.' };
  const lines = bytes.toString('utf8').split('\r\n');
  const startLine = lines[0] ?? '';
  if (isContinuation(lines[1])) return { startLine, headers: Headers.empty, problem: 'The start line is folded.' };
  const fields: HeaderField[] = [];
  for (let at = 1; at < lines.length; ) {
    const end = endOfFolded(lines, at);
    const line = end === at + 1 ? (lines[at] ?? '') : unfolded(lines.slice(at, end));
    at = end;
    const field = fields.length < maxHeaderFields ? parseField(line) : `More than ${maxHeaderFields} header fields.`;
    if (typeof field === 'string') return { startLine, headers: Headers.of(fields), problem: field };
    fields.push(field);
  }
  const problem = hasLineEnd(startLine) ? 'The start line has a lone CR or LF.' : undefined;
  return { startLine, headers: Headers.of(fields), problem };
}

/** Index after the last continuation of the line at `start`. */
function endOfFolded(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (isContinuation(lines[end])) end += 1;
  return end;
}

function isContinuation(line: string | undefined): boolean {
  const code = line?.charCodeAt(0);
  return code === 0x20 || code === 0x09;
}

const unfolded = ([first = '', ...continuations]: readonly string[]): string =>
  [first, ...continuations.map(trimBlanks)].join(' ');

/** The field of one line, or the problem with it. */
function parseField(line: string): HeaderField | string {
  if (hasLineEnd(line)) return 'A line end is not CRLF.';
  const colon = line.indexOf(':');
  if (colon < 0) return 'A header line has no colon.';
  const name = trimBlanks(line.slice(0, colon));
  if (!isHeaderName(name)) return 'A header name is not a token.';
  return [name, trimBlanks(line.slice(colon + 1))];
}
