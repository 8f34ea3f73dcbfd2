/** The store as a thing on disk: paths, sizes, modes, revision, health, lock. Never fails because of what it finds. */
import { statSync } from 'node:fs';
import path from 'node:path';

import { CodedError, systemErrorCode } from '../primitives/errors.ts';
import { lockHolder, printHolder } from '../store/config-lock.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { keptRevisionNumbers } from '../store/configuration-history.ts';
import { revisionsFolder, storeFile } from '../store/store-folder.ts';

/** The object that cmdlets emit. */
export async function configurationStoreObject(store: ConfigStore) {
  const { folder } = store;
  const file = storeFile(folder);
  const health = healthOf(store);
  const holder = await lockHolder(folder);
  const stat = statOf(file);
  return {
    Path: folder,
    StoreFile: file,
    Exists: stat === null ? null : stat !== undefined,
    Revision: health.revision,
    Health: health.words,
    Size: stat?.size ?? null,
    Mode: modeOf(stat?.mode),
    FolderMode: modeOf(statOf(folder)?.mode),
    LastChanged: stat?.mtime.toISOString() ?? null,
    LastChangedBy: health.author,
    RevisionsPath: revisionsFolder(folder),
    KeptRevisions: unlessDenied(() => keptRevisionNumbers(folder).length),
    KeysPath: path.join(folder, 'keys'),
    StatePath: path.join(folder, 'state'),
    LogPath: path.join(folder, 'log'),
    RunPath: path.join(folder, 'run'),
    LockHolder: holder === undefined ? null : printHolder(holder),
  };
}

function healthOf(store: ConfigStore) {
  try {
    const { revision, changed } = store.read();
    const author = changed === undefined ? null : `${changed.user}@${changed.host} with ${changed.cmdlet}`;
    return { words: 'Ok', revision, author };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { words: `${error.id}: ${error.reason ?? error.message}`, revision: null, author: null };
  }
}

/** Null for what the system does not show to this account; Health says why. */
function unlessDenied<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return null;
  }
}

const statOf = (file: string) => unlessDenied(() => statSync(file, { throwIfNoEntry: false }));

/** `0600` */
const modeOf = (mode: number | undefined): string | null =>
  mode === undefined ? null : (mode & 0o777).toString(8).padStart(4, '0');
