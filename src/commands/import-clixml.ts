/** Import-Clixml: the objects of a file that Export-Clixml of PowerShell or of this program has written. [MS-PSRP §2.2.5] */
import { ClixmlFault, clixmlReader } from '../primitives/clixml.ts';
import { decodedText } from '../primitives/decoded-text.ts';
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, path } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Import-Clixml',
  synopsis: 'Reads the objects of a CLIXML file, as Export-Clixml of PowerShell writes it.',
  description:
    'UTF-8, or UTF-16 with a byte order mark, as Windows PowerShell writes it. Enumerations are the words that they show. A document type is refused, so no entity is ever expanded.',
  parameters: {
    Path: mandatory(path, 'The file.', { position: 0, aliases: ['FilePath'] }),
  },
  examples: [
    {
      command: 'import-clixml partners.xml | xgw new-xmppfederatedpartner - -IfNotExists',
      shows: 'The partners that Get-CsXmppAllowedPartner | Export-Clixml kept.',
    },
  ],

  async run({ Path }, context) {
    const text = decodedText(await context.readInput(Path));
    const reader = clixmlReader();
    try {
      for (const { value } of reader.push(text)) context.emit(value);
      reader.end();
    } catch (error) {
      if (!(error instanceof ClixmlFault)) throw error;
      throw new CodedError('FileNotValid', `${Path} is not CLIXML.`, { reason: error.message, target: Path });
    }
  },
});
