/**
 * Traces on disk: `trace/<name>.ndjson` in the store's folder, 0600 in 0700. The first line says what the trace is, each
 * further one is a step, and the last one how it ended; a trace whose gateway was killed has no last one.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';

import { systemErrorCode } from '../primitives/errors.ts';
import type { TraceStep } from '../primitives/trace-step.ts';
import { giveToFolderOwner } from './store-folder.ts';
import { traceFile, traceFolder, traceNames } from './trace-folder.ts';

export interface TraceHeader {
  readonly name: string;
  readonly scenario: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** What people say is in it. */
  readonly withBodies: boolean;
}

export interface TraceEnd {
  readonly time: string;
  /** One clause. */
  readonly reason: string;
  readonly steps: number;
}

export interface TraceOnDisk extends TraceHeader {
  readonly path: string;
  readonly bytes: number;
  readonly end?: TraceEnd | undefined;
}

export interface TraceFile {
  readonly path: string;
  /** @throws the system's error when the disk takes nothing */
  append(lines: string): void;
  close(): void;
}

/** Bytes of a file that is read at all; a trace of ours is shorter. */
export const maxTraceFileBytes = 256 * 1024 * 1024;

/** What a trace can be called: it names a file. */
export const isTraceName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);

/** @throws the system's error, `EEXIST` when there is one of that name */
export function createTraceFile(store: string, header: TraceHeader): TraceFile {
  const folder = traceFolder(store);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) giveToFolderOwner(store, folder);
  const file = traceFile(store, header.name);
  const descriptor = openSync(file, 'wx', 0o600);
  giveToFolderOwner(store, file);
  writeSync(descriptor, `${JSON.stringify({ trace: header })}\n`);
  return {
    path: file,
    append: (lines) => void writeSync(descriptor, lines),
    close: () => closeSync(descriptor),
  };
}

/** By name. Files that are no traces are left out. */
export function tracesOnDisk(store: string): readonly TraceOnDisk[] {
  try {
    return traceNames(store).flatMap((name) => describe(traceFile(store, name)) ?? []);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

export const removeTrace = (trace: Pick<TraceOnDisk, 'path'>): void => rmSync(trace.path, { force: true });

interface ReadTrace {
  readonly header?: TraceHeader | undefined;
  readonly steps: readonly TraceStep[];
  readonly end?: TraceEnd | undefined;
}

/** @throws the system's error. Lines that are not whole or not ours are left out: the writer may be in the middle of one. */
export function readTrace(file: string): ReadTrace {
  if (statSync(file).size > maxTraceFileBytes) return { steps: [] };
  const read: { header?: TraceHeader; steps: TraceStep[]; end?: TraceEnd } = { steps: [] };
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const value = parsed(line);
    if (isStep(value)) read.steps.push(value);
    else if (value?.['trace'] !== undefined) read.header = value['trace'] as TraceHeader;
    else if (value?.['ended'] !== undefined) read.end = value['ended'] as TraceEnd;
  }
  return read;
}

function describe(file: string): TraceOnDisk | undefined {
  const { size } = statSync(file);
  const { header, end } = readTrace(file);
  return typeof header?.name === 'string' ? { ...header, path: file, bytes: size, end } : undefined;
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const isStep = (value: Record<string, unknown> | undefined): value is Record<string, unknown> & TraceStep =>
  typeof value?.['order'] === 'number' && typeof value['time'] === 'string' && typeof value['summary'] === 'string';
