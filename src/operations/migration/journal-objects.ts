/** A cut-over as cmdlets emit it: one object for each step, each with how the whole ended. */
import type { MigrationJournal } from '../../store/migration-journal.ts';

export const journalObjects = (journal: MigrationJournal): readonly Readonly<Record<string, unknown>>[] =>
  journal.steps.map(({ name, state, started, ended, detail }) => ({
    Name: name,
    State: state,
    Started: started ?? null,
    Ended: ended ?? null,
    Detail: detail,
    Result: journal.result,
    OutageMs: journal.outageMs,
    BaseRevision: journal.baseRevision,
    Changed: journal.result === 'Success',
  }));
