/**
 * Numbers, names and records as DNS has them on the wire [RFC 1035 §3, §4]. Names are written in full: signatures and name
 * servers of every age agree about that form.
 */
import { isIPv4, SocketAddress } from 'node:net';

import type { RecordSet } from './record-sets.ts';

export const recordType = { A: 1, SOA: 6, AAAA: 28, SRV: 33, TSIG: 250 } as const;
/** NONE and ANY stand for what an update takes away, and what it demands [RFC 2136 §2.4, §2.5]. */
export const recordClass = { IN: 1, NONE: 254, ANY: 255 } as const;
/** Bytes. */
export const headerLength = 12;

export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

export function longWord(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** @param text - Labels of at most 63 bytes, without a dot at the end; empty: the root. */
export function nameBytes(text: string): Buffer {
  const labels = text === '' ? [] : text.split('.').map((label) => Buffer.from(label, 'latin1'));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)]);
}

export interface Resource {
  readonly type: number;
  readonly class: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: Buffer;
}

export const resourceRecord = (owner: string, { type, class: of, ttl, data }: Resource): Buffer =>
  Buffer.concat([nameBytes(owner), words(type, of), longWord(ttl), words(data.length), data]);

/** @param text - As a zone file writes it. */
export function recordData(kind: RecordSet['type'], text: string): Buffer {
  if (kind !== 'SRV') return addressBytes(text);
  const [priority, weight, port, target = ''] = text.split(' ');
  return Buffer.concat([words(Number(priority), Number(weight), Number(port)), nameBytes(target.replace(/\.$/, ''))]);
}

function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  const [head = [], tail = []] = new SocketAddress({ address: withoutDots(text), family: 'ipv6' }).address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return words(...groups.map((group) => Number.parseInt(group, 16)));
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
const withoutDots = (text: string): string =>
  text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: readonly string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
