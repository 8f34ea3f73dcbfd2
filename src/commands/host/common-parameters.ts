/** The parameters that every cmdlet has, and those that every changing cmdlet has. A cmdlet's own parameter of the same name wins. */
import { ok, refuse } from '../../primitives/result.ts';
import type { Cmdlet, Parameters, Values, ValueType } from './cmdlet.ts';
import { languages } from './language.ts';
import { listOf, oneOf, optional, path, switchType, text, wholeNumber } from './parameters.ts';
import { errorViews } from './report-error.ts';

const commonFormats = ['auto', 'table', 'list', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'name', 'none'] as const;

const actions = ['Continue', 'Stop', 'SilentlyContinue', 'Ignore', 'Inquire'] as const;
const action = oneOf(actions, 'ActionPreference');

/** Standard input is the only object that a command line can name. */
export const standardInput: ValueType<string> = {
  name: '-',
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse: (given) => (given === '-' ? ok(given) : refuse('objects come from standard input: write -InputObject -')),
  // In the management shell an object can be named.
  take: (given) => ok(given as string),
};

/** @param own - The formats which the cmdlet prints itself. */
function formatParameter(own: readonly string[]) {
  const type = oneOf<string>([...commonFormats, ...own], 'OutputFormat');
  return optional(type, `How objects are printed: ${type.values?.join(', ')}.`, {
    aliases: ['o', 'Format'],
    defaultText: 'auto',
  });
}

const forEveryCmdlet = {
  Verbose: optional(switchType, 'Say what is being done, on standard error.', { aliases: ['vb'] }),
  Debug: optional(switchType, 'Show where in the program an error arose.', { aliases: ['db'] }),
  ErrorAction: optional(action, 'What to do when one of several objects fails.', {
    aliases: ['ea'],
    defaultText: 'Continue',
  }),
  WarningAction: optional(action, 'What to do with warnings.', { aliases: ['wa'], defaultText: 'Continue' }),
  InformationAction: optional(action, 'What to do with confirmations and hints.', {
    aliases: ['infa'],
    defaultText: 'Continue on a terminal',
  }),
  ProgressAction: optional(action, 'What to do with progress lines.', { aliases: ['proga'], defaultText: 'Continue' }),
  OutputFormat: formatParameter([]),
  Property: optional(listOf(text), 'Only these properties, in this order; * is all.'),
  ExpandProperty: optional(text, 'The bare values of this property, one a line.'),
  Quiet: optional(switchType, 'Answers only, in the shortest form.', { aliases: ['q'] }),
  NoColor: optional(switchType, 'No colours.'),
  ErrorView: optional(oneOf(errorViews), 'How errors are printed.', {
    defaultText: 'Concise',
  }),
  LogFormat: optional(oneOf(['text', 'json']), 'How warnings and verbose lines are printed.', { defaultText: 'text' }),
  Language: optional(oneOf(languages), 'The language of help, questions and errors.', {
    defaultText: 'that of the terminal',
  }),
  ConfigStore: optional(path, 'The folder of the configuration store, in place of XGW_HOME.'),
  Timeout: optional(wholeNumber(0, 86_400), 'Seconds that acts on the network may take.', { defaultText: '30' }),
  ParameterFile: optional(path, 'YAML or JSON file with values by parameter name; @file means the same.'),
  NonInteractive: optional(switchType, 'Never ask; fail naming what is missing.', { aliases: ['NoInput'] }),
  Help: optional(switchType, 'Show the help of the cmdlet.', { aliases: ['?', 'h'] }),
};

const forPipes = {
  InputObject: optional(standardInput, 'Read objects from standard input; a lone - means the same.', {
    aliases: ['Instance'],
  }),
};

const forChangingCmdlets = {
  WhatIf: optional(switchType, 'Show what would change; change nothing.', { aliases: ['wi', 'DryRun'] }),
  Confirm: optional(switchType, 'Ask before the change; -Confirm:false never asks.', { aliases: ['cf'] }),
  Force: optional(switchType, 'Skip questions and protective refusals.'),
  Yes: optional(switchType, 'The same as -Confirm:false -Force.', { aliases: ['y'] }),
  PassThru: optional(switchType, 'Return the object that was changed.'),
  IfRevision: optional(wholeNumber(0, 2 ** 48), 'Change only this revision of the configuration.'),
  LockTimeout: optional(wholeNumber(0, 86_400), 'Seconds to wait for other writers.', { defaultText: '10' }),
};

const forRemoval = {
  MaximumRemoval: optional(
    wholeNumber(0, 2 ** 31),
    'Objects that may be removed; more than five, or a fifth of a kind, take it or the count typed.',
  ),
};

const variable = { ...text, name: 'Variable' };

/** A variable outlives a cmdlet in the management shell only. */
const forShell = {
  ErrorVariable: optional(variable, 'The variable for what fails; +name adds to it.', { aliases: ['ev'] }),
  OutVariable: optional(variable, 'The variable for what is returned; +name adds to it.', { aliases: ['ov'] }),
};

export type CommonValues = Values<typeof forEveryCmdlet> &
  Partial<
    Values<typeof forPipes> & Values<typeof forChangingCmdlets> & Values<typeof forRemoval> & Values<typeof forShell>
  >;

export const bindsFromPipe = (cmdlet: Cmdlet): boolean =>
  cmdlet.filter !== undefined ||
  Object.values(cmdlet.parameters as Parameters).some(({ pipeline }) => pipeline !== undefined);

/** The common parameters of a cmdlet, without the names and aliases that it has taken itself. */
export function commonParametersOf(cmdlet: Cmdlet, isShell = false): Parameters {
  const all: Parameters = {
    ...forEveryCmdlet,
    OutputFormat: formatParameter(cmdlet.formats ?? []),
    ...(bindsFromPipe(cmdlet) ? forPipes : {}),
    ...(cmdlet.impact ? forChangingCmdlets : {}),
    ...(/^Remove-|^(?:Sync|Import)-Configuration$|^Undo-ConfigurationChange$/i.test(cmdlet.name) ? forRemoval : {}),
    ...(isShell ? forShell : {}),
  };
  const own = Object.entries(cmdlet.parameters as Parameters).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  const taken = new Set(own.map((name) => name.toLowerCase()));
  const free = (name: string): boolean => !taken.has(name.toLowerCase());
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => free(name))
      .map(([name, parameter]) => [name, { ...parameter, aliases: (parameter.aliases ?? []).filter(free) }]),
  );
}

/** Everything the command line of a cmdlet may name, its own parameters first. */
export const allParametersOf = (cmdlet: Cmdlet): Parameters => ({
  ...cmdlet.parameters,
  ...commonParametersOf(cmdlet),
});
