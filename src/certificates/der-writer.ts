/** Writes DER: one function for each type that certificates, requests and key files are made of. [X.690 §10] */
import { type Asn1, type Asn1Type, asn1, octets } from './node-forge.ts';
import { type KeyUsage, keyUsageBits } from './object-identifiers.ts';

const universal = asn1.Class.UNIVERSAL;
const context = asn1.Class.CONTEXT_SPECIFIC;
/** Context tags 0 to 3, as forge's declarations spell these numbers. */
const contextTags = [asn1.Type.NONE, asn1.Type.BOOLEAN, asn1.Type.INTEGER, asn1.Type.BITSTRING] as const;
type ContextTag = 0 | 1 | 2 | 3;

export type DerNode = Asn1;

export const encodeDer = (node: DerNode): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
/** DER that exists already, as a part of something new. */
export const existingDer = (der: Buffer): DerNode => asn1.fromDer(octets(der));

const primitive = (type: Asn1Type, value: string): DerNode => asn1.create(universal, type, false, value);

export const sequence = (...parts: readonly DerNode[]): DerNode =>
  asn1.create(universal, asn1.Type.SEQUENCE, true, [...parts]);
export const set = (...parts: readonly DerNode[]): DerNode => asn1.create(universal, asn1.Type.SET, true, [...parts]);
export const identifier = (dotted: string): DerNode => primitive(asn1.Type.OID, asn1.oidToDer(dotted).getBytes());
export const utf8 = (text: string): DerNode => primitive(asn1.Type.UTF8, octets(Buffer.from(text, 'utf8')));
export const printable = (text: string): DerNode => primitive(asn1.Type.PRINTABLESTRING, text);
export const ia5 = (text: string): DerNode => primitive(asn1.Type.IA5STRING, text);
/** The one type forge takes as text and encodes itself. */
export const bmp = (text: string): DerNode => primitive(asn1.Type.BMPSTRING, text);
export const boolean = (value: boolean): DerNode => primitive(asn1.Type.BOOLEAN, value ? '\u00ff' : '\0');
export const octetString = (bytes: Uint8Array): DerNode => primitive(asn1.Type.OCTETSTRING, octets(bytes));
export const bitString = (bytes: Uint8Array, unusedBits = 0): DerNode =>
  primitive(asn1.Type.BITSTRING, String.fromCharCode(unusedBits) + octets(bytes));
export const nullValue = (): DerNode => primitive(asn1.Type.NULL, '');
/** Contents octets, most significant first; the caller keeps the sign right. */
export const integer = (bytes: Uint8Array): DerNode => primitive(asn1.Type.INTEGER, octets(bytes));
/** @param value - From 0 to 2^31 - 1. */
export function smallInteger(value: number): DerNode {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  // One octet more than the number has, when its first bit would be a sign.
  const first = bytes.findIndex((octet, at) => at === 4 || octet !== 0 || bytes.readUInt8(at + 1) >= 0x80);
  return integer(bytes.subarray(first));
}

/** `[number]` around parts. */
export const explicit = (number: ContextTag, ...parts: readonly DerNode[]): DerNode =>
  asn1.create(context, contextTags[number], true, [...parts]);
/** `[number] IMPLICIT` of a primitive type. */
export const implicit = (number: ContextTag, bytes: Uint8Array): DerNode =>
  asn1.create(context, contextTags[number], false, octets(bytes));

/** UTCTime until 2049, GeneralizedTime from 2050. [RFC 5280 §4.1.2.5] */
export function time(date: Date): DerNode {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  if (date.getUTCFullYear() >= 2050) return primitive(asn1.Type.GENERALIZEDTIME, digits);
  return primitive(asn1.Type.UTCTIME, digits.slice(2));
}

/** A named BIT STRING without trailing zero bits. [X.690 §11.2.2] */
export function keyUsageBitString(usages: readonly KeyUsage[]): DerNode {
  const numbers = usages.map((usage) => keyUsageBits.indexOf(usage));
  const last = Math.max(...numbers);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const number of numbers) {
    const at = Math.floor(number / 8);
    bytes.writeUInt8(bytes.readUInt8(at) | (0x80 >> (number % 8)), at);
  }
  return bitString(bytes, 7 - (last % 8));
}
