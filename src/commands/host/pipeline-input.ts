/**
 * Objects from standard input: JSON objects (a line each, pretty-printed, or an array), CSV with a header row, or one name
 * a line, or what Export-Clixml wrote. UTF-8, or UTF-16 with a byte order mark as Windows PowerShell writes it. JSON and CLIXML
 * records come out as they arrive.
 */
import type { ClixmlObject } from '../../primitives/clixml.ts';
import { readCsv } from '../../primitives/csv.ts';
import { CodedError } from '../../primitives/errors.ts';
import { jsonCutter } from './json-values.ts';

/** A plain line, or an object. */
export type InputRecord = string | Readonly<Record<string, unknown>>;

/** Characters of input that is not JSON objects a line, and so is kept whole. */
const maxWhole = 64 * 1024 * 1024;

/** @throws CodedError `InputUnreadable`. */
export async function* inputRecords(stream: AsyncIterable<Buffer>): AsyncGenerator<InputRecord> {
  const pieces = decoded(stream);
  let head = '';
  while (isUndecided(head)) {
    const { value, done } = await pieces.next();
    if (done) break;
    head += value;
  }
  if (head.trim() === '') return;
  if (head.trimStart().startsWith('{')) yield* jsonObjects(head, pieces);
  else if (/^\s*(?:#< CLIXML|<)/.test(head)) yield* clixmlRecords(head, pieces);
  else yield* wholeInput(await remaining(head, pieces));
}

/** What `powershell -OutputFormat XML` begins with. */
const clixmlMark = '#< CLIXML';
const isUndecided = (head: string): boolean => {
  const text = head.trimStart();
  return text.length < clixmlMark.length && clixmlMark.startsWith(text);
};

async function* decoded(stream: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = decoder ? chunk : Buffer.concat([first, chunk]);
    first = bytes;
    // A byte order mark has two bytes; the decoder takes it away.
    if (!decoder && bytes.length < 2) continue;
    decoder ??= new TextDecoder(encodingOf(bytes));
    yield decoder.decode(bytes, { stream: true });
  }
  yield decoder ? decoder.decode() : first.toString('utf8');
  return undefined;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
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
  if (text.startsWith('[')) return jsonArray(text);
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  return lines[0]?.includes(',') && lines.length > 1 ? csvObjects(text) : lines.filter((line) => line !== '');
}

async function* clixmlRecords(head: string, pieces: AsyncIterable<string>): AsyncGenerator<InputRecord> {
  const { ClixmlFault, clixmlReader } = await import('../../primitives/clixml.ts');
  const reader = clixmlReader();
  const orUnreadable = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw error instanceof ClixmlFault ? unreadable(`not CLIXML: ${error.message}`) : error;
    }
  };
  const read = (piece: string): readonly ClixmlObject[] => orUnreadable(() => reader.push(piece));
  for (const { value } of read(head.trimStart().replace(clixmlMark, '').trimStart())) yield recordOf(value);
  for await (const piece of pieces) for (const { value } of read(piece)) yield recordOf(value);
  orUnreadable(() => reader.end());
}

function* jsonArray(text: string): Generator<InputRecord> {
  const values = parseJson(text);
  if (!Array.isArray(values)) throw unreadable('the array is not closed.');
  for (const value of values) yield recordOf(value);
}

function* csvObjects(text: string): Generator<InputRecord> {
  const read = readCsv(text);
  if (!read.ok) throw unreadable(`line ${read.error.line} is not CSV: ${read.error.sentence}`);
  const [names = [], ...rows] = read.value.map(({ fields }) => fields);
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
