/** Get-Command: which cmdlets there are. */
import { wildcard } from '../operations/wildcard.ts';
import { type CmdletDescription, defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, text } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-Command',
  aliases: ['gcm'],
  synopsis: 'Lists the cmdlets, their aliases and what they do.',
  parameters: {
    Name: optional(pattern, 'Cmdlets whose name or alias fits; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    Verb: optional(text, 'Only cmdlets with this verb.', { wildcard: true }),
    Noun: optional(text, 'Only cmdlets with this noun.', { wildcard: true }),
  },
  examples: [
    { command: 'get-command', shows: 'All cmdlets.' },
    { command: "get-command '*partner*'", shows: 'Cmdlets that have to do with partners.' },
    { command: 'get-command -Verb Test', shows: 'Everything that tests something.' },
  ],
  output: { kind: 'CommandInfo', table: ['Name', 'Synopsis', 'Aliases'] },

  run: async ({ Name, Verb, Noun }, context) => {
    const fits = (wanted: string | undefined, ...names: readonly string[]): boolean =>
      wanted === undefined || names.some(wildcard(wanted));
    for (const cmdlet of context.catalogue()) {
      const [verb = '', noun = ''] = cmdlet.name.split('-');
      const isNamed = fits(Name, cmdlet.name, ...(cmdlet.aliases ?? []));
      if (isNamed && fits(Verb, verb) && fits(Noun, noun)) context.write(commandInfo(cmdlet));
    }
  },
});

function commandInfo({ name, aliases = [], synopsis, impact, output }: CmdletDescription) {
  const [verb = '', noun = ''] = name.split('-');
  return {
    Name: name,
    Verb: verb,
    Noun: noun,
    Aliases: aliases,
    Synopsis: synopsis,
    ConfirmImpact: impact ?? null,
    OutputKind: output?.kind ?? null,
  };
}
