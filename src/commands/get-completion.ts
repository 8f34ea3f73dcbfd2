/** Get-Completion: the script that teaches a shell to complete xgw. */
import { completionScripts } from './completion/scripts.ts';
import { shells } from './completion/typed-line.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, oneOf } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-Completion',
  synopsis: 'Prints the completion script of a shell.',
  description:
    'With it TAB completes cmdlets, parameters and their values, names in the configuration store, and files. register-completion puts the script where the shell finds it.',
  parameters: {
    Shell: mandatory(oneOf(shells, 'Shell'), 'The shell.', { position: 0 }),
  },
  examples: [
    { command: 'get-completion bash', shows: 'The script. For this session alone: source <(xgw get-completion bash)' },
    { command: 'get-completion fish | source', shows: 'The same in fish.' },
  ],

  run: async ({ Shell }, context) => context.writeText(completionScripts[Shell]),
});
