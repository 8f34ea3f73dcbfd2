/** Export-Clixml: the objects in the pipe as a file that Import-Clixml of PowerShell reads. [MS-PSRP §2.2.5] */
import { printClixml } from '../primitives/clixml-text.ts';
import { mandatory, optional, path, switchType } from './host/parameters.ts';
import { defineFilter, kept } from './shell/filter-values.ts';
import { checkPipeFile, writePipeFile } from './shell/pipe-file.ts';

export default defineFilter({
  name: 'Export-Clixml',
  synopsis: 'Writes objects into a CLIXML file, for PowerShell.',
  description:
    'Numbers, truth values, lists and objects keep their types. import-clixml, and any cmdlet that objects are piped to, read it back.',
  parameters: {
    Path: mandatory(path, 'The file. -Force writes over one that is there.', { position: 0, aliases: ['FilePath'] }),
    NoClobber: optional(switchType, 'A file that is there is left alone: so it is without -Force; kept for old lines.'),
  },
  examples: [
    { command: 'get-xmppfederatedpartner | xgw export-clixml all-partners.xml', shows: 'For a script in PowerShell.' },
  ],
  impact: 'Low',

  async filter(input, { Path }, context) {
    const file = { path: Path, append: false };
    checkPipeFile(file, context);
    await writePipeFile(file, printClixml(await kept(input)), context);
  },
});
