/** Comma-separated values, both ways. Reading is linear in the length of the text, whatever stands in it. [RFC 4180] */
import { ok, type Result, refuse } from './result.ts';

export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line it begins in, from 1. */
  readonly line: number;
}

export interface CsvFault {
  readonly sentence: string;
  readonly line: number;
}

interface Field {
  readonly text: string;
  /** Where it ends: at a delimiter, at a line break, or at the end. */
  readonly end: number;
}

/**
 * Reads records; quoted fields may hold delimiters, quotes (doubled) and line breaks. Blank lines are skipped.
 *
 * @param delimiter One character.
 * @returns The first fault for a quote that is not closed, or that text follows.
 */
export function readCsv(text: string, delimiter = ','): Result<readonly CsvRecord[], CsvFault> {
  const records: CsvRecord[] = [];
  let [fields, line, begun, at]: [string[], number, number, number] = [[], 1, 1, 0];
  while (at < text.length) {
    const field = text[at] === '"' ? quotedField(text, at, delimiter) : plainField(text, at, delimiter);
    if (typeof field === 'string') return refuse({ sentence: field, line });
    fields.push(field.text);
    line += lineBreaks(text.slice(at, field.end));
    at = field.end;
    if (text[at] === delimiter) {
      at += 1;
      if (at < text.length) continue;
      fields.push('');
    }
    if (fields.length > 1 || fields[0] !== '') records.push({ fields, line: begun });
    if (at < text.length) line += 1;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    [fields, begun] = [[], line];
  }
  return ok(records);
}

function quotedField(text: string, at: number, delimiter: string): Field | string {
  let close = text.indexOf('"', at + 1);
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close === -1) return 'a quote is not closed';
  const next = text[close + 1];
  const isEnd = next === undefined || next === delimiter || next === '\r' || next === '\n';
  if (!isEnd) return 'text follows a closing quote';
  return { text: text.slice(at + 1, close).replaceAll('""', '"'), end: close + 1 };
}

function plainField(text: string, at: number, delimiter: string): Field {
  let end = at;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\r' && text[end] !== '\n') end += 1;
  return { text: text.slice(at, end), end };
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) count += 1;
  }
  return count;
}

/** One record, without a line break at its end. */
export const printCsv = (fields: readonly string[]): string =>
  fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
