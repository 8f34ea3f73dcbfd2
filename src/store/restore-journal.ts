/**
 * A restore happens or it does not, also when its process is killed. Everything is written beside first, in `restore/`; key files
 * that nothing refers to yet are put in place; then the configuration is replaced, and that decides. What remains, key files that
 * replace others and the run-time state, is put in place from `restore/`, by this process or by the next that comes.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { isCodedError } from '../primitives/errors.ts';
import { type BackupContents, isKeyFileName } from './backup-archive.ts';
import { revisionsBackwards } from './configuration-history.ts';
import { keyFiles } from './key-files.ts';
import { openRecordFile } from './lmdb.ts';
import { makeRecordsFolder, prepareStateFolder, recordsFolder } from './state-folder.ts';
import { storeDenied } from './store-denied.ts';
import { giveToFolderOwner, prepareStoreFolder } from './store-folder.ts';

const restoreFolder = (store: string): string => path.join(store, 'restore');
const journalFile = (store: string): string => path.join(restoreFolder(store), 'journal.json');

interface Journal {
  /** The one before the restore: a later one with this target is what the restore has made. */
  readonly revision: number;
  readonly target: string;
  readonly keyFiles: Readonly<Record<string, string>>;
  readonly records?: Readonly<Record<string, string>>;
}

/** @param revision - The one that stands. @param target - As the stamp of the next will say, and no other's. */
export function stageRestore(store: string, revision: number, target: string, contents: BackupContents): void {
  const { keyFiles: files = {}, records } = contents;
  const journal: Journal = { revision, target, keyFiles: files, ...(records && { records }) };
  try {
    prepareStoreFolder(store);
    mkdirSync(restoreFolder(store), { recursive: true, mode: 0o700 });
    giveToFolderOwner(store, restoreFolder(store));
    writeFileAtomically({ path: journalFile(store), data: JSON.stringify(journal), mode: 0o600 });
  } catch (error) {
    throw storeDenied(restoreFolder(store), error);
  }
}

/** Files that are in nobody's way. The others wait until the configuration is in place. */
export function placeNewKeyFiles(store: string, contents: BackupContents): void {
  const files = keyFiles(path.join(store, 'keys'));
  for (const [name, text] of Object.entries(contents.keyFiles ?? {})) {
    if (!existsSync(files.pathOf(name))) files.write(name, text);
  }
}

/** Forgets what was staged and has not been decided. */
const dropRestore = (store: string): void => rmSync(restoreFolder(store), { recursive: true, force: true });

/**
 * Ends a restore that is under way: forward when the configuration has been replaced, back when not. To be called where no gateway
 * has the state open.
 *
 * @param isKnown - The configuration is the one that was to be restored, without a new revision.
 * @returns Whether there was one, and how it ended.
 */
export async function finishRestore(store: string, isKnown = false): Promise<'none' | 'forward' | 'back'> {
  const journal = readJournal(store);
  if (journal === undefined) {
    dropRestore(store);
    return 'none';
  }
  if (!isKnown && !isDecided(store, journal)) {
    dropRestore(store);
    return 'back';
  }
  const files = keyFiles(path.join(store, 'keys'));
  for (const [name, text] of Object.entries(journal.keyFiles)) {
    if (isKeyFileName(name) && files.read(name) !== text) files.write(name, text);
  }
  if (journal.records !== undefined) await replaceRecords(store, journal.records);
  dropRestore(store);
  return 'forward';
}

function readJournal(store: string): Journal | undefined {
  try {
    return JSON.parse(readFileSync(journalFile(store), 'utf8')) as Journal;
  } catch {
    return undefined;
  }
}

function isDecided(store: string, journal: Journal): boolean {
  try {
    for (const { revision, changed } of revisionsBackwards(store)) {
      if (revision <= journal.revision) return false;
      if (changed?.target === journal.target) return true;
    }
    return false;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return false;
  }
}

/** In one transaction: all of the old go, all of the new come. */
async function replaceRecords(store: string, records: Readonly<Record<string, string>>): Promise<void> {
  const changes = new Map<string, string | undefined>(Object.entries(records));
  prepareStateFolder(store);
  await makeRecordsFolder(store, async (folder) => {
    const file = await openRecordFile(folder);
    file.commit(changes);
    await file.close();
  });
  const file = await openRecordFile(recordsFolder(store));
  try {
    for (const [key] of file.entries()) if (!changes.has(key)) changes.set(key, undefined);
    file.commit(changes);
  } finally {
    await file.close();
  }
}
