/**
 * Reads BER (X.690 §8) as Windows, Java and browsers write key and certificate files: indefinite lengths, lengths with leading
 * zeros, OCTET STRINGs in pieces. It is turned into DER first, so that one strict reader reads all; bounded like that reader.
 */
import { type Result, refuse } from '../primitives/result.ts';
import { type DerElement, type DerLimits, derTag, readDer } from './der.ts';

/** Bytes, levels, elements. A chain with its key has ten thousand bytes; a file of this size can hold a hundred of them. */
export const fileLimits: DerLimits = { maxBytes: 1_000_000, maxDepth: 32, maxElements: 65_536 };

/** Reads exactly one element. The `raw` of what was no DER is its DER. */
export function readBer(bytes: Buffer, limits: DerLimits = fileLimits): Result<DerElement, string> {
  if (bytes.length > limits.maxBytes) return refuse(`The BER is longer than ${limits.maxBytes} bytes.`);
  const der = berToDer(bytes, limits);
  return der.ok ? readDer(der.value, limits) : der;
}

/** The octets of an OCTET STRING, whole or, under an implicit tag, still in pieces. */
export function octetsOf(element: DerElement | undefined, tag: number = derTag.octetString): Buffer | undefined {
  if (element?.tag === tag) return element.contents;
  if (element?.tag !== (tag | constructed)) return undefined;
  const isWhole = element.children.every((piece) => piece.tag === derTag.octetString);
  return isWhole ? Buffer.concat(element.children.map((piece) => piece.contents)) : undefined;
}

const constructed = 0x20;

/** An element that has begun. `end` is unknown where the length is indefinite. */
interface OpenElement {
  readonly tag: number;
  readonly end: number | undefined;
  readonly pieces: Piece[];
}

interface Piece {
  readonly tag: number;
  readonly contents: Buffer;
}

interface Header {
  readonly tag: number;
  readonly contentStart: number;
  readonly length: number | undefined;
}

interface Reading {
  readonly bytes: Buffer;
  readonly limits: DerLimits;
  readonly open: OpenElement[];
  readonly top: Piece[];
  elements: number;
  at: number;
}

function berToDer(bytes: Buffer, limits: DerLimits): Result<Buffer, string> {
  const reading: Reading = { bytes, limits, open: [], top: [], elements: 0, at: 0 };
  while (reading.top.length === 0) {
    const problem = step(reading);
    if (problem !== undefined) return refuse(problem);
  }
  const [whole] = reading.top;
  if (whole === undefined || reading.at !== bytes.length) return refuse('Bytes follow the DER element.');
  return { ok: true, value: encode(whole) };
}

/** @returns What is wrong, or undefined. */
function step(reading: Reading): string | undefined {
  const innermost = reading.open.at(-1);
  if (innermost?.end === reading.at) return close(reading, innermost, 0);
  const header = readHeader(reading.bytes, reading.at);
  if (header === undefined) return 'The BER ends inside a header, or uses one that no file needs.';
  if (header.tag !== 0) return begin(reading, header);
  return isEndOf(innermost, header) ? close(reading, innermost, 2) : 'The BER ends too early.';
}

function begin(reading: Reading, { tag, contentStart, length }: Header): string | undefined {
  const { bytes, limits, open } = reading;
  reading.elements += 1;
  if (reading.elements > limits.maxElements) return `The BER has more than ${limits.maxElements} elements.`;
  const end = length === undefined ? undefined : contentStart + length;
  const limit = open.findLast((parent) => parent.end !== undefined)?.end ?? bytes.length;
  if ((end ?? contentStart) > limit) return 'A BER element is longer than what holds it.';
  if ((tag & constructed) !== 0) {
    if (open.length >= limits.maxDepth) return `The BER is nested deeper than ${limits.maxDepth} levels.`;
    open.push({ tag, end, pieces: [] });
    reading.at = contentStart;
    return undefined;
  }
  if (end === undefined) return 'The BER has a primitive element without a length.';
  reading.at = end;
  add(reading, { tag, contents: bytes.subarray(contentStart, end) });
  return undefined;
}

const isEndOf = (element: OpenElement | undefined, { length }: Header): element is OpenElement =>
  element !== undefined && element.end === undefined && length === 0;

function close(reading: Reading, { tag, pieces }: OpenElement, skipped: number): undefined {
  reading.open.pop();
  reading.at += skipped;
  const isString = tag === (derTag.octetString | constructed);
  if (isString && pieces.every((piece) => piece.tag === derTag.octetString))
    add(reading, { tag: derTag.octetString, contents: Buffer.concat(pieces.map((piece) => piece.contents)) });
  else add(reading, { tag, contents: Buffer.concat(pieces.map(encode)) });
}

function add({ open, top }: Reading, piece: Piece): void {
  (open.at(-1)?.pieces ?? top).push(piece);
}

function readHeader(bytes: Buffer, at: number): Header | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  if (first < 0x80) return { tag, contentStart: at + 2, length: first };
  if (first === 0x80) return { tag, contentStart: at + 2, length: undefined };
  const count = first & 0x7f;
  if (count > 4 || at + 2 + count > bytes.length) return undefined;
  return { tag, contentStart: at + 2 + count, length: bytes.readUIntBE(at + 2, count) };
}

function encode({ tag, contents }: Piece): Buffer {
  const { length } = contents;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), contents]);
  const octets = length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
  const header = Buffer.alloc(2 + octets);
  header.writeUInt8(tag, 0);
  header.writeUInt8(0x80 | octets, 1);
  header.writeUIntBE(length, 2, octets);
  return Buffer.concat([header, contents]);
}
