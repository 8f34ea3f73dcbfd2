/**
 * What a gateway process says of itself beside its lock, in `run/service.json`: what it is doing, and when it could not
 * start, why. The lock decides whether one runs; what is left here when none does is the end that nobody was told of. It
 * is a courtesy: on a full or read-only disk the gateway runs without it.
 */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../../primitives/atomic-file.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { runFolder } from '../../store/store-folder.ts';

const servicePhases = ['starting', 'running', 'stopping', 'failed'] as const;
export type ServicePhase = (typeof servicePhases)[number];

export interface ServiceRecord {
  readonly pid: number;
  readonly phase: ServicePhase;
  /** Why it could not start: one sentence. */
  readonly reason?: string;
}

/** Characters of a record that are read. */
const maxRecord = 4096;

const recordFile = (storeFolder: string): string => path.join(runFolder(storeFolder), 'service.json');

export function writeServiceRecord(storeFolder: string, phase: ServicePhase, reason?: string): void {
  const record: ServiceRecord = { pid: process.pid, phase, ...(reason === undefined ? {} : { reason }) };
  const file = { path: recordFile(storeFolder), data: `${JSON.stringify(record)}\n`, mode: 0o600 };
  attempt(() => writeFileAtomically(file), storeFolder);
}

/** The gateway has ended as it was told to. */
export function removeServiceRecord(storeFolder: string): void {
  attempt(() => rmSync(recordFile(storeFolder), { force: true }));
}

export function readServiceRecord(storeFolder: string): ServiceRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(recordFile(storeFolder), 'utf8').slice(0, maxRecord));
    if (typeof record !== 'object' || record === null) return undefined;
    const { pid, phase, reason } = record as Partial<Record<keyof ServiceRecord, unknown>>;
    const known = servicePhases.find((each) => each === phase);
    if (typeof pid !== 'number' || known === undefined) return undefined;
    return { pid, phase: known, ...(typeof reason === 'string' ? { reason: visibleText(reason) } : {}) };
  } catch {
    return undefined;
  }
}

/** @param stale - The store whose older record must not stay when a new one cannot be written. */
function attempt(action: () => void, stale?: string): void {
  try {
    action();
  } catch {
    if (stale !== undefined) removeServiceRecord(stale);
  }
}
