/**
 * How values of an imported file become settings. A reader takes what the formats make of one .NET value (words or numbers of
 * enumerations, lists or what is left of them, time spans, addresses) and refuses the rest in one clause. Pure.
 */
import { parseHostWithPort } from '../../config/network-address.ts';
import { parseDomainName } from '../../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { type ForeignValue, isRecord, textOf } from './foreign-object.ts';

/** `null` is none; undefined: it says nothing of the setting. */
export type Reading =
  | { readonly value: unknown }
  /** A word that the file has as a number. */
  | { readonly value: string; readonly number: number }
  /** Only the name of a type is left of a list: the text. */
  | { readonly lost: string };

export type ReadValue = (value: ForeignValue) => Result<Reading, string>;

/** Characters of a wrong value that a message shows. */
const maxShown = 80;

const shown = (value: ForeignValue): string => {
  const text = textOf(value) ?? (typeof value === 'object' ? JSON.stringify(value) : '');
  return `"${visibleText(text.slice(0, maxShown))}"`;
};

const read = (value: unknown): Result<Reading, string> => ok({ value });

/** What is not there, in the way of each format, is none. */
const orNone =
  (reader: (text: string) => Result<Reading, string>): ReadValue =>
  (value) => {
    const text = textOf(value);
    if (text !== undefined) return reader(text);
    const isNone = value === null || value === '' || (Array.isArray(value) && value.length === 0);
    return isNone ? read(null) : refuse(`${shown(value)} is no single value`);
  };

/** Text of at most `most` characters. */
export const textUpTo = (most: number): ReadValue =>
  orNone((text) =>
    text.length <= most ? read(text) : refuse(`${text.length} characters are too many; ${most} are allowed`),
  );

export const yesOrNo: ReadValue = orNone((text) => {
  if (/^\$?true$/i.test(text) || text === '1') return read(true);
  return /^\$?false$/i.test(text) || text === '0'
    ? read(false)
    : refuse(`"${clipped(text)}" is neither true nor false`);
});

const clipped = (text: string): string => visibleText(text.slice(0, maxShown));

/** A word, or its number in the order of `words`, which is that of Lync's documentation. */
export const oneOf =
  (words: readonly string[]): ReadValue =>
  (value) => {
    const number = numberOf(value);
    if (number !== undefined && words[number] !== undefined) return ok({ value: words[number], number });
    return orNone((text) => {
      const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
      return found === undefined ? refuse(`"${clipped(text)}" is none of ${words.join(', ')}`) : read(found);
    })(value);
  };

/** Of an enumeration that was written out as `{ value, Value }` the word counts. */
const numberOf = (value: ForeignValue): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return /^\d{1,3}$/.test(value) ? Number(value) : undefined;
  const inside = isRecord(value) && typeof value['Value'] !== 'string' ? value['value'] : undefined;
  return typeof inside === 'number' ? inside : undefined;
};

interface Range {
  readonly least: number;
  readonly most: number;
}

const within = (value: number, { least, most }: Range): Result<Reading, string> => {
  if (!Number.isInteger(value)) return refuse(`${value} is not a whole number`);
  return value >= least && value <= most ? read(value) : refuse(`${value} is not between ${least} and ${most}`);
};

export const wholeNumber = (range: Range): ReadValue =>
  orNone((text) =>
    /^-?\d{1,15}$/.test(text) ? within(Number(text), range) : refuse(`"${clipped(text)}" is not a whole number`),
  );

/** As `wholeNumber`, but 0 is how an unset number shows itself. */
export const numberOrUnset =
  (range: Range): ReadValue =>
  (value) =>
    textOf(value) === '0' ? read(null) : wholeNumber(range)(value);

/** Seconds: a number of them, or a time span as text, or written out property by property. */
export const seconds =
  (range: Range): ReadValue =>
  (value) => {
    const total = isRecord(value) ? spanOf(value) : undefined;
    if (total !== undefined) return within(total, range);
    return orNone((text) => {
      const found = /^(?:(\d{1,5})\.)?(\d{1,5}):(\d{1,2}):(\d{1,2})(?:\.0{1,9})?$/.exec(text);
      if (found === null) return wholeNumber(range)(text);
      const [days = 0, hours = 0, minutes = 0, rest = 0] = found.slice(1).map((part) => Number(part ?? 0));
      return within(((days * 24 + hours) * 60 + minutes) * 60 + rest, range);
    })(value);
  };

/** @source .NET: a tick is 100 ns */
function spanOf(value: { readonly [name: string]: ForeignValue }): number | undefined {
  const { TotalSeconds: total, Ticks: ticks } = value;
  if (typeof total === 'number') return total;
  return typeof ticks === 'number' ? ticks / 10_000_000 : undefined;
}

export const domain: ReadValue = orNone((text) => readDomain(text));

/** A host with an optional port. */
export const host: ReadValue = orNone((text) => {
  const parsed = parseHostWithPort(text);
  if (!parsed.ok) return refuse(withoutStop(parsed.error));
  const { host: name, port } = parsed.value;
  const bracketed = name.includes(':') ? `[${name}]` : name;
  return read(port === undefined ? bracketed : `${bracketed}:${port}`);
});

const withoutStop = (sentence: string): string => visibleText(sentence.replace(/\.$/, ''));

function readDomain(text: string): Result<Reading, string> {
  const parsed = parseDomainName(text);
  return parsed.ok ? read(parsed.value) : refuse(withoutStop(parsed.error));
}

/** What .NET shows of a list whose items were not written: `System.Collections.Generic.List`1[System.String]`, `System.String[]`. */
const typeName = /^(?:System\.|Microsoft\.Rtc\.|@\{)|`\d|\[\]$/;

/** A list; or its items in one text, with spaces, commas or semicolons between them, as what cuts the depth joins them. */
export const listOf =
  (item: ReadValue): ReadValue =>
  (value) => {
    const text = typeof value === 'string' ? value.trim() : undefined;
    if (text !== undefined && typeName.test(text)) return ok({ lost: text });
    const items = text === undefined ? itemsOf(value) : text.split(/[\s,;]+/).filter((each) => each !== '');
    if (items === undefined) return refuse(`${shown(value)} is no list`);
    const values: unknown[] = [];
    for (const each of items) {
      const one = item(each);
      if (!one.ok) return one;
      if ('value' in one.value && one.value.value !== null) values.push(one.value.value);
    }
    return read([...new Set(values)]);
  };

function itemsOf(value: ForeignValue): readonly ForeignValue[] | undefined {
  if (value === null) return [];
  if (Array.isArray(value)) return value as readonly ForeignValue[];
  if (!isRecord(value)) return undefined;
  if (Array.isArray(value['value'])) return value['value'] as readonly ForeignValue[];
  return Object.keys(value).length === 0 ? [] : undefined;
}
