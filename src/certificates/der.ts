/**
 * Reads DER (X.690 §10-11) that a stranger wrote: definite and minimal lengths only, one element without a rest,
 * and named limits on size, depth and number of elements. It never recurses, so a depth bomb is an ordinary refusal.
 */
import { ok, type Result, refuse } from '../primitives/result.ts';

export interface DerElement {
  /** The identifier octet: class, constructed bit and tag number (below 31) in one. */
  readonly tag: number;
  readonly contents: Buffer;
  /** Identifier, length and contents. */
  readonly raw: Buffer;
  /** Empty for primitive elements. */
  readonly children: readonly DerElement[];
}

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

export interface DerLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxElements: number;
}

/** Bytes, levels, elements. A certificate with 1000 names of four elements each and a name of six levels fits. */
export const derLimits: DerLimits = { maxBytes: 65_536, maxDepth: 24, maxElements: 8_192 };

interface Header {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

interface OpenElement extends Header {
  readonly children: DerElement[];
}

interface Reading {
  readonly bytes: Buffer;
  readonly limits: DerLimits;
  /** Elements begun and not ended, outermost first. */
  readonly open: OpenElement[];
  readonly top: DerElement[];
  elements: number;
  at: number;
}

/** Reads exactly one element. @returns One sentence that says why not, otherwise. */
export function readDer(bytes: Buffer, limits: DerLimits = derLimits): Result<DerElement, string> {
  if (bytes.length > limits.maxBytes) return refuse(`The DER is longer than ${limits.maxBytes} bytes.`);
  const reading: Reading = { bytes, limits, open: [], top: [], elements: 0, at: 0 };
  while (reading.at < bytes.length || reading.open.length > 0) {
    const innermost = reading.open.at(-1);
    const problem = innermost?.end === reading.at ? endElement(reading, innermost) : beginElement(reading, innermost);
    if (problem !== undefined) return refuse(problem);
  }
  const [element] = reading.top;
  return element === undefined ? refuse('The DER is empty.') : ok(element);
}

function endElement(reading: Reading, element: OpenElement): undefined {
  reading.open.pop();
  keep(reading, element, element.children);
}

/** @returns What is wrong, or undefined. */
function beginElement(reading: Reading, parent: OpenElement | undefined): string | undefined {
  const { bytes, limits, open } = reading;
  if (reading.top.length > 0) return 'Bytes follow the DER element.';
  const header = readHeader(bytes, reading.at, parent?.end ?? bytes.length);
  if (!header.ok) return header.error;
  reading.elements += 1;
  if (reading.elements > limits.maxElements) return `The DER has more than ${limits.maxElements} elements.`;
  if (isConstructed(header.value.tag)) {
    if (open.length >= limits.maxDepth) return `The DER is nested deeper than ${limits.maxDepth} levels.`;
    open.push({ ...header.value, children: [] });
    reading.at = header.value.contentStart;
  } else {
    reading.at = header.value.end;
    keep(reading, header.value, []);
  }
  return undefined;
}

function keep({ bytes, open, top }: Reading, header: Header, children: readonly DerElement[]): void {
  (open.at(-1)?.children ?? top).push({
    tag: header.tag,
    contents: bytes.subarray(header.contentStart, header.end),
    raw: bytes.subarray(header.start, header.end),
    children,
  });
}

const isConstructed = (tag: number): boolean => (tag & 0x20) !== 0;

function readHeader(bytes: Buffer, start: number, limit: number): Result<Header, string> {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined || start + 2 > limit) return refuse('The DER ends inside a header.');
  if ((tag & 0x1f) === 0x1f) return refuse('The DER uses a tag number above 30.');
  const length = readLength(bytes, start + 1, limit);
  if (!length.ok) return length;
  const end = length.value.contentStart + length.value.length;
  if (end > limit) return refuse('A DER element is longer than what holds it.');
  return ok({ tag, start, contentStart: length.value.contentStart, end });
}

function readLength(
  bytes: Buffer,
  at: number,
  limit: number,
): Result<{ readonly length: number; readonly contentStart: number }, string> {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return ok({ length: first, contentStart: at + 1 });
  const count = first & 0x7f;
  if (count === 0) return refuse('The DER uses an indefinite length.');
  if (count > 4 || at + 1 + count > limit) return refuse('The DER has a length that cannot be.');
  const length = bytes.readUIntBE(at + 1, count);
  if (length < 0x80 || bytes.readUInt8(at + 1) === 0) return refuse('The DER has a length that is not minimal.');
  return ok({ length, contentStart: at + 1 + count });
}
