/**
 * The configuration store in a folder. Reading: parse and check, no lock. Changing: lock, fresh read, pure change, check,
 * write beside, verify, keep the old revision, rename, sync. Until the rename the old configuration stands; after it the new
 * one is durable; at no moment is there a third.
 */
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Configuration } from '../config/configuration.ts';
import { emptyConfiguration } from '../config/defaults.ts';
import { configurationRules, parseConfiguration, printProblem } from '../config/parse-configuration.ts';
import { type Clock, realClock } from '../primitives/clock.ts';
import { CodedError } from '../primitives/errors.ts';
import { readHead } from './audit-files.ts';
import { markChecked } from './checked-text.ts';
import { serialised, writeWithConf } from './conf-writer.ts';
import { readConfigurationFile } from './config-file.ts';
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
  write(file: string, configuration: Configuration): Promise<void>;
}

/** @param folder Need not exist: until the first change the store is empty, and reading makes nothing. */
export function openConfigStore(folder: string, given: Partial<StorePorts> = {}): ConfigStore {
  const ports: StorePorts = { clock: realClock, author: author(), write: writeWithConf, ...given };
  const read = (): Configuration => readConfigurationFile(storeFile(folder)) ?? emptyConfiguration;
  return {
    folder,
    read,
    async update(change) {
      prepareStoreFolder(folder);
      const request = { folder, cmdlet: change.cmdlet, timeoutMs: change.lockTimeoutMs };
      return await withConfigLock(request, ports, () => changed(folder, read(), change, ports));
    },
  };
}

async function changed(folder: string, before: Configuration, change: Change, ports: StorePorts): Promise<Update> {
  refuseOtherRevision(before, change);
  const { cmdlet, target } = change;
  const stamp = { time: ports.clock.wallTime().toISOString(), ...ports.author, cmdlet, target, ...auditEnd(folder) };
  const after = stampedRevision(before, change.apply(before), stamp);
  if (after === undefined) return { before, after: before, changed: false };
  refuseInvalid(after, change);
  await replaceFile(folder, before, after, ports);
  return { before, after, changed: true };
}

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

function refuseInvalid(after: Configuration, { target }: Change): void {
  const parsed = parseConfiguration(after);
  if (parsed.ok) return;
  throw new CodedError('InvalidValue', `the change of ${target} would make the configuration invalid.`, {
    reason: parsed.error.map(printProblem).join('; '),
    target,
  });
}

/**
 * The new text goes into a second name of the old file, `store.next.json`, where conf replaces it and the owner is kept.
 * It takes the place of `store.json` only when every byte of it is there: conf does not notice a full disk.
 */
async function replaceFile(folder: string, before: Configuration, after: Configuration, ports: StorePorts) {
  const file = storeFile(folder);
  const next = path.join(folder, 'store.next.json');
  const isFirst = !existsSync(file);
  try {
    removeLeftovers(folder, path.basename(next));
    if (!isFirst) linkSync(file, next);
    await ports.write(next, after);
    if (readFileSync(next, 'utf8') !== serialised(after)) throw storeFull(file);
    giveToFolderOwner(folder, next);
    if (!isFirst) keepRevision(folder, before.revision);
    dropOldRevisions(folder);
    renameSync(next, file);
    syncFolder(folder);
    markChecked(folder, serialised(after), configurationRules);
  } catch (error) {
    rmSync(next, { force: true });
    throw storeDenied(file, error);
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
