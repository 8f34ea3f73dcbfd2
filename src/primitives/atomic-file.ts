/**
 * Files that are there whole or not at all, also after a power cut: temporary file beside the target, fsync, rename, fsync
 * of the folder. The mode is that of the new file, since writing over an old file would keep the old file's mode.
 * Errors are the operating system's; the caller gives them names.
 */
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

export interface FileToWrite {
  readonly path: string;
  readonly data: string | Uint8Array;
  /** Permission bits, `0o600` for secrets. */
  readonly mode: number;
}

/** Writes the file, or replaces the one that is there. */
export function writeFileAtomically(file: FileToWrite): void {
  const temporary = writeTemporary(file);
  try {
    renameSync(temporary, file.path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolderOf(file.path);
}

/** Writes the file unless one is there already, also when several processes try at once. @returns Whether this call made it. */
export function createFileAtomically(file: FileToWrite): boolean {
  const temporary = writeTemporary(file);
  try {
    linkSync(temporary, file.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolderOf(file.path);
  return true;
}

function writeTemporary({ path: target, data, mode }: FileToWrite): string {
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const descriptor = openSync(temporary, 'wx', mode);
  try {
    // The umask has had its say at open; the mode is a promise.
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, data);
    fsyncSync(descriptor);
    giveToFolderOwner(temporary);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return temporary;
}

/** Root working in somebody's folder must not lock its owner out of what it makes there. */
function giveToFolderOwner(made: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(path.dirname(made));
  if (uid !== 0) chownSync(made, uid, gid);
}

/** A rename is durable only when the folder is. Windows has no such call and needs none. */
function syncFolderOf(file: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
