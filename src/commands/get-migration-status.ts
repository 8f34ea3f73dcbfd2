/** Get-MigrationStatus: how the last cut-over went, or how far it is. */
import { journalObjects } from '../operations/migration/journal-objects.ts';
import { readJournal } from '../store/migration-journal.ts';
import { defineCmdlet } from './host/cmdlet.ts';

export default defineCmdlet({
  name: 'Get-MigrationStatus',
  synopsis: 'Shows the steps of the last invoke-migrationstep, and how it ended.',
  description:
    'One object for each step: Pending, Running, Done (not proven yet), Proven, Failed or RolledBack. Result is Success, RolledBack, Failed, or Running: also when whoever ran it was killed.',
  parameters: {},
  examples: [{ command: 'get-migrationstatus', shows: 'The last cut-over, step by step.' }],
  output: { kind: 'MigrationStep', table: ['Name', 'State', 'Result', 'OutageMs', 'Detail'] },

  async run(_values, context) {
    const journal = readJournal(context.store.folder);
    if (journal === undefined) return context.done('there was no cut-over on this store.');
    for (const object of journalObjects(journal)) context.write(object);
  },
});
