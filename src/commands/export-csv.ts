/** Export-Csv: the objects in the pipe as a CSV file. [RFC 4180] */
import { printCsv } from '../primitives/csv.ts';
import { mandatory, optional, path, switchType } from './host/parameters.ts';
import { csvLine } from './host/text-formats.ts';
import { defineFilter, kept } from './shell/filter-values.ts';
import { checkPipeFile, contentOf, writePipeFile } from './shell/pipe-file.ts';
import { isObject, type Properties } from './shell/values.ts';

export default defineFilter({
  name: 'Export-Csv',
  synopsis: 'Writes objects into a CSV file.',
  description:
    'The columns are the properties of the first object; lists are joined with ";". import-csv reads it back.',
  parameters: {
    Path: mandatory(path, 'The file. -Force writes over one that is there.', { position: 0, aliases: ['FilePath'] }),
    Append: optional(switchType, 'Adds lines to the file.'),
    NoTypeInformation: optional(switchType, 'Types are never written; kept for old lines.', { aliases: ['nti'] }),
    NoClobber: optional(switchType, 'A file that is there is left alone: so it is without -Force; kept for old lines.'),
  },
  examples: [{ command: 'get-xmppfederatedpartner | xgw export-csv partners.csv', shows: 'For a spreadsheet.' }],
  impact: 'Low',

  async filter(input, { Path, Append }, context) {
    const file = { path: Path, append: Append };
    checkPipeFile(file, context);
    const objects = (await kept(input)).map((item): Properties => (isObject(item) ? item : { Value: item }));
    const columns = Object.keys(objects[0] ?? {});
    const hasHeader = Append === true && contentOf(Path) !== '';
    const lines = objects.map((object) => csvLine(object, columns));
    const all = hasHeader || objects.length === 0 ? lines : [printCsv(columns), ...lines];
    await writePipeFile(file, all.map((line) => `${line}\r\n`).join(''), context);
  },
});
