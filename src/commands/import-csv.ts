/** Import-Csv: the rows of a CSV file as objects. [RFC 4180] */

import { defineCmdlet } from './host/cmdlet.ts';
import { parseCsv } from './host/csv.ts';
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
    const bytes = await context.readInput(Path);
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    const [names = [], ...rows] = parseCsv(bytes.toString(isWide ? 'utf16le' : 'utf8').replace(/^\ufeff/, ''));
    for (const row of rows) {
      const cells = names.map((name, column) => [name.trim(), row[column] ?? ''] as const);
      context.emit(Object.fromEntries(cells.filter(([name, cell]) => name !== '' && cell !== '')));
    }
  },
});
