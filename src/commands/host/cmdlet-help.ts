/** The help of a cmdlet as text, from its definition: examples first, then parameters; with -Full everything. */
import type { CmdletDescription, ParameterDescription } from './cmdlet.ts';
import { filled, paddedTo, wrapped } from './filled-lines.ts';
import { english, filledIn, type Localize } from './localized-text.ts';
import { phrases } from './phrases.ts';

/** What is shown: `Examples` is the short form. */
export type HelpPart = 'Examples' | 'Detailed' | 'Full';

/** @returns Text that ends in a line break. */
export function cmdletHelp(cmdlet: CmdletDescription, part: HelpPart, localize: Localize = english): string {
  const { name, synopsis, description, aliases = [] } = cmdlet;
  const paragraph = (text: string, indent: number) => wrapped(localize(text), indent);
  const about =
    part === 'Examples' || description === undefined
      ? []
      : ['', localize(phrases.description), ...paragraph(description, 4)];
  const parameterLines = part === 'Examples' ? brief : parameterHelp;
  const sections = [
    localize(phrases.name),
    `    ${name}${aliases.length > 0 ? `  (${aliases.join(', ')})` : ''}`,
    ...paragraph(synopsis, 4),
    '',
    localize(phrases.syntax),
    ...cmdletSyntax(cmdlet),
    ...about,
    '',
    localize(phrases.examples),
    ...cmdlet.examples.flatMap(({ command, shows }) => [`    xgw ${command}`, ...paragraph(shows, 8)]),
    '',
    localize(phrases.parameters),
    ...cmdlet.parameters.flatMap((parameter) => parameterLines(parameter, localize)),
    ...(part === 'Full' ? ['', localize(phrases.output), `    ${cmdlet.output?.kind ?? 'None'}`] : []),
    '',
    localize(phrases.remarks),
    ...wrapped(remarks(cmdlet, localize), 4),
  ];
  return `${sections.join('\n')}\n`;
}

function remarks({ name, impact }: CmdletDescription, localize: Localize): string {
  const sentences = [
    phrases.remarkCommon,
    ...(impact ? [phrases.remarkChanging] : []),
    phrases.remarkExitCodes,
    phrases.remarkFull,
  ];
  const values = { impact: impact ?? '', cmdlet: name.toLowerCase() };
  return sentences.map((sentence) => filledIn(localize(sentence), values)).join(' ');
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
function brief({ name, type, help, mandatory }: ParameterDescription, localize: Localize): readonly string[] {
  const what = type.kind === 'switch' ? '' : ` <${type.name}>`;
  const isRequired = mandatory ? `  ${localize(phrases.isRequired)}` : '';
  return [`    -${name}${what}${isRequired}`, ...wrapped(localize(help), 8)];
}

/** Columns of the names in the attribute block. */
const attributeWidth = 29;

/** One parameter with the attribute block that Get-Help prints. */
export function parameterHelp(parameter: ParameterDescription, localize: Localize = english): readonly string[] {
  const { aliases = [], type, position, mandatory, defaultText, wildcard } = parameter;
  const values = filledIn(localize(phrases.values), { values: type.values?.join(', ') ?? '' });
  const attribute = (phrase: string, value: string | number | boolean): string =>
    `        ${paddedTo(attributeWidth, localize(phrase))}${value}`;
  return [
    ...brief(parameter, localize),
    ...(type.values ? wrapped(values, 8) : []),
    '',
    attribute(phrases.attributeRequired, mandatory),
    attribute(phrases.attributePosition, position ?? 'Named'),
    attribute(phrases.attributeDefault, defaultText ?? 'None'),
    attribute(phrases.attributePipeline, pipelineInput(parameter)),
    attribute(phrases.attributeAliases, aliases.length > 0 ? aliases.join(', ') : 'None'),
    attribute(phrases.attributeWildcard, wildcard === true),
    '',
  ];
}

function pipelineInput({ pipeline }: ParameterDescription): string {
  const byValue = pipeline === 'value' || pipeline === 'both' ? ['ByValue'] : [];
  const byName = pipeline === 'property' || pipeline === 'both' ? ['ByPropertyName'] : [];
  return pipeline === undefined ? 'false' : `true (${[...byValue, ...byName].join(', ')})`;
}
