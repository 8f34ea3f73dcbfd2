/**
 * Objects as a table, PowerShell's look. The only file that knows cli-table3. Identities are never cut: on a narrow
 * terminal whole columns go, from the last, and the caller is told which.
 */
import Table from 'cli-table3';

import { cellText, displayWidth } from './cell-text.ts';
import type { OutputObject } from './cmdlet.ts';
import { colourWord, type Palette } from './colour.ts';

export interface TableView {
  /** Ends in a line break. */
  readonly text: string;
  /** Columns that the width had no room for. */
  readonly hidden: readonly string[];
  /** Of the shown columns; the next page keeps them. */
  readonly widths: readonly number[];
}

export interface TableRules {
  readonly columns: readonly string[];
  /** Columns of the terminal; undefined: as wide as it takes. */
  readonly width: number | undefined;
  readonly palette: Palette;
  /** Of the page before; undefined on the first page, which has the header. */
  readonly widths?: readonly number[] | undefined;
}

/** Spaces between columns. */
const gap = 1;

export function tableView(objects: readonly OutputObject[], rules: TableRules): TableView {
  const { columns, palette } = rules;
  const cells = objects.map((object) => columns.map((column) => cellText(object[column])));
  const widest = columns.map((column, index) =>
    Math.max(displayWidth(column), ...cells.map((row) => displayWidth(row[index] ?? '')), rules.widths?.[index] ?? 0),
  );
  const shown = rules.widths?.length ?? fitting(widest, rules.width);
  const widths = widest.slice(0, shown);
  const header = [columns.map((column) => palette.strong(column)), columns.map((column) => '-'.repeat(column.length))];
  const rows = cells.map((row) => row.map((cell) => colourWord(cell, palette)));
  const all = rules.widths ? rows : [...header, ...rows];
  return {
    text: layOut(
      all.map((row) => row.slice(0, shown)),
      widths,
    ),
    hidden: columns.slice(shown),
    widths,
  };
}

/** How many columns fit, the first one always. */
function fitting(widths: readonly number[], width: number | undefined): number {
  if (width === undefined) return widths.length;
  let used = 0;
  const tooWide = widths.findIndex((each) => {
    used += each + gap;
    return used - gap > width;
  });
  return tooWide < 0 ? widths.length : Math.max(1, tooWide);
}

const noBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
);

function layOut(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  const table = new Table({
    chars: noBorders,
    // Colours would come without a terminal and despite NO_COLOR.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    // Fixed widths: laying out is super-linear without them.
    colWidths: widths.map((width) => width + gap),
  });
  for (const row of rows) table.push([...row]);
  const lines = table.toString().split('\n');
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
