/** Out-File: what the pipe brings, as text in a file. */
import { mandatory, optional, path, switchType } from './host/parameters.ts';
import { defineFilter, kept } from './shell/filter-values.ts';
import { checkPipeFile, writePipeFile } from './shell/pipe-file.ts';
import { shownObjects } from './shell/shown-objects.ts';

export default defineFilter({
  name: 'Out-File',
  synopsis: 'Writes what a terminal would show into a file.',
  description: 'Objects are tables. For other programs write them with export-csv or convertto-json.',
  parameters: {
    FilePath: mandatory(path, 'The file. -Force writes over one that is there.', { position: 0, aliases: ['Path'] }),
    Append: optional(switchType, 'Adds to the file.'),
  },
  examples: [{ command: 'get-xmppfederatedpartner | xgw out-file partners.txt', shows: 'A table in a file.' }],
  impact: 'Low',

  async filter(input, { FilePath, Append }, context) {
    const file = { path: FilePath, append: Append };
    checkPipeFile(file, context);
    await writePipeFile(file, shownObjects(await kept(input), { form: 'table' }, context), context);
  },
});
