/** Backups as files: made in a folder under a name with revision and time, the newest kept, found again, and opened. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Configuration } from '../../config/configuration.ts';
import { writeFileAtomically } from '../../primitives/atomic-file.ts';
import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import {
  type BackupContents,
  isKeyFileName,
  maxBackupBytes,
  parseBackup,
  printBackup,
} from '../../store/backup-archive.ts';
import { keyFiles } from '../../store/key-files.ts';
import { openRecordFile } from '../../store/lmdb.ts';
import { readSealedHeader, type SealFault, seal, unseal } from '../../store/sealed-file.ts';
import { recordsFolder } from '../../store/state-folder.ts';

export const backupFolder = (store: string): string => path.join(store, 'backups');

const fileName = /^xgw-(\d{6,16})-[0-9TZ-]+\.xgwbackup$/;

/** Everything of a store that a restore brings back. @param withKeys - Key files are for a backup that is encrypted. */
export async function backupContents(
  store: string,
  configuration: Configuration,
  withKeys: boolean,
): Promise<BackupContents> {
  const files = keyFiles(path.join(store, 'keys'));
  const all = withKeys && existsSync(files.folder) ? readdirSync(files.folder) : [];
  const names = all.filter((name) => isKeyFileName(name) && isFile(files.pathOf(name)));
  const texts = names.flatMap((name) => {
    const text = files.read(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return {
    configuration,
    keyFiles: withKeys ? Object.fromEntries(texts) : undefined,
    records: await stateRecords(store),
  };
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() === true;

/** One moment of the state, also while a gateway writes it. */
async function stateRecords(store: string): Promise<Readonly<Record<string, string>> | undefined> {
  if (!existsSync(recordsFolder(store))) return undefined;
  const file = await openRecordFile(recordsFolder(store));
  try {
    return Object.fromEntries(file.entries());
  } finally {
    await file.close();
  }
}

export interface BackupOrder {
  readonly folder: string;
  readonly contents: BackupContents;
  readonly password: Secret | undefined;
  readonly now: Date;
  /** Backups that stay in the folder, this one among them. */
  readonly keep: number;
}

/** @returns The file, and those that were removed. @throws CodedError `OutputDenied` */
export async function writeBackup({ folder, contents, password, now, keep }: BackupOrder) {
  const { revision } = contents.configuration;
  const name = `xgw-${String(revision).padStart(6, '0')}-${now.toISOString().replaceAll(/[:.]/g, '-')}.xgwbackup`;
  const file = path.join(folder, name);
  const about = { created: now.toISOString(), host: os.hostname(), revision, keys: contents.keyFiles !== undefined };
  const data = await seal(about, printBackup(contents), password);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileAtomically({ path: file, data, mode: 0o600 });
    const removed = backupsIn(folder).slice(keep);
    for (const old of removed) rmSync(old, { force: true });
    return { file, bytes: data.length, removed };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new CodedError('OutputDenied', `${file} cannot be written.`, {
      reason: code,
      fix: `df -h ${shellWord(folder)}`,
      target: file,
      cause: error,
    });
  }
}

/** The newest first, by the time in the name. */
function backupsIn(folder: string): readonly string[] {
  const timeOf = (name: string): string => name.replace(/^xgw-\d+-/, '');
  return readdirSync(folder)
    .filter((name) => fileName.test(name))
    .toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
    .map((name) => path.join(folder, name));
}

/** The file itself, or of a folder the newest, or the newest of that revision. @throws CodedError `FileNotFound` */
export function findBackup(place: string, revision: number | undefined): string {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isFile()) return place;
  const all = stat?.isDirectory() ? backupsIn(place) : [];
  const found = all.find((file) => {
    const [, digits] = fileName.exec(path.basename(file)) ?? [];
    return revision === undefined || Number(digits) === revision;
  });
  if (found !== undefined) return found;
  throw new CodedError(
    'FileNotFound',
    `there is no backup${revision === undefined ? '' : ` of revision ${revision}`} at ${place}.`,
    {
      reason:
        all.length === 0
          ? 'it is neither a backup nor a folder with backups in it'
          : `the folder has ${all.length} others`,
      fix: `ls -l ${shellWord(place)}`,
      target: place,
    },
  );
}

/** @throws CodedError `BackupUnreadable`, `PasswordMissing`, `PasswordWrong`, `FileNotFound` */
export async function openBackup(file: string, passwordOf: () => Promise<Secret | undefined>): Promise<BackupContents> {
  if (statSync(file).size > maxBackupBytes) throw unreadable(file, `it is larger than ${maxBackupBytes} bytes`);
  const bytes = readFileSync(file);
  const header = readSealedHeader(bytes);
  const password = header.ok && header.value.encryption !== null ? await passwordOf() : undefined;
  const content = await unseal(bytes, password);
  if (!content.ok) throw sealFault(file, content.error);
  const contents = parseBackup(content.value);
  if (!contents.ok) throw unreadable(file, contents.error);
  return contents.value;
}

const unreadable = (file: string, reason: string): CodedError =>
  new CodedError('BackupUnreadable', `${file} cannot be restored; nothing was changed.`, {
    reason,
    fix: 'xgw get-help BackupUnreadable',
    target: file,
  });

const reasons: Readonly<Record<Exclude<SealFault, 'password-missing' | 'password-wrong'>, string>> = {
  'not-ours': 'it is no backup of this program',
  'too-new': 'a newer version of this program wrote it',
  damaged: 'it is cut, or was changed after it was written',
};

function sealFault(file: string, fault: SealFault): CodedError {
  const target = file;
  if (fault === 'password-missing') {
    const fix = `xgw restore-configuration ${shellWord(file)} -PasswordFile backup.password`;
    return new CodedError('PasswordMissing', `${file} is encrypted.`, { reason: 'no password was given', fix, target });
  }
  if (fault !== 'password-wrong') return unreadable(file, reasons[fault]);
  return new CodedError('PasswordWrong', `The password does not open ${file}, or the file was changed.`, {
    reason: 'which of the two it is cannot be told; nothing was changed',
    fix: 'xgw get-help PasswordWrong',
    target,
  });
}
