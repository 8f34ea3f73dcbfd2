/**
 * `state/` in the store's folder: 0700, the records in `gateway/`, and beside it what was set aside because it was damaged.
 * A new set of records is made under another name and renamed, so that `gateway/` is there whole or not at all.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

import { giveToFolderOwner, syncFolder } from './store-folder.ts';

export const stateFolder = (storeFolder: string): string => path.join(storeFolder, 'state');
export const recordsFolder = (storeFolder: string): string => path.join(stateFolder(storeFolder), 'gateway');

const asideName = /^gateway\.damaged-/;

export function prepareStateFolder(storeFolder: string): void {
  const folder = stateFolder(storeFolder);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) giveToFolderOwner(storeFolder, folder);
}

/** Makes the records' folder unless it is there. @param fill - Puts the first records into it, and closes it. */
export async function makeRecordsFolder(storeFolder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const records = recordsFolder(storeFolder);
  if (existsSync(records)) return;
  const made = `${records}.new`;
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { mode: 0o700 });
  await fill(made);
  for (const name of readdirSync(made)) {
    chmodSync(path.join(made, name), 0o600);
    giveToFolderOwner(storeFolder, path.join(made, name));
  }
  giveToFolderOwner(storeFolder, made);
  renameSync(made, records);
  syncFolder(stateFolder(storeFolder));
}

/** Renames the records' folder by the time, so that nothing is lost that somebody may read one day. @returns Its new place. */
export function setRecordsAside(storeFolder: string, now: Date): string {
  const records = recordsFolder(storeFolder);
  const aside = `${records}.damaged-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(records, aside);
  syncFolder(stateFolder(storeFolder));
  return aside;
}

/** What was set aside and is still there. */
export function recordsAside(storeFolder: string): readonly string[] {
  const folder = stateFolder(storeFolder);
  return readdirSync(folder)
    .filter((name) => asideName.test(name))
    .map((name) => path.join(folder, name));
}
