/** Objects as text for other programs: JSON, YAML, CSV, TSV and names. Nothing is cut, coloured or translated. */
import { printCsv } from '../../primitives/csv.ts';
import type { OutputObject } from './cmdlet.ts';

/** @param asciiOnly - Escapes every other character, which survives a pipe that is decoded with a code page. */
export function jsonText(value: unknown, asciiOnly: boolean, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  if (!asciiOnly) return text;
  return text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Text of one value where only text fits; lists are joined with `;`. */
export function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(plainText).join(';');
  if (typeof value === 'object') return value instanceof Date ? value.toISOString() : JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const csvLine = (object: OutputObject, columns: readonly string[]): string =>
  printCsv(columns.map((column) => plainText(object[column])));

/** Tabs and line breaks inside of values become spaces. */
export const tsvLine = (object: OutputObject, columns: readonly string[]): string =>
  columns.map((column) => plainText(object[column]).replaceAll(/[\t\r\n]+/g, ' ')).join('\t');

/** One item of a YAML list; values are JSON, which YAML 1.2 contains. */
export const yamlItem = (object: OutputObject, asciiOnly: boolean): string =>
  Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value], index) => `${index === 0 ? '- ' : '  '}${name}: ${jsonText(value, asciiOnly)}`)
    .join('\n');

/** What names an object: its Identity, or the property that stands for it. */
export function nameOf(object: OutputObject): string {
  const name = ['Identity', 'Name', 'Thumbprint', 'RequestId', 'Domain'].find((each) => object[each] !== undefined);
  return plainText(name === undefined ? Object.values(object)[0] : object[name]);
}
