/** docs/cmdlets.md: every cmdlet on one page, from the definitions. A test says when the file is no longer what this makes. */
import type { CmdletDescription, ParameterDescription } from '../host/cmdlet.ts';

/** @returns Markdown that ends in a line break. */
export function cmdletsPage(cmdlets: readonly CmdletDescription[]): string {
  const contents = cmdlets.map(({ name, synopsis }) => `| [${name}](#${name.toLowerCase()}) | ${cell(synopsis)} |`);
  return `# Cmdlets

Made from the definitions by \`npm run docs\`; the same offline: \`xgw get-help <cmdlet> -Full\`. Every example here is typed by a
test. Parameters that all cmdlets have: \`xgw get-help about_commonparameters\`.

| Cmdlet | What it does |
|---|---|
${contents.join('\n')}

${cmdlets.map(section).join('\n\n')}
`;
}

function section(cmdlet: CmdletDescription): string {
  const { name, synopsis, description, aliases = [], examples, impact, output, formats = [] } = cmdlet;
  const also = aliases.length > 0 ? `Aliases: ${aliases.map((alias) => `\`${alias}\``).join(', ')}. ` : '';
  const returns = output ? `Returns \`${output.kind}\`. ` : '';
  const changes = impact ? `Changes things: \`-WhatIf\`, \`-Confirm\` (impact ${impact}), \`-Force\`. ` : '';
  const prints = formats.length > 0 ? `Prints ${formats.map((format) => `\`${format}\``).join(', ')} too. ` : '';
  return [
    `## ${name}`,
    text(synopsis),
    ...(description === undefined ? [] : [text(description)]),
    ...(also + returns + changes + prints === '' ? [] : [(also + returns + changes + prints).trimEnd()]),
    ['```sh', ...examples.flatMap(({ command, shows }) => [`# ${shows}`, `xgw ${command}`]), '```'].join('\n'),
    ...(cmdlet.parameters.length === 0 ? [] : [parameterTable(cmdlet.parameters)]),
  ].join('\n\n');
}

function parameterTable(parameters: readonly ParameterDescription[]): string {
  const rows = parameters.map((parameter) => {
    const { name, help, mandatory, position, defaultText, aliases = [] } = parameter;
    const notes = [
      ...(mandatory ? ['required'] : []),
      ...(position === undefined ? [] : [`position ${position}`]),
      ...(defaultText === undefined ? [] : [`default ${cell(defaultText)}`]),
      ...(aliases.length > 0 ? [`also ${aliases.map((alias) => `\`-${alias}\``).join(', ')}`] : []),
    ];
    return `| \`-${name}\` | ${typeOf(parameter)} | ${cell(help)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''} |`;
  });
  return ['| Parameter | Value | Meaning |', '|---|---|---|', ...rows].join('\n');
}

function typeOf({ type }: ParameterDescription): string {
  if (type.kind === 'switch') return '';
  return type.kind !== 'bool' && type.values ? type.values.join(', ') : code(type.name);
}

const code = (value: string): string => `\`${value.replaceAll('|', String.raw`\|`)}\``;
const cell = (value: string): string => text(value).replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
/** What the text says is no markup. */
const text = (value: string): string => value.replaceAll(/[*_<>[\]]/g, String.raw`\$&`);
