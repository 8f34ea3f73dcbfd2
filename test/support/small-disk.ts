/** A disk of its own for a test, which can be full or read-only. It takes the right to mount one: root has it, as in a container of CI. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, it } from '@jest/globals';

export interface SmallDisk {
  readonly folder: string;
  /** Not one byte more fits. */
  fill(): void;
  /** What `fill` has put there is gone. */
  release(): void;
  /** Nobody can write while the work goes on, but for whoever has a file open. */
  readOnly(work: () => Promise<void>): Promise<void>;
}

const disks: string[] = [];
const run = (command: string, ...words: readonly string[]): boolean => spawnSync(command, words).status === 0;

/** @param mebibytes - Its size. */
export function smallDisk(mebibytes: number): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-disk-'));
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'tmpfs', folder)) {
    rmdirSync(folder);
    throw new Error('this user may not mount a disk');
  }
  disks.push(folder);
  const filler = path.join(folder, 'filler');
  return {
    folder,
    fill: () => fillWith(filler),
    release: () => rmSync(filler),
    async readOnly(work) {
      // A second mount of the same place: the first one cannot change while files are open on it.
      const isDone = run('mount', '--bind', folder, folder) && run('mount', '-o', 'remount,bind,ro', folder);
      try {
        if (!isDone) throw new Error('the disk cannot be made read-only');
        await work();
      } finally {
        run('umount', '--lazy', folder);
      }
    },
  };
}

function fillWith(file: string): void {
  const descriptor = openSync(file, 'a');
  try {
    for (const size of [65_536, 1]) {
      while (writes(descriptor, size));
    }
  } finally {
    closeSync(descriptor);
  }
}

function writes(descriptor: number, size: number): boolean {
  try {
    writeSync(descriptor, Buffer.alloc(size));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return false;
  }
}

/** As `describeWithPeers`: where no disk can be mounted, one test says so, and fails in CI. */
export function describeWithDisk(title: string, body: () => void): void {
  if (isPermitted()) return describe(title, body);
  const notice = 'NOT RUN, this user may not mount a disk: run it as root';
  describe(title, () => {
    it(notice, () => {
      if (process.env['CI'] === 'true') throw new Error(notice);
    });
  });
}

function isPermitted(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-disk-'));
  const isMounted = run('mount', '-t', 'tmpfs', 'tmpfs', folder);
  if (isMounted) run('umount', folder);
  rmdirSync(folder);
  return isMounted;
}

afterAll(() => {
  for (const folder of disks.splice(0)) {
    run('umount', '--lazy', folder);
    rmdirSync(folder);
  }
});
