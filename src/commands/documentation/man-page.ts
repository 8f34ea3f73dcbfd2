/** Manual pages in the man(7) macros: one for each cmdlet (section 1), one for each about_ topic (section 7), and xgw(1). */
import type { AboutTopic } from '../host/about-topics.ts';
import type { CmdletDescription, ParameterDescription } from '../host/cmdlet.ts';
import { cmdletSyntax } from '../host/cmdlet-help.ts';

export interface ManPage {
  /** `xgw-get-user.1` */
  readonly file: string;
  readonly text: string;
}

export interface Manual {
  readonly version: string;
  readonly cmdlets: readonly CmdletDescription[];
  readonly topics: readonly AboutTopic[];
}

export const manPages = (manual: Manual): readonly ManPage[] => [
  programPage(manual),
  ...manual.cmdlets.map((cmdlet) => cmdletPage(cmdlet, manual)),
  ...manual.topics.map((topic) => topicPage(topic, manual)),
];

const pageOf = (cmdlet: string): string => `xgw-${cmdlet.toLowerCase()}`;

function programPage(manual: Manual): ManPage {
  const listed = manual.cmdlets.flatMap(({ name, synopsis }) => [
    '.TP',
    `.BR ${escaped(pageOf(name))} (1)`,
    line(synopsis),
  ]);
  const topics = manual.topics.flatMap(({ name, synopsis }) => [
    '.TP',
    `.BR ${escaped(pageOf(name))} (7)`,
    line(synopsis),
  ]);
  return page('xgw', 1, manual, [
    ...section('NAME', [`xgw \\- ${line('administer an XMPP <-> SIP gateway the PowerShell way')}`]),
    ...section('SYNOPSIS', ['.B xgw', '.I cmdlet', line('[-Parameter value ...]')]),
    ...section('DESCRIPTION', [
      line('xgw federates a SIP deployment with XMPP domains, and is administered by Verb-Noun cmdlets.'),
      line('Without a cmdlet it says what to type next. Names of cmdlets and parameters take any case.'),
    ]),
    ...section('CMDLETS', listed),
    ...section('TOPICS', topics),
  ]);
}

function cmdletPage(cmdlet: CmdletDescription, manual: Manual): ManPage {
  const { name, synopsis, description, aliases = [], examples, impact, output, parameters } = cmdlet;
  const changing = impact
    ? [line(`It changes things: -WhatIf shows how, and -Confirm asks first (impact ${impact}).`)]
    : [];
  return page(pageOf(name), 1, manual, [
    ...section('NAME', [`${escaped(pageOf(name))} \\- ${line(synopsis)}`]),
    ...section('SYNOPSIS', [
      line(
        `xgw ${cmdletSyntax(cmdlet)
          .map((each) => each.trim())
          .join(' ')}`,
      ),
    ]),
    ...section('DESCRIPTION', [line(description ?? synopsis), ...changing]),
    ...(aliases.length > 0 ? section('ALIASES', [line(aliases.join(', '))]) : []),
    ...section(
      'EXAMPLES',
      examples.flatMap(({ command, shows }) => ['.TP', `.B ${breakable(line(`xgw ${command}`))}`, line(shows)]),
    ),
    ...(parameters.length > 0 ? section('PARAMETERS', parameters.flatMap(parameterLines)) : []),
    ...section('OUTPUT', [line(output?.kind ?? 'None')]),
    ...section('SEE ALSO', ['.BR xgw (1),', '.BR xgw\\-about_commonparameters (7),', '.BR xgw\\-about_exitcodes (7)']),
  ]);
}

function parameterLines(parameter: ParameterDescription): readonly string[] {
  const { name, type, help, mandatory, position, defaultText, aliases = [] } = parameter;
  const value = type.kind === 'switch' ? '' : ` \\fI${escaped(type.name)}\\fR`;
  const facts = [
    ...(type.values ? [`Values: ${type.values.join(', ')}.`] : []),
    ...(mandatory ? ['Required.'] : []),
    ...(position === undefined ? [] : [`Position ${position}.`]),
    ...(defaultText === undefined ? [] : [`Default: ${defaultText}.`]),
    ...(aliases.length > 0 ? [`Aliases: ${aliases.join(', ')}.`] : []),
  ];
  return ['.TP', `\\fB\\-${escaped(name)}\\fR${value}`, line(help), ...facts.map(line)];
}

const topicPage = ({ name, synopsis, text }: AboutTopic, manual: Manual): ManPage =>
  page(pageOf(name), 7, manual, [
    ...section('NAME', [`${escaped(pageOf(name))} \\- ${line(synopsis)}`]),
    ...section('DESCRIPTION', ['.nf', ...text().split('\n').map(line), '.fi']),
    ...section('SEE ALSO', ['.BR xgw (1)']),
  ]);

function page(name: string, number: 1 | 7, { version }: Manual, lines: readonly string[]): ManPage {
  // No date: the same definitions make the same page.
  const title = `.TH "${escaped(name.toUpperCase())}" ${number} "" "xgw ${escaped(version)}" "XMPP SIP gateway"`;
  // Commands are to be copied as they stand: no hyphenation, and no lines stretched to the margin.
  return { file: `${name}.${number}`, text: `${[title, '.nh', '.ad l', ...lines].join('\n')}\n` };
}

const section = (title: string, lines: readonly string[]): readonly string[] => [`.SH ${title}`, ...lines];

/** Characters. A list that leaves no room on a line may be broken behind its commas. */
const longWord = 50;

const breakable = (text: string): string =>
  text.replaceAll(/\S+/g, (word) => (word.length > longWord ? word.replaceAll(',', String.raw`,\:`) : word));

/** A dot or an apostrophe in front would be a request. An empty line stays one. */
const line = (text: string): string => escaped(text.replaceAll('\n', ' ')).replace(/^([.'])/, String.raw`\&$1`);

const characters: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};
const escaped = (text: string): string => text.replaceAll(/[\\\-'`^~]/g, (char) => characters[char] ?? char);
