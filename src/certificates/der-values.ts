/** The values inside DER elements. Each reader returns undefined where the encoding is not the one DER allows (X.690 §8, §11). */
import { type DerElement, derTag } from './der.ts';

export const childrenOf = (element: DerElement | undefined, tag: number): readonly DerElement[] | undefined =>
  element?.tag === tag ? element.children : undefined;

/** The record, when none of its members is undefined. */
export function complete<T extends object>(record: { readonly [K in keyof T]: T[K] | undefined }): T | undefined {
  return Object.values(record).includes(undefined) ? undefined : (record as T);
}

/** Dotted decimal; at most 40 octets with arcs below 2^53. */
export function readOid(element: DerElement | undefined): string | undefined {
  if (element?.tag !== derTag.oid || element.contents.length === 0 || element.contents.length > 40) return undefined;
  const arcs: number[] = [];
  let arc = 0;
  let isInside = false;
  for (const octet of element.contents) {
    if (!isInside && octet === 0x80) return undefined;
    arc = arc * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(arc)) return undefined;
    isInside = octet >= 0x80;
    if (isInside) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first] = arcs;
  if (isInside || first === undefined) return undefined;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...arcs.slice(1)].join('.');
}

export function readBoolean(element: DerElement | undefined): boolean | undefined {
  if (element?.tag !== derTag.boolean || element.contents.length !== 1) return undefined;
  const [octet] = element.contents;
  if (octet === 0xff) return true;
  return octet === 0 ? false : undefined;
}

/** The contents octets of an INTEGER, when they are minimal. */
export function readInteger(element: DerElement | undefined): Buffer | undefined {
  if (element?.tag !== derTag.integer) return undefined;
  const [first, second] = element.contents;
  if (first === undefined) return undefined;
  const isPadded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  return isPadded ? undefined : element.contents;
}

/** A non-negative INTEGER below 2^31. */
export function readSmallInteger(element: DerElement | undefined): number | undefined {
  const octets = readInteger(element);
  if (octets === undefined || octets.length > 4 || octets.readUInt8(0) >= 0x80) return undefined;
  return octets.readUIntBE(0, octets.length);
}

/** The octets of a BIT STRING without unused bits: keys and signatures. */
export function readBitStringOctets(element: DerElement | undefined): Buffer | undefined {
  return element?.tag === derTag.bitString && element.contents[0] === 0 ? element.contents.subarray(1) : undefined;
}

/** The numbers of the bits that are set in a named BIT STRING. */
export function readNamedBits(element: DerElement | undefined): ReadonlySet<number> | undefined {
  if (element?.tag !== derTag.bitString || element.contents.length === 0 || element.contents.length > 5)
    return undefined;
  if (element.contents.readUInt8(0) > 7) return undefined;
  const bits = new Set<number>();
  for (const [index, octet] of element.contents.subarray(1).entries())
    for (let bit = 0; bit < 8; bit += 1) if ((octet & (0x80 >> bit)) !== 0) bits.add(index * 8 + bit);
  return bits;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A character string of one of the types certificates use; undefined for others and for broken UTF-8. */
export function readText(element: DerElement | undefined): string | undefined {
  switch (element?.tag) {
    case derTag.utf8String:
      return decodeUtf8(element.contents);
    case derTag.printableString:
    case derTag.ia5String:
      return element.contents.every((octet) => octet < 0x80) ? element.contents.toString('latin1') : undefined;
    case derTag.teletexString:
      return element.contents.toString('latin1');
    case derTag.bmpString:
      return element.contents.length % 2 === 0 ? Buffer.from(element.contents).swap16().toString('utf16le') : undefined;
    default:
      return undefined;
  }
}

function decodeUtf8(octets: Buffer): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}

const timeForm = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** UTCTime or GeneralizedTime in the only forms a certificate may use: with seconds, in UTC. [RFC 5280 §4.1.2.5] */
export function readTime(element: DerElement | undefined): Date | undefined {
  if (element?.tag !== derTag.utcTime && element?.tag !== derTag.generalizedTime) return undefined;
  const text = element.contents.toString('latin1');
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
  const match = timeForm.exec(element.tag === derTag.utcTime ? century + text : text);
  if (match === null) return undefined;
  const iso = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z`;
  const time = new Date(iso);
  // 31 February becomes March silently; a date that does not print back is no date.
  return Number.isNaN(time.getTime()) || time.toISOString() !== iso ? undefined : time;
}
