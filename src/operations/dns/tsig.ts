/** Messages of DNS signed with a shared key [RFC 8945], and what a signed answer is worth. Pure: bytes in, bytes out. */
import { createHmac, timingSafeEqual } from 'node:crypto';

import { systemErrorCode } from '../../primitives/errors.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { headerLength, longWord, nameBytes, recordClass, recordType, resourceRecord, words } from './dns-bytes.ts';
import type { TsigKey } from './tsig-key.ts';

/** Seconds by which two clocks may differ [RFC 8945 §10]. */
const fudgeSeconds = 300;

export interface SignedMessage {
  readonly bytes: Buffer;
  /** What the signature of the answer begins with. */
  readonly mac: Buffer;
}

/** @param message - A whole message without additional records. */
export function signed(message: Buffer, key: TsigKey, now: Date): SignedMessage {
  const times = { seconds: Math.floor(now.getTime() / 1000), fudge: fudgeSeconds };
  const mac = macOf(key, [message, variables(key, times)]);
  const data = Buffer.concat([
    ...[nameBytes(key.algorithm), timeSigned(times.seconds), words(fudgeSeconds, mac.length)],
    ...[mac, message.subarray(0, 2), words(0, 0)],
  ]);
  const record = resourceRecord(key.name, { type: recordType.TSIG, class: recordClass.ANY, ttl: 0, data });
  const bytes = Buffer.concat([message, record]);
  bytes.writeUInt16BE(1, 10);
  return { bytes, mac };
}

interface Times {
  readonly seconds: number;
  readonly fudge: number;
}

/** Without an error and other data, which no answer has that is believed [RFC 8945 §4.3.3]. */
const variables = (key: TsigKey, { seconds, fudge }: Times): Buffer =>
  Buffer.concat([
    ...[nameBytes(key.name), words(recordClass.ANY), longWord(0), nameBytes(key.algorithm)],
    ...[timeSigned(seconds), words(fudge, 0, 0)],
  ]);

/** 48 bits. */
const timeSigned = (seconds: number): Buffer =>
  Buffer.concat([words(Math.floor(seconds / 2 ** 32)), longWord(seconds % 2 ** 32)]);

function macOf({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(algorithm.slice('hmac-'.length), Buffer.from(secret.reveal(), 'base64'));
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether the answer was signed with the same key, for this question, within the time window [RFC 8945 §5.3]. */
export function verifiedAnswer(answer: Buffer, asked: SignedMessage, key: TsigKey, now: Date): Result<true, string> {
  const found = signatureIn(answer);
  if (found === undefined) return refuse('the answer is not signed');
  if (found.error !== 0) return refuse('the answer says yes, and its signature no');
  const message = Buffer.from(answer.subarray(0, found.start));
  message.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
  const expected = macOf(key, [words(asked.mac.length), asked.mac, message, variables(key, found)]);
  if (found.mac.length !== expected.length || !timingSafeEqual(found.mac, expected))
    return refuse('the answer is not signed with this key');
  if (Math.abs(now.getTime() / 1000 - found.seconds) > Math.min(found.fudge, fudgeSeconds) + 1)
    return refuse(`the answer was signed at another time, ${new Date(found.seconds * 1000).toISOString()}`);
  return ok(true);
}

interface FoundSignature extends Times {
  /** Where its record begins. */
  readonly start: number;
  readonly mac: Buffer;
  readonly error: number;
}

const endsTooEarly = new Set(['ERR_OUT_OF_RANGE', 'ERR_BUFFER_OUT_OF_BOUNDS']);

/** The last record of all, when it is a TSIG. @returns Undefined also for bytes that are no message. */
export function signatureIn(bytes: Buffer): FoundSignature | undefined {
  try {
    const [questions = 0, ...others] = [4, 6, 8, 10].map((offset) => bytes.readUInt16BE(offset));
    const count = others.reduce((sum, each) => sum + each, 0);
    // It is an additional record [RFC 8945 §5.1].
    if (others[2] === 0) return undefined;
    let at = headerLength;
    for (let index = 0; index < questions; index += 1) at = afterName(bytes, at) + 4;
    for (let index = 0; index < count - 1; index += 1) at = afterRecord(bytes, at);
    return signatureAt(bytes, at);
  } catch (error) {
    // Bytes that end too early.
    if (endsTooEarly.has(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function signatureAt(bytes: Buffer, start: number): FoundSignature | undefined {
  const fixed = afterName(bytes, start);
  if (bytes.readUInt16BE(fixed) !== recordType.TSIG || afterRecord(bytes, start) !== bytes.length) return undefined;
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
