/** The folder of secret files: who may enter it, how a file in it is written and read, and what is refused. */
import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';

import { createFileAtomically, writeFileAtomically } from '../primitives/atomic-file.ts';
import { CodedError, systemErrorCode } from '../primitives/errors.ts';
import { storeDenied } from './store-denied.ts';
import { giveToFolderOwner } from './store-folder.ts';

export interface KeyFiles {
  readonly folder: string;
  pathOf(name: string): string;
  write(name: string, text: string): void;
  /** The text of the file this call made, or of the one that was there already. */
  createOrRead(name: string, text: string): string;
  read(name: string): string | undefined;
  /** Names that end so, without that end. */
  list(ending: string): readonly string[];
  /** Moves the file to `trash/`. */
  discard(name: string): void;
  remove(name: string): void;
}

/** Permission bits. */
const fileMode = 0o600;
const folderMode = 0o700;

/** Bytes: a chain of eight certificates of 16 kB in PEM. */
const maxFileBytes = 200_000;

export function keyFiles(folder: string): KeyFiles {
  const pathOf = (name: string): string => path.join(folder, path.basename(name));
  const guarded = <T>(file: string, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw storeDenied(file, error);
    }
  };
  const read = (name: string): string | undefined => guarded(pathOf(name), () => readSecretFile(pathOf(name)));
  return {
    folder,
    pathOf,
    read,
    write: (name, text) =>
      guarded(pathOf(name), () => {
        prepareFolder(folder);
        writeFileAtomically({ path: pathOf(name), data: text, mode: fileMode });
      }),
    createOrRead: (name, text) =>
      guarded(pathOf(name), () => {
        prepareFolder(folder);
        const isOurs = createFileAtomically({ path: pathOf(name), data: text, mode: fileMode });
        return isOurs ? text : (read(name) ?? text);
      }),
    list: (ending) =>
      guarded(folder, () =>
        namesIn(folder).flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : [])),
      ),
    discard: (name) => guarded(pathOf(name), () => moveToTrash(folder, name)),
    remove: (name) => guarded(pathOf(name), () => rmSync(pathOf(name), { force: true })),
  };
}

function prepareFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true, mode: folderMode });
  if (made !== undefined) {
    // The umask can only take bits away, but root may be working in somebody's store.
    chmodSync(folder, folderMode);
    giveToFolderOwner(path.dirname(folder), folder);
  }
  refuseExposed(folder, statSync(folder).mode, '700');
}

function readSecretFile(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { mode, size } = fstatSync(descriptor);
    refuseExposed(file, mode, '600');
    if (size > maxFileBytes) throw damagedKeyFile(file, `it is longer than ${maxFileBytes} bytes`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Windows has no such bits; its folders under a user's profile are that user's. */
function refuseExposed(file: string, mode: number, wanted: string): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new CodedError('KeyFileExposed', `${file} is open to other users of this machine.`, {
    reason: `its mode is ${(mode & 0o777).toString(8)}`,
    fix: `chmod ${wanted} ${file}`,
    target: file,
  });
}

export const damagedKeyFile = (file: string, reason: string): CodedError =>
  new CodedError('KeyFileDamaged', `${file} is not what this program wrote.`, {
    reason,
    fix: file.endsWith('.chain.pem') ? 'xgw import-certificate edge.pem' : 'xgw get-help KeyFileDamaged',
    target: file,
  });

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function moveToTrash(folder: string, name: string): void {
  const trash = path.join(folder, 'trash');
  if (mkdirSync(trash, { recursive: true, mode: folderMode }) !== undefined) giveToFolderOwner(folder, trash);
  try {
    renameSync(path.join(folder, path.basename(name)), path.join(trash, path.basename(name)));
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
