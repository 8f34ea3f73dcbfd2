/** Objects of a pipe as text for people: neighbours of one kind are one table or one list, texts are lines. */
import { cellText } from '../host/cell-text.ts';
import type { CmdletContext, OutputObject } from '../host/cmdlet.ts';
import { isObject, ownName } from './values.ts';

export interface ShownAs {
  readonly form: 'table' | 'list';
  readonly columns?: readonly string[];
}

/** @returns Text that ends in a line break, or nothing for no objects. */
export function shownObjects(items: readonly unknown[], as: ShownAs, context: CmdletContext): string {
  const texts: string[] = [];
  let row: OutputObject[] = [];
  const flush = (): void => {
    if (row.length > 0) texts.push(context.view(row, as.form, columnsOf(row, as, context)));
    row = [];
  };
  for (const item of items) {
    if (isObject(item)) {
      if (row[0] && row[0]['Kind'] !== item['Kind']) flush();
      row.push(item);
    } else {
      flush();
      texts.push(`${typeof item === 'string' ? item : cellText(item)}\n`);
    }
  }
  flush();
  return texts.join('');
}

/** As named, in the spelling of the objects; else those of the kind, where it has a table. Undefined: all properties. */
function columnsOf([first = {}]: readonly OutputObject[], { form, columns }: ShownAs, context: CmdletContext) {
  if (columns) return columns.map((name) => ownName(first, name) ?? name);
  const kind = first['Kind'];
  if (form === 'list' || kind === undefined) return undefined;
  return context.catalogue().find(({ output }) => output?.kind === kind)?.output?.table;
}
