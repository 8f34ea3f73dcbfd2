/**
 * The run-time state on disk, for one process at a time. Its format carries a version: a newer one is refused. What is
 * damaged is set aside under the time's name and reported, and as long as it lies there every status warns; only then the
 * state begins empty.
 */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';

import type { Clock } from '../primitives/clock.ts';
import { CodedError, isCodedError } from '../primitives/errors.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { StateEntry, StateStore } from '../primitives/state-store.ts';
import { withConfigLock } from './config-lock.ts';
import { openRecordFile, type RecordFile, recordFileDamage } from './lmdb.ts';
import { finishRestore } from './restore-journal.ts';
import { StateBatches } from './state-batches.ts';
import {
  makeRecordsFolder,
  prepareStateFolder,
  recordsAside,
  recordsFolder,
  setRecordsAside,
  stateFolder,
} from './state-folder.ts';
import { parseStateRecord, printStateRecord, stateRecordDamage } from './state-record.ts';
import { storeDenied } from './store-denied.ts';

export interface DurableState extends StateStore {
  /** What an administrator should know of it, one sentence each. */
  problems(): readonly string[];
}

export interface StatePorts {
  readonly clock: Clock;
  readonly onEvent: OnLogEvent;
}

/** Counts up with every change that an older program would misread. */
const format = 1;
const formatKey = 'format';
const keyOf = (kind: string, key: string): string => `${kind} ${key}`;

/**
 * Does the work with the state of a store, and closes it with everything written.
 *
 * @param storeFolder - The folder of `store.json`.
 * @throws CodedError `StateBusy`, `StateTooNew`, `StoreDenied`, `StoreFull`, and whatever the work throws.
 */
export async function withStateStore<T>(
  storeFolder: string,
  ports: StatePorts,
  work: (state: DurableState) => Promise<T>,
): Promise<T> {
  const folder = stateFolder(storeFolder);
  attempt(folder, () => prepareStateFolder(storeFolder));
  try {
    return await withConfigLock({ folder, cmdlet: 'Start-Service', timeoutMs: 0 }, ports, async () => {
      // A restore whose process was killed comes to its end first.
      await finishRestore(storeFolder);
      return await openedFor(storeFolder, ports, work);
    });
  } catch (error) {
    if (!isCodedError(error) || error.id !== 'StoreBusy' || error.target !== folder) throw error;
    const { reason } = error;
    const message = 'The run-time state is in use by another process.';
    throw new CodedError('StateBusy', message, { reason, fix: 'xgw get-service', target: folder, cause: error });
  }
}

async function openedFor<T>(
  storeFolder: string,
  ports: StatePorts,
  work: (state: DurableState) => Promise<T>,
): Promise<T> {
  const file = await openSound(storeFolder, ports);
  const trouble = { sentence: '' };
  const batches = new StateBatches({
    clock: ports.clock,
    commit: (changes) => file.commit(changes),
    onTrouble: (error) => Object.assign(trouble, { sentence: reportTrouble(ports, error) }),
  });
  const aside = recordsAside(storeFolder).map(
    (place) =>
      `Run-time state was damaged and is set aside in ${place}: subscriptions of that time are forgotten. Move it away to end this warning.`,
  );
  try {
    return await work({
      entries: (kind) => entriesOf(file, kind),
      write: (kind, key, value) =>
        batches.add(keyOf(kind, key), value === undefined ? undefined : printStateRecord(keyOf(kind, key), value)),
      durable: () => batches.tried(),
      problems: () => [...aside, ...(trouble.sentence === '' ? [] : [trouble.sentence])],
    });
  } finally {
    batches.stop();
    await file.close();
  }
}

/** Read when they are asked for: who has a hundred thousand of them need not have them twice. */
function* entriesOf(file: RecordFile, kind: string): Generator<StateEntry> {
  const prefix = keyOf(kind, '');
  for (const [key, text] of file.entries(prefix)) {
    const value = parseStateRecord(key, text);
    assert(value.ok, 'its checksum was right when it was opened');
    yield { key: key.slice(prefix.length), value: value.value };
  }
}

/** What is there, or after setting it aside, what is new. */
async function openSound(storeFolder: string, ports: StatePorts): Promise<RecordFile> {
  const opened = existsSync(recordsFolder(storeFolder)) ? await openWhole(storeFolder) : undefined;
  if (opened?.ok) return opened.value;
  if (opened !== undefined) {
    const place = setRecordsAside(storeFolder, ports.clock.wallTime());
    const message = `the run-time state was damaged: ${opened.error}. It is set aside in ${place}, and the state begins empty`;
    ports.onEvent({ id: 'StateSetAside', level: 'error', component: 'store', message, facts: { place } });
  }
  await makeNew(storeFolder);
  const fresh = await openWhole(storeFolder);
  if (fresh.ok) return fresh.value;
  throw storeDenied(recordsFolder(storeFolder), new Error(fresh.error));
}

async function makeNew(storeFolder: string): Promise<void> {
  try {
    await makeRecordsFolder(storeFolder, async (folder) => {
      const file = await openRecordFile(folder);
      file.commit(new Map([[formatKey, printStateRecord(formatKey, format)]]));
      await file.close();
    });
  } catch (error) {
    throw storeDenied(recordsFolder(storeFolder), named(error));
  }
}

/** Refusal: what is damaged. @throws CodedError `StateTooNew` */
async function openWhole(storeFolder: string): Promise<Result<RecordFile, string>> {
  const folder = recordsFolder(storeFolder);
  const damage = await recordFileDamage(folder);
  if (damage !== undefined) return refuse(damage);
  const file = await openRecordFile(folder);
  const checked = checkAll(file);
  if (checked.ok) return ok(file);
  await file.close();
  if (typeof checked.error === 'string') return refuse(checked.error);
  throw new CodedError('StateTooNew', 'The run-time state was written by a newer version of this program.', {
    reason: `its format is ${checked.error.format}, this program knows ${format}`,
    fix: 'xgw get-configurationstore',
    target: folder,
  });
}

function checkAll(file: RecordFile): Result<undefined, string | { readonly format: number }> {
  let found: unknown;
  for (const [key, text] of file.entries()) {
    const damage = stateRecordDamage(key, text);
    if (damage !== undefined) return refuse(damage);
    if (key !== formatKey) continue;
    const value = parseStateRecord(key, text);
    found = value.ok ? value.value : undefined;
  }
  if (typeof found !== 'number') return refuse('it does not say its format');
  return found > format ? refuse({ format: found }) : ok(undefined);
}

/** @returns The sentence for the status; empty when all is well again. */
function reportTrouble({ onEvent }: StatePorts, error: unknown): string {
  if (error === undefined) {
    const message = 'the run-time state is written again';
    onEvent({ id: 'StateWritten', level: 'info', component: 'store', message });
    return '';
  }
  const reason = error instanceof Error ? error.message : 'LMDB does not say why';
  const message = `the run-time state cannot be written: ${reason}. What changes now is lost if the gateway ends before that is over`;
  onEvent({ id: 'StateNotWritten', level: 'error', component: 'store', message });
  return `Run-time state cannot be written (${reason}).`;
}

function attempt(target: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw storeDenied(target, error);
  }
}

/** The system's errors by the number that LMDB gives; it takes a short write, which is a full disk, for EIO. */
const systemErrors = new Map<unknown, string>([
  [5, 'ENOSPC'],
  [13, 'EACCES'],
  [28, 'ENOSPC'],
  [30, 'EROFS'],
]);

function named(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? systemErrors.get(error.code) : undefined;
  return code === undefined ? error : Object.assign(new Error('lmdb', { cause: error }), { code });
}
