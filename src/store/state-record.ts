/**
 * One record of the run-time state as text: a checksum and JSON. The checksum covers the key too, so that a flipped bit
 * anywhere is seen and a record cannot pass for another one.
 */
import { crc32 } from 'node:zlib';

import { ok, type Result, refuse } from '../primitives/result.ts';

const sumLength = 8;

const sumOf = (key: string, json: string): string => crc32(`${key}\0${json}`).toString(16).padStart(sumLength, '0');

/** @param value - JSON data. */
export function printStateRecord(key: string, value: unknown): string {
  const json = JSON.stringify(value);
  return `${sumOf(key, json)} ${json}`;
}

/** Refusal: what is wrong, as one clause. */
export function parseStateRecord(key: string, text: string): Result<unknown, string> {
  const damage = stateRecordDamage(key, text);
  return damage === undefined ? ok(JSON.parse(text.slice(sumLength + 1))) : refuse(damage);
}

/** What is wrong, as one clause; nothing when it can be parsed. */
export function stateRecordDamage(key: string, text: string): string | undefined {
  const json = text.slice(sumLength + 1);
  return text === `${sumOf(key, json)} ${json}` ? undefined : `the checksum of a record is wrong (${key})`;
}
