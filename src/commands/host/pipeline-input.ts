/**
 * Objects from standard input: JSON objects (a line each, pretty-printed, or an array), CSV with a header row, or one name
 * a line. UTF-8, or UTF-16LE with a byte order mark as Windows PowerShell writes it. JSON records come out as they arrive.
 */
import { StringDecoder } from 'node:string_decoder';

import { CodedError } from '../../primitives/errors.ts';
import { parseCsv } from './csv.ts';
import { jsonCutter } from './json-values.ts';

/** A plain line, or an object. */
export type InputRecord = string | Readonly<Record<string, unknown>>;

/** Characters of input that is not JSON objects a line, and so is kept whole. */
const maxWhole = 64 * 1024 * 1024;

/** @throws CodedError `InputUnreadable`. */
export async function* inputRecords(stream: AsyncIterable<Buffer>): AsyncGenerator<InputRecord> {
  const pieces = decoded(stream);
  let head = '';
  while (head.trim() === '') {
    const { value, done } = await pieces.next();
    if (done) return;
    head += value;
  }
  if (head.trimStart().startsWith('{')) yield* jsonObjects(head, pieces);
  else yield* wholeInput(await remaining(head, pieces));
}

async function* decoded(stream: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  let decoder: StringDecoder | undefined;
  for await (const chunk of stream) {
    decoder ??= new StringDecoder(chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf16le' : 'utf8');
    // The mark itself goes with the white space around the records.
    yield decoder.write(chunk);
  }
  yield decoder?.end() ?? '';
  return undefined;
}

async function* jsonObjects(head: string, pieces: AsyncIterable<string>): AsyncGenerator<InputRecord> {
  const cutter = jsonCutter();
  for (const value of cutter.push(head)) yield objectIn(value);
  for await (const piece of pieces) for (const value of cutter.push(piece)) yield objectIn(value);
  if (cutter.rest() !== '') yield objectIn(cutter.rest());
}

async function remaining(head: string, pieces: AsyncIterable<string>): Promise<string> {
  let text = head;
  for await (const piece of pieces) {
    text += piece;
    if (text.length > maxWhole) throw unreadable(`more than ${maxWhole} characters arrived.`);
  }
  return text.trim();
}

function wholeInput(text: string): Iterable<InputRecord> {
  if (text.startsWith('<')) throw unreadable('this looks like XML (Export-Clixml); import-configuration reads it.');
  if (text.startsWith('[')) return jsonArray(text);
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  return lines[0]?.includes(',') && lines.length > 1 ? csvObjects(text) : lines.filter((line) => line !== '');
}

function* jsonArray(text: string): Generator<InputRecord> {
  const values = parseJson(text);
  if (!Array.isArray(values)) throw unreadable('the array is not closed.');
  for (const value of values) yield recordOf(value);
}

function* csvObjects(text: string): Generator<InputRecord> {
  const [names = [], ...rows] = parseCsv(text);
  for (const row of rows) {
    const cells = names.map((name, column) => [name.trim(), row[column] ?? ''] as const);
    yield Object.fromEntries(cells.filter(([, cell]) => cell !== ''));
  }
}

const objectIn = (text: string): InputRecord => recordOf(parseJson(text));

function recordOf(value: unknown): InputRecord {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unreadable('an object or a name was expected.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const unreadable = (reason: string): CodedError =>
  new CodedError('InputUnreadable', 'standard input cannot be read as objects.', { reason });
