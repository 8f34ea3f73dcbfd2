/** Help names the defaults that hold for whoever reads it: those of settings.yaml in place of the built-in ones. */
import path from 'node:path';

import { wildcard } from '../../operations/wildcard.ts';
import type { CmdletDescription, ParameterDescription } from './cmdlet.ts';
import type { Settings } from './settings-file.ts';
import { plainText } from './text-formats.ts';

export function withShownDefaults(
  cmdlets: readonly CmdletDescription[],
  settings: Settings,
): readonly CmdletDescription[] {
  if (settings.length === 0) return cmdlets;
  return cmdlets.map((cmdlet) => {
    const names = [cmdlet.name, ...(cmdlet.aliases ?? [])];
    const own = settings.filter((each) => names.some(wildcard(each.cmdlet)));
    return { ...cmdlet, parameters: cmdlet.parameters.map((parameter) => withShown(parameter, own)) };
  });
}

function withShown(parameter: ParameterDescription, settings: Settings): ParameterDescription {
  const names = [parameter.name, ...(parameter.aliases ?? [])].map((name) => name.toLowerCase());
  const found = settings.findLast((each) => names.includes(each.parameter.toLowerCase()));
  if (found === undefined) return parameter;
  return { ...parameter, defaultText: `${plainText(found.value)} (from ${path.basename(found.file)})` };
}
