/** What differs between two versions of one object, in the names and forms an administrator reads: `EnableXmppAccess False -> True`. */
import { isDeepStrictEqual } from 'node:util';

export interface PropertyDifference {
  /** In PascalCase, as the parameter is called. */
  readonly property: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The properties whose values differ, in the order of the objects. What the store and declarative files note is no property. */
export function propertyDifferences(before: object, after: object): readonly PropertyDifference[] {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => key !== 'changed' && key !== 'declared' && !isDeepStrictEqual(old.get(key), now.get(key)))
    .map((key) => ({ property: pascalCase(key), before: old.get(key), after: now.get(key) }));
}

export const pascalCase = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);

export const printDifference = ({ property, before, after }: PropertyDifference): string =>
  `${property} ${printValue(before)} -> ${printValue(after)}`;

/** As PowerShell shows it: `True`, `{a, b}`, and `$null` for what is absent. */
export function printValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `{${value.map(printValue).join(', ')}}`;
  if (value === undefined || value === null || value === '') return '$null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
