/** `migration.json` in the store's folder, 0600: what the last cut-over did and how it ended. It outlives whoever runs it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { systemErrorCode } from '../primitives/errors.ts';

export interface JournalStep {
  readonly name: string;
  readonly state: 'Pending' | 'Running' | 'Done' | 'Proven' | 'Failed' | 'RolledBack';
  /** ISO 8601, UTC. */
  readonly started?: string | undefined;
  readonly ended?: string | undefined;
  /** One sentence. */
  readonly detail: string;
}

export interface MigrationJournal {
  readonly started: string;
  /** Absent: it goes on, or whoever ran it was killed. */
  readonly ended?: string | undefined;
  readonly result: 'Running' | 'Success' | 'RolledBack' | 'Failed';
  /** Revision to which a roll-back goes. */
  readonly baseRevision: number;
  /** Milliseconds in which the gateway took no connections, the longest at a stretch. */
  readonly outageMs: number;
  readonly steps: readonly JournalStep[];
}

const journalFile = (folder: string): string => path.join(folder, 'migration.json');

export function writeJournal(folder: string, journal: MigrationJournal): void {
  writeFileAtomically({ path: journalFile(folder), data: `${JSON.stringify(journal, null, 2)}\n`, mode: 0o600 });
}

/** @returns Undefined: there was no cut-over, or its file is not ours. */
export function readJournal(folder: string): MigrationJournal | undefined {
  try {
    const value = JSON.parse(readFileSync(journalFile(folder), 'utf8')) as Partial<MigrationJournal> | null;
    return typeof value?.started === 'string' && Array.isArray(value.steps) ? (value as MigrationJournal) : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
