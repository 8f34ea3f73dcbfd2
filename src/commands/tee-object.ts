/** Tee-Object: what the pipe brings, into a file and onward. */
import { mandatory, optional, path, switchType } from './host/parameters.ts';
import { defineFilter, kept } from './shell/filter-values.ts';
import { checkPipeFile, writePipeFile } from './shell/pipe-file.ts';
import { shownObjects } from './shell/shown-objects.ts';

export default defineFilter({
  name: 'Tee-Object',
  aliases: ['tee'],
  synopsis: 'Writes objects into a file, and hands them on.',
  parameters: {
    FilePath: mandatory(path, 'The file. -Force writes over one that is there.', { position: 0, aliases: ['Path'] }),
    Append: optional(switchType, 'Adds to the file.'),
  },
  examples: [
    {
      command:
        'get-xmppfederatedpartner | xgw tee-object before.txt | xgw set-xmppfederatedpartner - -EnableKeepAlive true',
      shows: 'A record of what there was before a change.',
    },
  ],
  impact: 'Low',

  async filter(input, { FilePath, Append }, context) {
    const file = { path: FilePath, append: Append };
    checkPipeFile(file, context);
    const items = await kept(input);
    await writePipeFile(file, shownObjects(items, { form: 'table' }, context), context);
    for (const item of items) context.emit(item);
  },
});
