/**
 * A DNS UPDATE [RFC 2136] that replaces whole record sets of one zone, signed with TSIG [RFC 8945]; and its signed answer. Pure:
 * bytes in, bytes out. Names are written in full, since signatures and name servers of every age agree about that form.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIPv4, SocketAddress } from 'node:net';

import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { RecordSet } from './record-sets.ts';
import type { TsigKey } from './tsig-key.ts';

const type = { A: 1, SOA: 6, AAAA: 28, SRV: 33, TSIG: 250 } as const;
const inClass = 1;
const anyClass = 255;
/** Opcode 5 [RFC 2136 §2.2]. */
const updateFlags = 5 << 11;
/** Seconds by which two clocks may differ [RFC 8945 §10]. */
const fudgeSeconds = 300;
const headerLength = 12;

export interface Update {
  /** 0 to 65535, not to be guessed. */
  readonly id: number;
  readonly zone: string;
  readonly sets: readonly RecordSet[];
  /** Seconds. */
  readonly ttl: number;
}

export interface SignedUpdate {
  readonly bytes: Buffer;
  /** What the answer's signature begins with. */
  readonly mac: Buffer;
}

export function signedUpdate(update: Update, key: TsigKey, now: Date): SignedUpdate {
  const message = unsignedUpdate(update);
  const seconds = Math.floor(now.getTime() / 1000);
  const mac = macOf(key, [message, tsigVariables(key, seconds, fudgeSeconds, 0)]);
  const record = tsigRecord({ key, seconds, mac, id: update.id });
  const bytes = Buffer.concat([message, record]);
  bytes.writeUInt16BE(1, 10);
  return { bytes, mac };
}

function unsignedUpdate({ id, zone, sets, ttl }: Update): Buffer {
  const records = sets.flatMap((set) => [
    resourceRecord(set.name, { type: type[set.type], class: anyClass, ttl: 0, data: Buffer.alloc(0) }),
    ...set.data.map((data) =>
      resourceRecord(set.name, { type: type[set.type], class: inClass, ttl, data: rdata(set.type, data) }),
    ),
  ]);
  const header = words(id, updateFlags, 1, 0, records.length, 0);
  return Buffer.concat([header, name(zone), words(type.SOA, inClass), ...records]);
}

interface Resource {
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: Buffer;
}

function resourceRecord(owner: string, { type: kind, class: of, ttl, data }: Resource): Buffer {
  return Buffer.concat([name(owner), words(kind, of), longWord(ttl), words(data.length), data]);
}

function rdata(kind: RecordSet['type'], data: string): Buffer {
  if (kind !== 'SRV') return address(data);
  const [priority, weight, port, target = ''] = data.split(' ');
  return Buffer.concat([words(Number(priority), Number(weight), Number(port)), name(target.replace(/\.$/, ''))]);
}

function address(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  const [head = [], tail = []] = new SocketAddress({ address: text, family: 'ipv6' }).address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return words(...groups.map((group) => Number.parseInt(group, 16)));
}

/** Labels of a domain name, which is A-labels in lower case here [RFC 1035 §3.1]. */
const name = (text: string): Buffer =>
  Buffer.concat([
    ...text.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')])),
    Buffer.of(0),
  ]);

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

