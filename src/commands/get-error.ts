/** Get-Error: the last failures on this store, with what they said. */
import { errorObject, recentErrors } from '../operations/audit/recent-errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, text, wholeNumber } from './host/parameters.ts';

const defaultNewest = 10;

export default defineCmdlet({
  name: 'Get-Error',
  synopsis: 'Shows the last failures of cmdlets on this store, the newest first.',
  description:
    'It reads the audit log, so it knows the failures of cmdlets that change something, whoever ran them. A line that could not be understood was no act, and is not in it. Inside of the management shell, $Error has all of the session.',
  parameters: {
    Newest: optional(wholeNumber(1, 1_000_000), 'How many at most.', {
      aliases: ['First'],
      defaultText: String(defaultNewest),
    }),
    CorrelationId: optional(text, 'Only the failures of this run; the Json view of an error and the log name it.'),
  },
  examples: [
    { command: 'get-error', shows: 'The last ten failures.' },
    { command: 'get-error -Newest 1 -OutputFormat list', shows: 'The last one, with its reason and its fix.' },
  ],
  output: { kind: 'ErrorRecord', table: ['Time', 'Cmdlet', 'Id', 'Message', 'Target'] },

  async run({ Newest, CorrelationId }, context) {
    const query = { newest: Newest ?? defaultNewest, correlationId: CorrelationId };
    for (const line of recentErrors(context.store.folder, query)) context.write(errorObject(line));
  },
});
