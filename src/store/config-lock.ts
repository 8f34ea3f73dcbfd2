/**
 * Writers of the store take turns: a lock of the kernel on the file `.lock`, which also says who holds it.
 * The kernel ends the lock with the process, however that ends, so a killed holder blocks nobody and there is no stale rule.
 * The only file that knows fs-native-extensions.
 */
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';

import type { Clock } from '../primitives/clock.ts';
import { CodedError, systemErrorCode } from '../primitives/errors.ts';
import { processStart } from '../primitives/process-start.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { storeDenied } from './store-denied.ts';
import { giveToFolderOwner } from './store-folder.ts';

/** Who holds the lock, as the holder wrote it. */
export interface LockHolder {
  readonly pid: number;
  readonly cmdlet: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** `processStart` of it; absent where the system does not tell. */
  readonly started?: string;
}

export interface LockPorts {
  readonly clock: Clock;
  /** Called once, when the lock has been waited for during `noticeMs`. */
  onWaiting?(holder: LockHolder | undefined): void;
}

export interface LockRequest {
  readonly folder: string;
  readonly cmdlet: string;
  /** Milliseconds to wait for other writers. */
  readonly timeoutMs: number;
}

/** A byte far behind the text: where locks are mandatory (Windows), the holder's name must stay readable. */
const lockedByte = { offset: 1_048_576, length: 1 } as const;
/** Milliseconds between two tries. A write takes 2 to 50 ms, so a short pause wastes little and keeps the turns fair. */
const pauseMs = 10;
/** Milliseconds after which a person wants to know what is going on. */
const noticeMs = 1000;
/** Bytes of the lock file that are read: the holder's line is a tenth of it. */
const maxHolderBytes = 1024;

const lockFile = (folder: string): string => path.join(folder, '.lock');

/**
 * Does the work while no other process, and nobody else in this one, does such work on the same folder.
 *
 * @throws CodedError `StoreBusy` naming the holder after `timeoutMs`, `StoreDenied`, and whatever the work throws.
 */
export async function withConfigLock<T>(request: LockRequest, ports: LockPorts, work: () => Promise<T>): Promise<T> {
  const { tryLock, unlock } = await import('fs-native-extensions');
  const fd = openLockFile(request.folder);
  try {
    await waitForTurn(() => tryLock(fd, lockedByte.offset, lockedByte.length), request, ports);
    try {
      writeHolder(fd, request.cmdlet, ports.clock);
      return await work();
    } finally {
      forgetHolder(fd);
      unlock(fd, lockedByte.offset, lockedByte.length);
    }
  } finally {
    closeSync(fd);
  }
}

/** Who holds the lock now; undefined when nobody does, or whoever does could not write who it is. */
export async function lockHolder(folder: string): Promise<LockHolder | undefined> {
  return (await isLocked(folder)) ? readHolder(folder) : undefined;
}

/** Whether somebody holds the lock. Takes no lock that a writer would have to wait for longer than one try, and writes nothing. */
export async function isLocked(folder: string): Promise<boolean> {
  const { tryLock, unlock } = await import('fs-native-extensions');
  let fd: number;
  try {
    fd = openSync(lockFile(folder), 'r');
  } catch {
    return false;
  }
  try {
    if (!tryLock(fd, lockedByte.offset, lockedByte.length, { shared: true })) return true;
    unlock(fd, lockedByte.offset, lockedByte.length);
    return false;
  } finally {
    closeSync(fd);
  }
}

async function waitForTurn(tryLock: () => boolean, request: LockRequest, ports: LockPorts) {
  const { clock } = ports;
  const started = clock.now();
  let noticed = false;
  while (!tryLock()) {
    const waited = clock.now() - started;
    if (waited >= request.timeoutMs) throw storeBusy(request, readHolder(request.folder));
    if (!noticed && waited >= noticeMs) {
      noticed = true;
      ports.onWaiting?.(readHolder(request.folder));
    }
    await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
  }
}

function storeBusy({ folder, timeoutMs }: LockRequest, holder: LockHolder | undefined): CodedError {
  return new CodedError('StoreBusy', `the configuration is locked, still after ${timeoutMs / 1000} s.`, {
    reason: holder === undefined ? 'the holder has not written its name' : printHolder(holder),
    fix: 'xgw get-configurationstore',
    target: folder,
  });
}

/** `held by pid 4711, Sync-Configuration, since 2026-11-22T09:14:03.000Z` */
export const printHolder = ({ pid, cmdlet, since }: LockHolder): string =>
  `held by pid ${pid}, ${cmdlet}, since ${since}`;

function openLockFile(folder: string): number {
  const file = lockFile(folder);
  try {
    const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    giveToFolderOwner(folder, file);
    return fd;
  } catch (error) {
    throw storeDenied(file, error);
  }
}

function writeHolder(fd: number, cmdlet: string, clock: Clock): void {
  const started = processStart(process.pid);
  const since = clock.wallTime().toISOString();
  const holder: LockHolder = { pid: process.pid, cmdlet, since, ...(started === undefined ? {} : { started }) };
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${JSON.stringify(holder)}\n`, 0);
  } catch (error) {
    // The name is a courtesy to those who wait; on a full disk the lock holds without it.
    if (systemErrorCode(error) !== 'ENOSPC') throw error;
  }
}

/** Whoever comes next writes over it. */
function forgetHolder(fd: number): void {
  try {
    ftruncateSync(fd, 0);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOSPC') throw error;
  }
}

function readHolder(folder: string): LockHolder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(lockFile(folder), 'utf8').slice(0, maxHolderBytes));
    if (typeof holder !== 'object' || holder === null) return undefined;
    const { pid, cmdlet, since, started } = holder as Partial<Record<keyof LockHolder, unknown>>;
    if (typeof pid !== 'number' || typeof cmdlet !== 'string' || typeof since !== 'string') return undefined;
    const named = { pid, cmdlet: visibleText(cmdlet), since: visibleText(since) };
    return typeof started === 'string' ? { ...named, started } : named;
  } catch {
    return undefined;
  }
}
