/** The help of a cmdlet as text, from its definition: examples first, then parameters; with -Full everything. */
import type { CmdletDescription, ParameterDescription } from './cmdlet.ts';

/** What is shown: `Examples` is the short form. */
export type HelpPart = 'Examples' | 'Detailed' | 'Full';

/** Columns. */
const lineWidth = 80;

/** @returns Text that ends in a line break. */
export function cmdletHelp(cmdlet: CmdletDescription, part: HelpPart): string {
  const { name, synopsis, description, aliases = [] } = cmdlet;
  const about = part === 'Examples' || description === undefined ? [] : ['', 'DESCRIPTION', ...wrapped(description, 4)];
  const sections = [
    'NAME',
    `    ${name}${aliases.length > 0 ? `  (${aliases.join(', ')})` : ''}`,
    ...wrapped(synopsis, 4),
    '',
    'SYNTAX',
    ...cmdletSyntax(cmdlet),
    ...about,
    '',
    'EXAMPLES',
    ...cmdlet.examples.flatMap(({ command, shows }) => [`    xgw ${command}`, ...wrapped(shows, 8)]),
    '',
    'PARAMETERS',
    ...cmdlet.parameters.flatMap((parameter) => (part === 'Examples' ? brief(parameter) : parameterHelp(parameter))),
    ...(part === 'Full' ? ['', 'OUTPUT', `    ${cmdlet.output?.kind ?? 'None'}`] : []),
    '',
    'REMARKS',
    ...wrapped(remarks(cmdlet), 4),
  ];
  return `${sections.join('\n')}\n`;
}

function remarks({ name, impact }: CmdletDescription): string {
  const changing = impact ? ` It changes things: -WhatIf shows how, and -Confirm asks first (impact ${impact}).` : '';
  return `Every cmdlet takes the common parameters (xgw get-help about_commonparameters).${changing} Exit codes: xgw get-help about_exitcodes. All of it: xgw get-help ${name.toLowerCase()} -Full.`;
}

/** The lines that show what may be typed. */
export function cmdletSyntax({ name, parameters, impact }: CmdletDescription): readonly string[] {
  const words = parameters.map((parameter) => {
    const label = parameter.position === undefined ? `-${parameter.name}` : `[-${parameter.name}]`;
    const whole = parameter.type.kind === 'switch' ? `-${parameter.name}` : `${label} <${parameter.type.name}>`;
    return parameter.mandatory ? whole : `[${whole}]`;
  });
  const common = impact ? ['[-WhatIf]', '[-Confirm]', '[-Force]', '[-PassThru]'] : [];
  return filled([name, ...words, ...common, '[<CommonParameters>]'], 4, 8);
}

/** One parameter in two lines. */
function brief({ name, type, help, mandatory }: ParameterDescription): readonly string[] {
  const what = type.kind === 'switch' ? '' : ` <${type.name}>`;
  return [`    -${name}${what}${mandatory ? '  (required)' : ''}`, ...wrapped(help, 8)];
}

/** One parameter with the attribute block that Get-Help prints. */
export function parameterHelp(parameter: ParameterDescription): readonly string[] {
  const { pipeline, aliases = [], type, position, mandatory, defaultText, wildcard } = parameter;
  const byValue = pipeline === 'value' || pipeline === 'both' ? 'ByValue' : '';
  const byName = pipeline === 'property' || pipeline === 'both' ? 'ByPropertyName' : '';
  const input = [byValue, byName].filter((way) => way !== '').join(', ');
  return [
    ...brief(parameter),
    ...(type.values ? wrapped(`Values: ${type.values.join(', ')}`, 8) : []),
    '',
    `        Required?                    ${mandatory}`,
    `        Position?                    ${position ?? 'Named'}`,
    `        Default value                ${defaultText ?? 'None'}`,
    `        Accept pipeline input?       ${input === '' ? 'false' : `true (${input})`}`,
    `        Aliases                      ${aliases.length > 0 ? aliases.join(', ') : 'None'}`,
    `        Accept wildcard characters?  ${wildcard === true}`,
    '',
  ];
}

/** Words filled into lines; a line break in the text stays one. */
export const wrapped = (text: string, indent: number): readonly string[] =>
  text.split('\n').flatMap((line) => filled(line.split(' '), indent, indent));

function filled(words: readonly string[], first: number, next: number): readonly string[] {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  let isEmpty = true;
  for (const word of words) {
    if (!isEmpty && line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      [line, isEmpty] = [' '.repeat(next), true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
