/** The store's folder on disk: who may enter it, who owns what is made in it, and when a rename in it is durable. */
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import path from 'node:path';

import { storeDenied } from './store-denied.ts';

export const storeFile = (folder: string): string => path.join(folder, 'store.json');
/** What belongs to the running gateway: its lock and its control socket. */
export const runFolder = (folder: string): string => path.join(folder, 'run');
export const revisionsFolder = (folder: string): string => path.join(folder, 'revisions');

/** Makes the folder, for its owner only. An empty folder of our own is tightened; one with content in it is somebody's decision. */
export function prepareStoreFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    const isOurs = process.getuid === undefined || process.getuid() === uid;
    if ((mode & 0o077) !== 0 && isOurs && readdirSync(folder).length === 0) chmodSync(folder, 0o700);
  } catch (error) {
    throw storeDenied(folder, error);
  }
}

/** Whether something can be made in the folder, as far as the system says beforehand. @throws CodedError `StoreDenied` */
export function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw storeDenied(folder, error);
  }
}

/** Root working on somebody's store must not lock its owner out of what it makes there. */
export function giveToFolderOwner(folder: string, made: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  if (statSync(made).uid !== uid) chownSync(made, uid, gid);
}

/** A rename is durable only when the folder is. Windows has no such call and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
