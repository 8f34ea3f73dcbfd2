/**
 * CLIXML, what Export-Clixml of PowerShell writes: the objects of a document, as it arrives in pieces. Strict and bounded: no document
 * type, so no entity is ever expanded; limits on depth, on elements, and on what references repeat. Enumerations are the words
 * that they show, lists are lists, time spans hh:mm:ss. [MS-PSRP §2.2.5]
 */
import { SaxesParser } from 'saxes';

import { visibleText } from './visible-text.ts';

export type ClixmlValue = string | number | boolean | null | readonly ClixmlValue[] | ClixmlRecord;
export interface ClixmlRecord {
  readonly [name: string]: ClixmlValue;
}

export interface ClixmlObject {
  /** Names of its .NET type and of those it derives from, the narrowest first; none for plain values. */
  readonly types: readonly string[];
  readonly value: ClixmlValue;
  /** Where it begins, from 1. */
  readonly line: number;
}

const shownTexts = new WeakMap<object, string>();
/** What an object with properties says of itself: of an address or a name it is the whole of it. */
export const shownText = (value: object): string | undefined => shownTexts.get(value);

/** What is wrong, in one clause with line and column. */
export class ClixmlFault extends Error {}

export interface ClixmlReader {
  /** The objects that this piece completes. @throws ClixmlFault */
  push(piece: string): readonly ClixmlObject[];
  /** @throws ClixmlFault when the document is incomplete */
  end(): void;
}

/** Levels. Export-Clixml writes two of objects, each three elements deep. Source: own choice. */
export const maxClixmlDepth = 48;
/** Elements of a document, those that references repeat included. A partner has some forty. Source: own choice. */
export const maxClixmlElements = 4_000_000;

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** A value, and the elements that it is made of. */
interface Weighed {
  readonly value: ClixmlValue;
  readonly weight: number;
}

interface Reading {
  readonly objects: Map<string, Weighed>;
  readonly types: Map<string, readonly string[]>;
  /** Elements so far. */
  weight: number;
}

export function clixmlReader(): ClixmlReader {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const reading: Reading = { objects: new Map(), types: new Map(), weight: 0 };
  const open: Element[] = [];
  let line = 1;
  let completed: ClixmlObject[] = [];

  parser.on('error', (error) => {
    throw new ClixmlFault(error.message);
  });
  parser.on('doctype', () => {
    throw new ClixmlFault('the document has a document type');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length === 0 && name !== 'Objs')
      throw new ClixmlFault(`the document begins with ${visibleText(name)}, not with Objs`);
    if (open.length >= maxClixmlDepth) throw new ClixmlFault(`elements are nested deeper than ${maxClixmlDepth}`);
    weigh(reading, 1);
    if (open.length === 1) line = parser.line;
    open.push({ name, attributes, children: [], text: '' });
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined || open.length === 0) return;
    if (open.length > 1) open.at(-1)?.children.push(element);
    else if (!isRemark(element))
      completed.push({ types: typesOf(element, reading), value: valueOf(element, reading).value, line });
  });

  return {
    push(piece) {
      parser.write(piece);
      const objects = completed;
      completed = [];
      return objects;
    },
    end: () => void parser.close(),
  };
}

function weigh(reading: Reading, more: number): void {
  reading.weight += more;
  if (reading.weight > maxClixmlElements)
    throw new ClixmlFault(`the document has more than ${maxClixmlElements} elements`);
}

/** Between objects, a process writes its progress and warnings into the same document. */
const isRemark = ({ attributes }: Element): boolean => (attributes['S'] ?? 'output').toLowerCase() !== 'output';

const childNamed = ({ children }: Element, name: string): Element | undefined =>
  children.find((child) => child.name === name);

function typesOf(element: Element, { types }: Reading): readonly string[] {
  const named = childNamed(element, 'TN');
  if (named === undefined) return types.get(childNamed(element, 'TNRef')?.attributes['RefId'] ?? '') ?? [];
  const names = named.children.map(({ text }) => decoded(text.trim()));
  types.set(named.attributes['RefId'] ?? '', names);
  return names;
}

function valueOf(element: Element, reading: Reading): Weighed {
  if (element.name === 'Ref') return referred(element, reading);
  const before = reading.weight;
  if (element.name !== 'Obj') return { value: plainValue(element), weight: 1 };
  typesOf(element, reading);
  const value = objectValue(element, reading);
  const weighed = { value, weight: sizeOf(element) + reading.weight - before };
  reading.objects.set(element.attributes['RefId'] ?? '', weighed);
  return weighed;
}

