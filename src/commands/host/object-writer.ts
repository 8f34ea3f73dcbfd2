/**
 * Objects to standard output in the form that was asked for. `auto` is a table or a list where a person reads, and one JSON
 * object a line in a pipe, so that cmdlets feed cmdlets. Records go out one by one; only tables and JSON arrays wait.
 */
import { visibleText } from '../../primitives/visible-text.ts';
import { cellText } from './cell-text.ts';
import type { OutputKind, OutputObject } from './cmdlet.ts';
import type { Palette } from './colour.ts';
import { listView } from './list-view.ts';
import { tableView } from './table-view.ts';
import { csvLine, jsonText, nameOf, plainText, tsvLine, yamlItem } from './text-formats.ts';

export interface WriterRules {
  /** As the cmdlet's `format`: in lower case, `auto` resolved by this file. */
  readonly format: string;
  readonly isTerminal: boolean;
  readonly width: number | undefined;
  readonly palette: Palette;
  readonly asciiOnly: boolean;
  readonly output: OutputKind | undefined;
  /** For filters, which hand on objects of every kind. */
  readonly outputOf?: (kind: unknown) => OutputKind | undefined;
  /** -Property; undefined: all of a kind's. */
  readonly properties: readonly string[] | undefined;
  readonly expand: string | undefined;
  /** Whether the cmdlet changes nothing, so that no object is an answer too. */
  readonly reads: boolean;
  readonly write: (text: string) => void;
  /** One line for people, on the other stream. */
  readonly note: (line: string) => void;
}

export interface ObjectWriter {
  write(object: OutputObject): void;
  /** A text or a number, which is no object: a line of its own, or an item of an array. */
  writeValue(value: unknown): void;
  /** Prints what has waited. Harmless when nothing has. */
  flush(): void;
  /** What comes next has nothing to do with what was: a table has a header of its own again. */
  restart(): void;
  /** Ends what was begun. An empty array is printed only by a cmdlet that reads and did not fail. */
  end(failed: boolean): void;
}

type Print = (object: OutputObject) => void;

export function objectWriter(rules: WriterRules): ObjectWriter {
  const { format, write, asciiOnly } = rules;
  const each = (text: (object: OutputObject) => string): ObjectWriter =>
    streaming(rules, (object) => write(`${text(object)}\n`));
  if (rules.expand !== undefined) return streaming(rules, expanded(rules, rules.expand));
  switch (format) {
    case 'none':
      return streaming(rules, () => undefined);
    case 'ndjson':
      return each((object) => jsonText(object, asciiOnly));
    case 'json':
      return jsonArray(rules);
    case 'yaml':
      return each((object) => yamlItem(object, asciiOnly));
    case 'csv':
      return withHeader(rules, csvLine);
    case 'tsv':
      return withHeader(rules, tsvLine);
    case 'name':
      return each(nameOf);
    case 'table':
    case 'list':
      return forPeople(rules);
    default:
      return rules.isTerminal ? forPeople(rules) : each((object) => jsonText(object, asciiOnly));
  }
}

const nothing = (): void => undefined;

const streaming = (rules: WriterRules, print: Print): ObjectWriter => ({
  write: (object) => print(selected(withKind(object, rules.output), rules.properties)),
  writeValue: (value) =>
    rules.format === 'none'
      ? undefined
      : rules.write(`${typeof value === 'boolean' ? cellText(value) : plainText(value)}\n`),
  flush: nothing,
  restart: nothing,
  end: nothing,
});

/** `Kind` is the last property, whether the cmdlet set it or not. */
export function withKind({ Kind, ...rest }: OutputObject, output: OutputKind | undefined): OutputObject {
  const kind = Kind ?? output?.kind;
  return kind === undefined ? rest : { ...rest, Kind: kind };
}

/** The named properties in the named order, without regard to case; `*` stands for all. */
export function selected(object: OutputObject, properties: readonly string[] | undefined): OutputObject {
  if (!properties || properties.includes('*')) return object;
  const names = Object.keys(object);
  const wanted = properties.map((name) => names.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name);
  return Object.fromEntries(wanted.map((name) => [name, object[name] ?? null]));
}