function longWord(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** 48 bits. */
const timeSigned = (seconds: number): Buffer =>
  Buffer.concat([words(Math.floor(seconds / 2 ** 32)), longWord(seconds % 2 ** 32)]);

/** [RFC 8945 §4.3.3] */
const tsigVariables = ({ name: keyName, algorithm }: TsigKey, seconds: number, fudge: number, error: number): Buffer =>
  Buffer.concat([
    name(keyName),
    words(anyClass),
    longWord(0),
    name(algorithm),
    timeSigned(seconds),
    words(fudge, error, 0),
  ]);

function macOf({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(algorithm.slice('hmac-'.length), Buffer.from(secret.reveal(), 'base64'));
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

interface Signature {
  readonly key: TsigKey;
  readonly seconds: number;
  readonly mac: Buffer;
  readonly id: number;
}

function tsigRecord({ key, seconds, mac, id }: Signature): Buffer {
  const data = Buffer.concat([
    ...[name(key.algorithm), timeSigned(seconds), words(fudgeSeconds, mac.length)],
    ...[mac, words(id, 0, 0)],
  ]);
  return resourceRecord(key.name, { type: type.TSIG, class: anyClass, ttl: 0, data });
}

export interface UpdateAnswer {
  /** `NOERROR`, `REFUSED`, `NOTAUTH`, ... [IANA DNS RCODEs] */
  readonly code: string;
  /** What the server says of our signature, where it says something: `BADSIG`, `BADKEY`, `BADTIME`. */
  readonly signature?: string;
}

const codes = 'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE'.split(' ');
const signatureErrors = new Map([
  [16, 'BADSIG'],
  [17, 'BADKEY'],
  [18, 'BADTIME'],
  [22, 'BADTRUNC'],
]);

/**
 * Success counts only with a valid signature of the same key; a refusal needs none, since servers that do not know our key
 * cannot sign [RFC 8945 §5.3].
 */
export function readUpdateAnswer(bytes: Buffer, asked: SignedUpdate, key: TsigKey): Result<UpdateAnswer, string> {
  if (bytes.length < headerLength || bytes.readUInt16BE(0) !== asked.bytes.readUInt16BE(0))
    return refuse('the answer is not to this update');
  const code = codes[bytes.readUInt16BE(2) & 0xf] ?? `RCODE${bytes.readUInt16BE(2) & 0xf}`;
  const found = signatureIn(bytes);
  const error = found === undefined ? undefined : signatureErrors.get(found.error);
  if (code !== 'NOERROR') return ok({ code, ...(error === undefined ? {} : { signature: error }) });
  if (found === undefined) return refuse('the answer is not signed');
  const unsigned = Buffer.from(bytes.subarray(0, found.start));
  unsigned.writeUInt16BE(unsigned.readUInt16BE(10) - 1, 10);
  const variables = tsigVariables(key, found.seconds, found.fudge, found.error);
  const expected = macOf(key, [words(asked.mac.length), asked.mac, unsigned, variables]);
  const isValid = found.mac.length === expected.length && timingSafeEqual(found.mac, expected);
  return isValid ? ok({ code }) : refuse('the signature of the answer is wrong');
}

interface FoundSignature {
  /** Where its record begins. */
  readonly start: number;
  readonly seconds: number;
  readonly fudge: number;
  readonly mac: Buffer;
  readonly error: number;
}

/** The last record of all, when it is a TSIG. @returns Undefined also for bytes that are no message. */
function signatureIn(bytes: Buffer): FoundSignature | undefined {
  try {
    const [questions = 0, ...others] = [4, 6, 8, 10].map((offset) => bytes.readUInt16BE(offset));
    let at = headerLength;
    for (let index = 0; index < questions; index += 1) at = afterName(bytes, at) + 4;
    const count = others.reduce((sum, each) => sum + each, 0);
    for (let index = 0; index < count - 1; index += 1) at = afterRecord(bytes, at);
    return count === 0 ? undefined : signatureAt(bytes, at);
  } catch (error) {
    // Bytes that end too early.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function signatureAt(bytes: Buffer, start: number): FoundSignature | undefined {
  const fixed = afterName(bytes, start);
  if (bytes.readUInt16BE(fixed) !== type.TSIG || afterRecord(bytes, start) !== bytes.length) return undefined;
  const at = afterName(bytes, fixed + 10);
  const macLength = bytes.readUInt16BE(at + 8);
  return {
    start,
    seconds: bytes.readUIntBE(at, 6),
    fudge: bytes.readUInt16BE(at + 6),
    mac: bytes.subarray(at + 10, at + 10 + macLength),
    error: bytes.readUInt16BE(at + 10 + macLength + 2),
  };
}

const afterRecord = (bytes: Buffer, start: number): number => {
  const fixed = afterName(bytes, start);
  return fixed + 10 + bytes.readUInt16BE(fixed + 8);
};

/** A pointer ends a name [RFC 1035 §4.1.4], so this never goes back. */
function afterName(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = bytes.readUInt8(at);
    if (length >= 0xc0) return at + 2;
    if (length === 0) return at + 1;
    at += 1 + length;
  }
}