const sizeOf = ({ children }: Element): number => children.reduce((sum, child) => sum + sizeOf(child), 1);

/** The same object again. One that is not complete, since it contains itself, is nothing. */
function referred({ attributes }: Element, reading: Reading): Weighed {
  const found = reading.objects.get(attributes['RefId'] ?? '') ?? { value: null, weight: 1 };
  weigh(reading, found.weight);
  return found;
}

const lists = ['LST', 'IE', 'STK', 'QUE'];

/** A list, a dictionary, properties, or a word: in this order of what an object may have. */
function objectValue(element: Element, reading: Reading): ClixmlValue {
  const list = element.children.find(({ name }) => lists.includes(name));
  if (list !== undefined) return list.children.map((item) => valueOf(item, reading).value);
  const dictionary = childNamed(element, 'DCT');
  if (dictionary !== undefined) return recordOf(dictionary.children.map((entry) => entryOf(entry, reading)));
  const shown = childNamed(element, 'ToString');
  if (childNamed(element, 'Props') !== undefined) return propertiesOf(element, reading, shown);
  const plain = element.children.find(({ name }) => Object.hasOwn(plainValues, name));
  if (plain === undefined) return shown === undefined ? propertiesOf(element, reading) : decoded(shown.text);
  // An enumeration is a number that shows itself as a word.
  const isWord = shown !== undefined && /^(?:By|SB|[IU](?:16|32|64))$/.test(plain.name);
  return isWord ? decoded(shown.text) : plainValue(plain);
}

/** Those of the type, and those that were added to the object. */
function propertiesOf(element: Element, reading: Reading, shown?: Element): ClixmlValue {
  const all = ['Props', 'MS'].flatMap((name) => childNamed(element, name)?.children ?? []);
  const record = recordOf(all.map((each) => [decoded(each.attributes['N'] ?? ''), valueOf(each, reading).value]));
  if (shown !== undefined) shownTexts.set(record, decoded(shown.text));
  return record;
}

type Entry = readonly [name: string, value: ClixmlValue];

const recordOf = (entries: readonly Entry[]): ClixmlRecord =>
  Object.fromEntries(entries.filter(([name]) => name !== ''));

function entryOf({ children }: Element, reading: Reading): Entry {
  const named = (name: string): ClixmlValue => {
    const child = children.find(({ attributes }) => attributes['N'] === name);
    return child === undefined ? null : valueOf(child, reading).value;
  };
  const key = named('Key');
  return [typeof key === 'object' ? '' : String(key), named('Value')];
}

const asNumber = (text: string): ClixmlValue => {
  const value = Number(text);
  return text !== '' && (Number.isSafeInteger(value) || /[.eE]/.test(text)) && Number.isFinite(value) ? value : text;
};

/** What an element without children says, by its name. Secure strings say nothing: they are for one user of one machine. */
const plainValues: Readonly<Record<string, (text: string) => ClixmlValue>> = {
  Nil: () => null,
  SS: () => null,
  S: (text) => decoded(text),
  C: (text) => String.fromCharCode(Number(text)),
  B: (text) => text.trim().toLowerCase() === 'true',
  TS: (text) => timeSpan(text.trim()),
  ...Object.fromEntries(
    ['By', 'SB', 'U16', 'I16', 'U32', 'I32', 'U64', 'I64', 'Sg', 'Db', 'D'].map((name) => [name, asNumber]),
  ),
  ...Object.fromEntries(['DT', 'G', 'URI', 'Version', 'BA', 'XD', 'SBK'].map((name) => [name, decoded])),
};

function plainValue({ name, text }: Element): ClixmlValue {
  const read = Object.hasOwn(plainValues, name) ? plainValues[name] : undefined;
  if (read === undefined) throw new ClixmlFault(`${visibleText(name)} is no value of CLIXML`);
  return read(text);
}

/** Characters that XML cannot carry, and the underscore before an x. [MS-PSRP §2.2.5.3.2] */
function decoded(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** `P1DT2H3M4.5S` as `26:03:04.5`. [ISO 8601] */
function timeSpan(text: string): string {
  const found = /^P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,8})(\.\d{1,9})?S)?)?$/.exec(text);
  if (!found) return text;
  const [days, hours, minutes, seconds] = found.slice(1, 5).map((part) => Number(part ?? 0));
  const total = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const fraction = /[1-9]/.test(found[5] ?? '') ? found[5] : '';
  return `${two(total / 3600)}:${two((total / 60) % 60)}:${two(total % 60)}${fraction ?? ''}`;
}
