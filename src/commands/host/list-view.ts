/** One object as `Name : value` lines: the form for a single object, and the one that screen readers read well. */
import { cellText } from './cell-text.ts';
import type { OutputObject } from './cmdlet.ts';
import { colourWord, type Palette } from './colour.ts';

/** Ends in a line break. Objects are separated by the caller. */
export function listView(object: OutputObject, columns: readonly string[], palette: Palette): string {
  const width = Math.max(0, ...columns.map((column) => column.length));
  return columns
    .map((name) => `${name.padEnd(width)} : ${colourWord(cellText(object[name]), palette)}`.trimEnd() + '\n')
    .join('');
}
