/**
 * `store.checked` beside a large `store.json`: the digest of the text that a change has written and so checked, and by which
 * rules. Who reads exactly that text need not check it again; whatever else stands there, by hand or by a fault of the disk, is
 * checked whole. It is a hint: without it, or with a wrong one, reading takes longer. Who could forge it can write the store.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';

/** BLAKE2b is three times as fast as SHA-256 where the processor has no instruction for that. */
const digest = 'blake2b512';

/** Bytes. Below, checking costs less than the digest and another file. Source: `npm run bench -- startup`. */
export const leastMarkedBytes = 256 * 1024;

const markFile = (folder: string): string => path.join(folder, 'store.checked');

const markOf = (text: Buffer, rules: string): string => `${rules} ${createHash(digest).update(text).digest('hex')}\n`;

/** Call it while the lock is held. @param bytes - As they were written. @param rules - What the text was checked by. */
export function markChecked(folder: string, bytes: Buffer, rules: string): void {
  const file = markFile(folder);
  try {
    if (bytes.length < leastMarkedBytes) rmSync(file, { force: true });
    else writeFileAtomically({ path: file, data: markOf(bytes, rules), mode: 0o600 });
  } catch {
    // The change is durable already, and whatever mark is left is one of another text.
  }
}

/** @param text - The bytes as they were read. */
export function isMarkedChecked(folder: string, text: Buffer, rules: string): boolean {
  if (text.length < leastMarkedBytes) return false;
  try {
    return readFileSync(markFile(folder), 'latin1') === markOf(text, rules);
  } catch {
    // None, or none that this user may read.
    return false;
  }
}
