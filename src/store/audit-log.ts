/**
 * Appends to the audit log, one chain whoever writes: to be called with the store's lock held. An unfinished last line is set
 * aside and told. When lines are missing that had been written, the chain goes on behind them, so that the gap stays in it for
 * ever; it is never closed by forgetting them.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';

import { CodedError, isCodedError, systemErrorCode } from '../primitives/errors.ts';
import {
  type AuditHead,
  type AuditLimits,
  appendText,
  auditFile,
  auditFiles,
  auditFolder,
  auditLimits,
  cutTornLine,
  prepareAuditFolder,
  readHead,
  readLines,
  rotate,
  writeHead,
} from './audit-files.ts';
import { type AuditNote, anchorOf, type ChainEnd, hashOf, nextLine, readAuditLine } from './audit-line.ts';

export interface AuditWriter {
  /** The store's folder. */
  readonly folder: string;
  now(): Date;
  readonly limits?: AuditLimits;
  /** The end that the newest revision of the configuration remembers; undefined when none does. */
  readonly remembered?: ChainEnd | undefined;
}

/**
 * @returns What an administrator should know of the log, one sentence each.
 * @throws CodedError `AuditNotWritable`; then nothing was written.
 */
export function appendAudit(writer: AuditWriter, notes: readonly AuditNote[]): readonly string[] {
  try {
    prepareAuditFolder(writer.folder);
    return append(writer, notes);
  } catch (error) {
    throw isCodedError(error) ? error : auditNotWritable(writer.folder, error);
  }
}

export function auditNotWritable(folder: string, error: unknown): Error {
  const code = systemErrorCode(error);
  if (code === undefined) return error as Error;
  return new CodedError(
    'AuditNotWritable',
    'The audit log cannot be written, and what cannot be audited is not done.',
    {
      reason:
        code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
          ? 'the disk is full'
          : `${auditFolder(folder)}: ${code}`,
      fix: [`df -h ${folder}`, `ls -la ${auditFolder(folder)}`],
      target: auditFolder(folder),
      cause: error,
    },
  );
}

function append(writer: AuditWriter, notes: readonly AuditNote[]): readonly string[] {
  const { folder, limits = auditLimits } = writer;
  const found = chainEnd(writer);
  let head = found.head;
  if (existsSync(auditFile(folder)) && statSync(auditFile(folder)).size >= limits.maxFileBytes) {
    const dropped = rotate(folder, firstLineOf(auditFile(folder)), limits);
    if (dropped) head = { ...head, before: beforeOldest(folder) ?? head.before };
  }
  const all = [...found.notes, ...notes];
  if (all.length === 0) return [];
  let end: ChainEnd = head;
  let text = '';
  for (const note of all) {
    const next = nextLine(end, writer.now(), note);
    text += `${next.text}\n`;
    end = next.end;
  }
  appendText(folder, text);
  writeHead(folder, { ...head, line: end.line, hash: end.hash });
  return found.notes.flatMap(({ event, facts }) => (event === 'Start' ? [] : [String(facts['message'])]));
}

interface Found {
  readonly head: AuditHead;
  /** What must be told before anything else. */
  readonly notes: readonly AuditNote[];
}

/** Where the chain goes on, from its last line and from what remembers it. */
function chainEnd({ folder, now, remembered }: AuditWriter): Found {
  const head = readHead(folder);
  const { last, torn } = tail(folder);
  const notes = torn === '' ? [] : [tornLine(cutTornLine(folder, torn, now()), torn)];
  const known = newer(head, remembered);
  if (last === undefined && known === undefined) return begun(notes);
  const end = wholeEnd(last, known);
  const gap = end !== undefined && head !== undefined ? [] : [gapNote(last, known)];
  return { head: headAt(folder, head, end ?? known ?? last), notes: [...gap, ...notes] };
}

/** Where the lines end, when that is where they were known to; undefined: some are missing. */
const wholeEnd = (last: Last | undefined, known: ChainEnd | undefined): ChainEnd | undefined =>
  last !== undefined && (known === undefined || follows(last, known)) ? last : undefined;

function headAt(folder: string, head: AuditHead | undefined, end: ChainEnd | undefined): AuditHead {
  const { store, before } = head ?? { store: '', before: beforeOldest(folder) };
  const { line, hash } = end ?? anchorOf(store);
  return { store, before: before ?? { line: line - 1, hash: '' }, line, hash };
}

function begun(notes: readonly AuditNote[]): Found {
  const store = randomUUID();
  const anchor = anchorOf(store);
  const start: AuditNote = { event: 'Start', facts: { store } };
  return { head: { store, before: anchor, ...anchor }, notes: [start, ...notes] };
}

/** The last line is the one that is known, or a later one: of what was written after it only the head was not. */
const follows = (last: Last, known: ChainEnd): boolean =>
  last.line > known.line ? last.line > known.line + 1 || last.prev === known.hash : last.hash === known.hash;

const newer = (head: ChainEnd | undefined, other: ChainEnd | undefined): ChainEnd | undefined =>
  head === undefined || (other !== undefined && other.line > head.line) ? other : head;

interface Last extends ChainEnd {
  readonly prev: string;
}

function tail(folder: string): { readonly last: Last | undefined; readonly torn: string } {
  let torn = '';
  for (const file of auditFiles(folder).toReversed()) {
    const read = readLines(file);
    if (file === auditFile(folder)) torn = read.torn;
    const text = read.lines.at(-1);
    const line = text === undefined ? undefined : readAuditLine(text);
    if (text !== undefined && line?.ok) {
      return { last: { line: line.value.line, prev: line.value.prev, hash: hashOf(text) }, torn };
    }
    if (text !== undefined) return { last: undefined, torn };
  }
  return { last: undefined, torn };
}

function firstLineOf(file: string): number {
  const line = readAuditLine(readLines(file).lines[0] ?? '');
  return line.ok ? line.value.line : 0;
}

function beforeOldest(folder: string): ChainEnd | undefined {
  const [oldest] = auditFiles(folder);
  const line = oldest === undefined ? undefined : readAuditLine(readLines(oldest).lines[0] ?? '');
  return line?.ok ? { line: line.value.line - 1, hash: line.value.prev } : undefined;
}

const tornLine = (file: string, torn: string): AuditNote => ({
  event: 'TornLine',
  facts: {
    file,
    bytes: Buffer.byteLength(torn),
    sha256: hashOf(torn),
    message: `the last line of the audit log was unfinished, as a killed process leaves it; it is set aside in audit/${file}`,
  },
});

const gapNote = (last: ChainEnd | undefined, known: ChainEnd | undefined): AuditNote => ({
  event: 'Gap',
  facts: {
    found: last?.line ?? null,
    known: known?.line ?? null,
    message: `the audit log is not as it was left: its last line was ${known?.line ?? 'not remembered any more'}, and ${last === undefined ? 'none' : `line ${last.line}`} was found; xgw test-auditlog says more`,
  },
});
