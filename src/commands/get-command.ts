/** Get-Command: which cmdlets there are. */
import { nearNames } from '../operations/near-names.ts';
import { isPattern, wildcard } from '../operations/wildcard.ts';
import { CodedError } from '../primitives/errors.ts';
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
    const catalogue = context.catalogue();
    refuseUnknown({ Name, Verb, Noun }, catalogue);
    for (const cmdlet of catalogue) {
      const [verb = '', noun = ''] = cmdlet.name.split('-');
      const isNamed = fits(Name, cmdlet.name, ...(cmdlet.aliases ?? []));
      if (isNamed && fits(Verb, verb) && fits(Noun, noun)) context.write(commandInfo(cmdlet));
    }
  },
});

interface Wanted {
  readonly Name: string | undefined;
  readonly Verb: string | undefined;
  readonly Noun: string | undefined;
}

/** A pattern may fit nothing; a word that nothing is called is a misprint. @throws CodedError `CmdletNotFound` */
function refuseUnknown(wanted: Wanted, catalogue: readonly CmdletDescription[]): void {
  const known = {
    Name: catalogue.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    Verb: catalogue.map(({ name }) => name.split('-')[0] ?? ''),
    Noun: catalogue.map(({ name }) => name.split('-')[1] ?? ''),
  };
  for (const part of ['Name', 'Verb', 'Noun'] as const) {
    const word = wanted[part];
    if (word === undefined || isPattern(word) || known[part].some(wildcard(word))) continue;
    const near = nearNames(word, [...new Set(known[part])]);
    const fix = near.map((name) => `xgw get-command ${part === 'Name' ? '' : `-${part} `}${name}`);
    const what = part === 'Name' ? 'is called' : part === 'Verb' ? 'has the verb' : 'has the noun';
    throw new CodedError('CmdletNotFound', `no cmdlet ${what} "${word}".`, {
      fix: fix.length > 0 ? fix : 'xgw get-command',
      target: word,
    });
  }
}

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