function expanded({ write, asciiOnly }: WriterRules, property: string): Print {
  return (object) => {
    const name = Object.keys(object).find((each) => each.toLowerCase() === property.toLowerCase());
    const value = name === undefined ? undefined : object[name];
    for (const item of Array.isArray(value) ? value : [value ?? '']) {
      write(`${typeof item === 'object' ? jsonText(item, asciiOnly) : plainText(item)}\n`);
    }
  };
}

function jsonArray(rules: WriterRules): ObjectWriter {
  const objects: unknown[] = [];
  const end = (failed: boolean): void => {
    if (objects.length > 0 || (rules.reads && !failed)) rules.write(`${jsonText(objects, rules.asciiOnly, 2)}\n`);
  };
  const writeValue = (value: unknown): void => void objects.push(value);
  return { ...streaming(rules, writeValue), writeValue, end };
}

function withHeader(
  rules: WriterRules,
  line: (object: OutputObject, columns: readonly string[]) => string,
): ObjectWriter {
  let columns: readonly string[] | undefined;
  return streaming(rules, (object) => {
    if (!columns) {
      columns = Object.keys(object);
      rules.write(`${line(Object.fromEntries(columns.map((name) => [name, name])), columns)}\n`);
    }
    rules.write(`${line(object, columns)}\n`);
  });
}

/** Objects of one page: layout takes long for more. */
const pageSize = 200;
/** Properties that a single object may have and still be a table, as in PowerShell. */
const mostForTable = 4;

function forPeople(rules: WriterRules): ObjectWriter {
  const { write, palette, isTerminal } = rules;
  let page: OutputObject[] = [];
  let widths: readonly number[] | undefined;
  let isFirst = true;
  let kind: unknown;

  const asList = (objects: readonly OutputObject[]): void => {
    for (const object of objects) write((isFirst ? '' : '\n') + listView(object, namesOf(object), palette));
  };
  const asTable = (objects: readonly OutputObject[], [first = {}] = objects): void => {
    const columns = rules.properties && !rules.properties.includes('*') ? Object.keys(first) : columnsOf(first, rules);
    const view = tableView(objects, { columns, width: isTerminal ? rules.width : undefined, palette, widths });
    if (view.hidden.length > 0 && !widths) rules.note(hiddenNote(view.hidden));
    widths = view.widths;
    write(view.text);
  };
  const flush = (): void => {
    const [first] = page;
    if (!first) return;
    const isSingle = page.length === 1 && isFirst && namesOf(first).length > mostForTable;
    if (rules.format === 'list' || (rules.format !== 'table' && isSingle && !widths)) asList(page);
    else asTable(page);
    [page, isFirst] = [[], false];
  };
  const restart = (): void => {
    flush();
    [widths, isFirst, kind] = [undefined, true, undefined];
  };
  const add = (object: OutputObject): void => {
    // Only filters and the shell show objects of several kinds.
    if ((page.length > 0 || widths) && kind !== object['Kind']) restart();
    kind = object['Kind'];
    page.push(object);
    if (page.length >= pageSize || (rules.format === 'list' && isTerminal)) flush();
  };
  const writeValue = (value: unknown): void => {
    flush();
    write(`${typeof value === 'string' ? linesText(value) : cellText(value)}\n`);
  };
  return { ...streaming(rules, add), writeValue, flush, restart, end: flush };
}

/** A text may have several lines, and hides nothing. */
const linesText = (text: string): string => text.split('\n').map(visibleText).join('\n');

const namesOf = (object: OutputObject): readonly string[] => Object.keys(object).filter((name) => name !== 'Kind');

const columnsOf = (first: OutputObject, { output, outputOf }: WriterRules): readonly string[] =>
  output?.table ?? outputOf?.(first['Kind'])?.table ?? namesOf(first).slice(0, mostForTable);

const hiddenNote = (hidden: readonly string[]): string =>
  `(${hidden.length} ${hidden.length === 1 ? 'column' : 'columns'} hidden: ${hidden.join(', ')} - widen the window or use -OutputFormat list)`;
