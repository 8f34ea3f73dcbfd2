/** What is wrong with a text, and where: line, column, and a caret under the character. */
import { CodedError } from '../../primitives/errors.ts';
import type { FailureId } from '../../primitives/failures.ts';
import { visibleText } from '../../primitives/visible-text.ts';

export interface SyntaxFault {
  readonly id: FailureId;
  /** One sentence. */
  readonly message: string;
  /** Offset in the text, its length at most. */
  readonly at: number;
  /** More text may mend it: a quote or a brace is open. */
  readonly isIncomplete: boolean;
  /** What to write in place of it. */
  readonly fix?: readonly string[];
}

/** Carries a fault from the depth of the parser to `parseScript`, and no further. */
export class FoundFault extends Error {
  readonly fault: SyntaxFault;

  constructor(fault: SyntaxFault) {
    super(fault.message);
    this.fault = fault;
  }
}

export interface Place {
  /** Both from 1; the column counts characters. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export function placeOf(text: string, at: number): Place {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(0, start).split('\n').length;
  return { line, column: at - start + 1, text: text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '') };
}

/** Characters of a line that are shown around the caret. */
const shownWidth = 100;

/** The line with a caret under the place, as two lines. */
export function caretLines({ column, text }: Place): readonly string[] {
  const from = Math.max(0, column - shownWidth / 2);
  const before = visibleText(text.slice(from, column - 1).replaceAll('\t', ' '));
  const shown = before + visibleText(text.slice(column - 1, from + shownWidth).replaceAll('\t', ' '));
  return [`  + ${shown}`, `  + ${' '.repeat(before.length)}^`];
}

/** @param name - The file, or undefined where the text was typed. */
export function faultError(fault: SyntaxFault, text: string, name?: string): CodedError {
  const place = placeOf(text, fault.at);
  const where = `${name === undefined ? '' : `${name}:`}${place.line}:${place.column}`;
  return new CodedError(fault.id, `${where}: ${fault.message}`, {
    reason: 'no line was run',
    fix: fault.fix ?? 'xgw get-help about_managementshell',
    target: place.text,
    excerpt: caretLines(place),
  });
}
