/** Import-Csv: the rows of a CSV file as objects. [RFC 4180] */

import { readCsv } from '../primitives/csv.ts';
import { decodedText } from '../primitives/decoded-text.ts';
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, path } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Import-Csv',
  synopsis: 'Reads the rows of a CSV file as objects.',
  description: 'The first row names the properties. A cell without text is no property, so that it changes nothing.',
  parameters: {
    Path: mandatory(path, 'The file.', { position: 0, aliases: ['FilePath'] }),
  },
  examples: [
    {
      command: 'import-csv partners.csv | xgw new-xmppfederatedpartner - -IfNotExists',
      shows: 'A partner for each row.',
    },
  ],

  async run({ Path }, context) {
    const read = readCsv(decodedText(await context.readInput(Path)));
    if (!read.ok)
      throw new CodedError('FileNotValid', `${Path}:${read.error.line}: ${read.error.sentence}.`, { target: Path });
    const [names = [], ...rows] = read.value.map(({ fields }) => fields);
    for (const row of rows) {
      const cells = names.map((name, column) => [name.trim(), row[column] ?? ''] as const);
      context.emit(Object.fromEntries(cells.filter(([name, cell]) => name !== '' && cell !== '')));
    }
  },
});
