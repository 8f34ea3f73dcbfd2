/** Get-AuditLog: what was done with cmdlets, by whom, from where, and how it ended; the newest first. */
import { auditObject, findAuditEntries } from '../operations/audit/audit-entries.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { dateTime, optional, wholeNumber } from './host/parameters.ts';

export const defaultFirst = 20;

export const auditOutput = {
  kind: 'AuditEntry',
  table: ['Line', 'Time', 'User', 'Cmdlet', 'Target', 'Changed', 'ExitCode'],
} as const;

export default defineCmdlet({
  name: 'Get-AuditLog',
  synopsis: 'Shows the audit log, the newest acts first.',
  description:
    'Each act of a changing cmdlet is a line: who, where, the parameters without their secrets, the command line that does the same again, what differed, and the exit code. What -WhatIf or a No held back is not in it.',
  parameters: {
    First: optional(wholeNumber(1, 1_000_000), 'How many at most.', { defaultText: String(defaultFirst) }),
    Since: optional(dateTime, 'Acts at or after this time.'),
  },
  examples: [
    { command: 'get-auditlog', shows: 'The last twenty acts.' },
    { command: 'get-auditlog -First 1 -ExpandProperty Command', shows: 'The command line that repeats the last one.' },
  ],
  output: auditOutput,

  async run({ First, Since }, context) {
    const query = { first: First ?? defaultFirst, since: Since };
    for (const line of findAuditEntries(context.store.folder, query)) context.write(auditObject(line));
  },
});
