/** Invoke-Script: a script of cmdlets, Lync's too, as far as the language of the management shell goes. */
import path from 'node:path';

import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, path as pathType } from './host/parameters.ts';
import { runAsProgram } from './shell/script-session.ts';
import { textOfScript } from './shell/script-text.ts';

export default defineCmdlet({
  name: 'Invoke-Script',
  synopsis: 'Runs a script of cmdlets: .xgw, or .ps1 within the language of the management shell.',
  description:
    'The script is read whole first. What the language does not have is refused with its line and column before anything is run. A cmdlet that fails does not end the script; -ErrorAction Stop does, and try in the script.',
  parameters: {
    Path: mandatory(pathType, 'The script; - is standard input.', { position: 0, aliases: ['FilePath'] }),
  },
  examples: [
    { command: 'invoke-script partners.ps1 -WhatIf', shows: 'What an old script would change here.' },
    { command: 'invoke-script partners.ps1 -ErrorAction Stop', shows: 'The first failure ends it.' },
  ],
  impact: 'Low',

  async run({ Path }, context) {
    if (Path !== '-' && !/\.(?:xgw|ps1)$/i.test(Path)) {
      throw new CodedError('InvalidValue', `${Path} is no script: its name ends neither in .xgw nor in .ps1.`, {
        fix: `xgw invoke-script - < '${Path}'`,
        target: Path,
      });
    }
    await runAsProgram(
      textOfScript(await context.readInput(Path)),
      context,
      Path === '-' ? undefined : path.basename(Path),
    );
  },
});
