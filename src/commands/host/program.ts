/** The only file that knows commander: a definition becomes its Command, and bound words become texts by parameter name. */
import { Command, Option } from 'commander';

import type { Parameters } from './cmdlet.ts';
import { kebabOf } from './kebab-name.ts';

/** What was given: text for values and lists, true or false for switches. */
export type GivenTexts = ReadonlyMap<string, string | boolean>;

/**
 * Parses words that `bindArgv` made. Commander never sees what was typed: it takes `-pfoo` for `-p foo`, and names in one case only.
 *
 * @throws CommanderError when the words are not those of `bindArgv`: that is our bug.
 */
export function parseProgram(cmdlet: string, parameters: Parameters, argv: readonly string[]): GivenTexts {
  const command = new Command(cmdlet.toLowerCase()).helpOption(false).allowExcessArguments(false).exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  const attributes = new Map<string, string>();
  for (const [name, { type, help }] of Object.entries(parameters)) {
    const flag = kebabOf(name);
    const isSwitch = type.kind === 'switch';
    const option = new Option(isSwitch ? `--${flag}` : `--${flag} <value>`, help);
    command.addOption(option);
    if (isSwitch || type.kind === 'bool') command.addOption(new Option(`--no-${flag}`));
    attributes.set(option.attributeName(), name);
  }
  const given = command.parse([...argv], { from: 'user' });
  const texts = Object.entries<string | boolean>(given.opts()).filter(([attribute]) => {
    return given.getOptionValueSource(attribute) === 'cli';
  });
  return new Map(texts.map(([attribute, value]) => [attributes.get(attribute) ?? attribute, value]));
}
