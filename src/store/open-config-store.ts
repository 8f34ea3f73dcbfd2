/**
 * The configuration store in a folder. Reading: parse and check, no lock. Changing: lock, fresh read, pure change, check,
 * write beside, verify, keep the old revision, rename, sync. Until the rename the old configuration stands; after it the new
 * one is durable; at no moment is there a third.
 */
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Configuration } from '../config/configuration.ts';
import { emptyConfiguration } from '../config/defaults.ts';
import { configurationRules, parseChanged, printProblem } from '../config/parse-configuration.ts';
import { type Clock, realClock } from '../primitives/clock.ts';
import { CodedError, systemErrorCode } from '../primitives/errors.ts';
import { readHead } from './audit-files.ts';
import { markChecked } from './checked-text.ts';
import { writeWithConf } from './conf-writer.ts';
import { type Reading, readAgain } from './config-file.ts';
import { type LockHolder, withConfigLock } from './config-lock.ts';
import type { Change, ConfigStore, Update } from './config-store.ts';
import { dropOldRevisions, keepRevision } from './configuration-history.ts';
import { stampedRevision } from './stamped-revision.ts';
import { storeDenied, storeFull } from './store-denied.ts';
import { giveToFolderOwner, prepareStoreFolder, storeFile, syncFolder } from './store-folder.ts';

export interface StorePorts {
  readonly clock: Clock;
  /** Who makes the changes of this process. */
  readonly author: { readonly user: string; readonly host: string };
  /** Called once per change that has waited a second for its turn. */
  onWaiting?(holder: LockHolder | undefined): void;
  /** Writes the file whole and atomically; it may fail to notice a full disk. */
  write(file: string, text: string): Promise<void>;
}

/** @param folder Need not exist: until the first change the store is empty, and reading makes nothing. */
export function openConfigStore(folder: string, given: Partial<StorePorts> = {}): ConfigStore {
  const ports: StorePorts = { clock: realClock, author: author(), write: writeWithConf, ...given };
  let last: Reading | undefined;
  const read = (): Configuration => {
    last = readAgain(storeFile(folder), last);
    return last?.configuration ?? emptyConfiguration;
  };
  return {
    folder,
    read,
    async update(change) {
      prepareStoreFolder(folder);
      const request = { folder, cmdlet: change.cmdlet, timeoutMs: change.lockTimeoutMs };
      return await withConfigLock(request, ports, async () => {
        const { update, written } = await changed(folder, read(), change, ports);
        last = written ?? last;
        return update;
      });
    },
  };
}

interface Changed {
  readonly update: Update;
  /** What stands in the file now; undefined: what stood there. */
  readonly written?: Reading;
}

async function changed(folder: string, before: Configuration, change: Change, ports: StorePorts): Promise<Changed> {
  refuseOtherRevision(before, change);
  const { cmdlet } = change;
  const target = shortTarget(change.target);
  const stamp = { time: ports.clock.wallTime().toISOString(), ...ports.author, cmdlet, target, ...auditEnd(folder) };
  const after = stampedRevision(before, change.apply(before), stamp);
  if (after === undefined) return { update: { before, after: before, changed: false } };
  refuseInvalid(before, after, change);
  const written = await replaceFile(folder, before, after, ports);
  return { update: { before, after, changed: true }, written };
}

/** Characters of the target that a revision keeps; the schema has room for a thousand. */
const maxTarget = 1000;
const shortTarget = (target: string): string =>
  target.length > maxTarget ? `${target.slice(0, maxTarget)} ...` : target;

/** So the end of the audit log cannot be cut off unseen: every revision remembers where it was. */
function auditEnd(folder: string): { readonly audit?: string } {
  const head = readHead(folder);
  return head === undefined ? {} : { audit: `${head.line}:${head.hash}` };
}

function refuseOtherRevision({ revision, changed: last }: Configuration, { ifRevision }: Change): void {
  if (ifRevision === undefined || ifRevision === revision) return;
  const who = last === undefined ? undefined : `${last.cmdlet} by ${last.user}@${last.host} at ${last.time}`;
  throw new CodedError('RevisionConflict', `the configuration is at revision ${revision}, not ${ifRevision}.`, {
    reason: who === undefined ? 'nothing has been configured yet' : `the last change was ${who}`,
    fix: 'xgw get-configurationhistory',
    target: String(ifRevision),
  });
}

function refuseInvalid(before: Configuration, after: Configuration, { target }: Change): void {
  const parsed = parseChanged(before, after);
  if (parsed.ok) return;
  throw new CodedError('InvalidValue', `the change of ${target} would make the configuration invalid.`, {
    reason: parsed.error.map(printProblem).join('; '),
    target,
  });
}

/**
 * The new text goes beside the old file, into `store.next.json`, where conf keeps the owner of what it replaces.
 * It takes the place of `store.json` only when every byte of it is there: conf does not notice a full disk.
 */
async function replaceFile(
  folder: string,
  before: Configuration,
  after: Configuration,
  ports: StorePorts,
): Promise<Reading> {
  const file = storeFile(folder);
  const next = path.join(folder, 'store.next.json');
  const isFirst = !existsSync(file);
  const text = JSON.stringify(after, undefined, '\t');
  const bytes = Buffer.from(text);
  try {
    removeLeftovers(folder, path.basename(next));
    if (!isFirst) makeOwnedAlike(file, next);
    await ports.write(next, text);
    if (!readFileSync(next).equals(bytes)) throw storeFull(file);
    giveToFolderOwner(folder, next);
    if (!isFirst) keepRevision(folder, before.revision);
    dropOldRevisions(folder);
    renameSync(next, file);
    syncFolder(folder);
    markChecked(folder, bytes, configurationRules);
    return { bytes, configuration: after };
  } catch (error) {
    rmSync(next, { force: true });
    throw storeDenied(file, error);
  }
}

/** A small file that conf replaces, keeping its owner: it would read all of a large one before. */
function makeOwnedAlike(file: string, made: string): void {
  writeFileSync(made, '{}', { mode: 0o600 });
  const { uid, gid } = statSync(file);
  try {
    chownSync(made, uid, gid);
  } catch (error) {
    // Only root gives files away; whoever else may write here writes files of their own.
    if (systemErrorCode(error) !== 'EPERM') throw error;
  }
}

/** What a process that was killed while it wrote has left. Only the holder of the lock may look for it. */
function removeLeftovers(folder: string, next: string): void {
  const leftovers = readdirSync(folder).filter((name) => name === next || name.startsWith(`${next}.tmp-`));
  for (const name of leftovers) rmSync(path.join(folder, name), { force: true });
}

function author(): StorePorts['author'] {
  const host = os.hostname();
  try {
    return { user: os.userInfo().username, host };
  } catch {
    // A user id without an account, as containers have it.
    return { user: `uid ${process.getuid?.() ?? 'unknown'}`, host };
  }
}
