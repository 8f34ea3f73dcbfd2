/** Folders for tests: one of its own for each test, or one for all tests of a file; gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach } from '@jest/globals';

/** A peer that is ending may still write its last file there: then it is tried again, for twenty seconds in all. */
const remove = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 19, retryDelay: 100 });

const made: string[] = [];

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-test-'));
  made.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of made.splice(0)) remove(folder);
});

const shared: string[] = [];

/** For `beforeAll`: stays until the last test of the file. */
export function sharedFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-test-'));
  shared.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of shared.splice(0)) remove(folder);
});
