/**
 * `audit/` in the store's folder, 0700: `audit.jsonl`, the older files that it was rotated to, `head.json` with the end of the
 * chain, and `pending/` with the acts that have begun. A file is named by the number of its first line, so names sort.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { systemErrorCode } from '../primitives/errors.ts';
import type { ChainEnd } from './audit-line.ts';
import { giveToFolderOwner, syncFolder } from './store-folder.ts';

export const auditFolder = (store: string): string => path.join(store, 'audit');
export const auditFile = (store: string): string => path.join(auditFolder(store), 'audit.jsonl');
const headFile = (store: string): string => path.join(auditFolder(store), 'head.json');

export interface AuditLimits {
  /** Bytes of a file before it is set aside. */
  readonly maxFileBytes: number;
  /** Files set aside and kept, beside the current one. */
  readonly keptFiles: number;
}

/** 200 MiB in all: some 200,000 acts. */
export const auditLimits: AuditLimits = { maxFileBytes: 8 * 1024 * 1024, keptFiles: 24 };

/** What the log remembers outside of its lines. */
export interface AuditHead extends ChainEnd {
  /** The identity of the store, as the first line has it. */
  readonly store: string;
  /** What the oldest line that is kept follows. */
  readonly before: ChainEnd;
}

export function prepareAuditFolder(store: string): void {
  const folder = auditFolder(store);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) giveToFolderOwner(store, folder);
}

/** Undefined when it is absent or not what it must be: the lines themselves tell most of it. */
export function readHead(store: string): AuditHead | undefined {
  try {
    const { line, hash, store: identity, before } = JSON.parse(readFileSync(headFile(store), 'utf8'));
    const isWhole = isEnd({ line, hash }) && isEnd(before) && typeof identity === 'string';
    return isWhole ? { line, hash, store: identity, before: { line: before.line, hash: before.hash } } : undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined && !(error instanceof Error)) throw error;
    return undefined;
  }
}

const isEnd = (end: { line?: unknown; hash?: unknown } | undefined): boolean =>
  Number.isSafeInteger(end?.line) && typeof end?.hash === 'string';

export const writeHead = (store: string, head: AuditHead): void =>
  writeFileAtomically({ path: headFile(store), data: `${JSON.stringify(head)}\n`, mode: 0o600 });

/** All files, the oldest first, the current one last. */
export function auditFiles(store: string): readonly string[] {
  const older = setAside(store).map((name) => path.join(auditFolder(store), name));
  return existsSync(auditFile(store)) ? [...older, auditFile(store)] : older;
}

function setAside(store: string): readonly string[] {
  if (!existsSync(auditFolder(store))) return [];
  return readdirSync(auditFolder(store))
    .filter((name) => /^audit-[0-9]{12}\.jsonl$/.test(name))
    .toSorted();
}

/** The text of a file up to its last line break, and what stands behind it. */
export function readLines(file: string): { readonly lines: readonly string[]; readonly torn: string } {
  const parts = readFileSync(file, 'utf8').split('\n');
  return { torn: parts.at(-1) ?? '', lines: parts.slice(0, -1) };
}

/** Gives the current file the name of its first line, and drops the oldest ones. @returns Whether there was anything to drop. */
export function rotate(store: string, firstLine: number, { keptFiles }: AuditLimits): boolean {
  renameSync(auditFile(store), path.join(auditFolder(store), `audit-${String(firstLine).padStart(12, '0')}.jsonl`));
  const dropped = setAside(store).toReversed().slice(keptFiles);
  for (const name of dropped) rmSync(path.join(auditFolder(store), name), { force: true });
  syncFolder(auditFolder(store));
  return dropped.length > 0;
}

/** Durable when it returns; when it throws, the file is as long as before. */
export function appendText(store: string, text: string): void {
  const fd = openSync(auditFile(store), 'a', 0o600);
  try {
    giveToFolderOwner(store, auditFile(store));
    const { size } = fstatSync(fd);
    try {
      writeWhole(fd, Buffer.from(text));
      fsyncSync(fd);
    } catch (error) {
      ftruncateSync(fd, size);
      throw error;
    }
  } finally {
    closeSync(fd);
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

/** Cuts what a process that was killed has left of a line, after a copy of it is durable. @returns The name of the copy. */
export function cutTornLine(store: string, torn: string, time: Date): string {
  const name = `torn-${time.toISOString().replaceAll(/[:.]/g, '-')}.txt`;
  writeFileAtomically({ path: path.join(auditFolder(store), name), data: torn, mode: 0o600 });
  const fd = openSync(auditFile(store), 'r+');
  try {
    const bytes = readFileSync(fd);
    ftruncateSync(fd, bytes.lastIndexOf(0x0a) + 1);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return name;
}
