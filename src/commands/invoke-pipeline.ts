/** Invoke-Pipeline: a line of the management shell's language, in one process. */
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, text } from './host/parameters.ts';
import { runAsProgram } from './shell/script-session.ts';

export default defineCmdlet({
  name: 'Invoke-Pipeline',
  aliases: ['pipeline'],
  synopsis: 'Runs a line of the management shell from any shell: a pipeline, or several.',
  description:
    'Objects go from cmdlet to cmdlet without becoming text in between. -WhatIf, -Confirm, -Force and -ErrorAction hold for all cmdlets of the line. The language: get-help about_managementshell.',
  parameters: {
    Pipeline: mandatory(text, 'The line, quoted for the shell it is typed into.', {
      position: 0,
      aliases: ['Command'],
    }),
  },
  examples: [
    {
      command: `invoke-pipeline 'get-xmppfederatedpartner | where PartnerType -eq PublicUnverified | remove-xmppfederatedpartner' -WhatIf`,
      shows: 'What a pipeline would do, in one process.',
    },
  ],
  impact: 'Low',

  run: async ({ Pipeline }, context) => await runAsProgram(Pipeline, context),
});
