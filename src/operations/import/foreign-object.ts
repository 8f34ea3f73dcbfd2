/** One object of an imported file, whatever the format was: its type names, its properties, and where it stands. */
import { shownText } from '../../primitives/clixml.ts';

export type ForeignValue = string | number | boolean | null | readonly ForeignValue[] | ForeignRecord;
export interface ForeignRecord {
  readonly [name: string]: ForeignValue;
}

export interface ForeignObject {
  /** .NET type names, the narrowest first; empty where the format has none. */
  readonly types: readonly string[];
  readonly properties: ForeignRecord;
  /** `line 12`, `object 3` */
  readonly place: string;
}

/** Why a file cannot be read, in one clause. */
export interface ImportFault {
  readonly sentence: string;
  readonly line?: number;
  readonly column?: number;
}

export const isRecord = (value: unknown): value is ForeignRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names compare without case, as PowerShell compares them. */
export function propertyNamed({ properties }: ForeignObject, name: string): ForeignValue | undefined {
  if (Object.hasOwn(properties, name)) return properties[name];
  const found = Object.keys(properties).find((each) => each.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : properties[found];
}

/** What .NET objects that are written out property by property call the one that says it all. */
const telling = ['OriginalString', 'AbsoluteUri', 'Value', 'Domain', 'Fqdn', 'Name', 'FriendlyName', 'Identity'];

/**
 * The text that a value shows, trimmed: of an address or a name also when it is written out property by property.
 *
 * @returns undefined for nothing, for the empty text, and for what has no text.
 */
export function textOf(value: ForeignValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return String(value).trim() || undefined;
  if (isRecord(value)) return shownText(value)?.trim() ?? tellingText(value);
  const [only, ...others] = value;
  return others.length === 0 && !Array.isArray(only) ? textOf(only) : undefined;
}

function tellingText(record: ForeignRecord): string | undefined {
  for (const name of telling) {
    const value = record[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
}

/** Nothing that an administrator could miss: no value, no text, no items. */
export const isEmpty = (value: ForeignValue): boolean =>
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);
