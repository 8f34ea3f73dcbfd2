/** One command line read whole: grammar, commander, types. Ends in values, or in the CodedError that says what is wrong with it. */
import { CodedError } from '../../primitives/errors.ts';
import { type ArgvFault, type ArgvRules, bindArgv } from './argv.ts';
import { type BoundValues, bindTexts, secretOnCommandLine } from './binding.ts';
import type { Cmdlet, Parameters } from './cmdlet.ts';
import { commandLine } from './command-line.ts';
import { type CommonValues, commonParametersOf } from './common-parameters.ts';
import { kebabOf } from './kebab-name.ts';
import { parseProgram } from './program.ts';
import { type ErrorView, errorViews } from './report-error.ts';

export interface Invocation {
  /** Of the cmdlet's own parameters. */
  readonly values: BoundValues;
  readonly common: CommonValues;
  /** `-` stood for objects on standard input. */
  readonly readsInput: boolean;
}

/**
 * @param typed - In the management shell, the values which words stand for; its cmdlets also store into variables.
 * @throws CodedError for the first fault.
 */
export function readInvocation(
  cmdlet: Cmdlet,
  tokens: readonly string[],
  rules: ArgvRules,
  typed?: readonly unknown[],
): Invocation {
  const commonNames = commonParametersOf(cmdlet, typed !== undefined);
  const parameters: Parameters = { ...cmdlet.parameters, ...commonNames };
  const argv = bindArgv(tokens, parameters, rules);
  if (!argv.ok) throw faultError(argv.error, cmdlet, tokens);
  refuseSecrets(argv.value.argv, parameters, cmdlet);
  const values = bindTexts(parseProgram(cmdlet.name, parameters, argv.value.argv), parameters, typed);
  const split = (isCommon: boolean): BoundValues =>
    Object.fromEntries(Object.entries(values).filter(([name]) => name in commonNames === isCommon));
  return { values: split(false), common: split(true) as CommonValues, readsInput: argv.value.readsInput };
}

/** @throws CodedError `SecretOnCommandLine` with the line that takes it from a file. */
function refuseSecrets(argv: readonly string[], parameters: Parameters, cmdlet: Cmdlet): void {
  const flags = new Map(Object.keys(parameters).map((name) => [`--${kebabOf(name)}`, name]));
  const given = argv.map((word) => {
    const [, flag = word, value] = /^(--[a-z0-9-]+)=(.*)$/s.exec(word) ?? [];
    return { word, name: flags.get(flag), value };
  });
  const secret = given.find(({ name = '' }) => parameters[name]?.refusedBecause !== undefined)?.name;
  if (secret === undefined) return;
  const words = given.flatMap(({ word, name, value }) => {
    if (name === secret) return [`-${name}File`, `${name.toLowerCase()}.txt`];
    if (name === undefined || value === undefined) return [name === undefined ? word : `-${name}`];
    return value.startsWith('-') ? [`-${name}:${value}`] : [`-${name}`, value];
  });
  throw secretOnCommandLine(secret, parameters[secret], commandLine(cmdlet.name, words));
}

function faultError({ id, message, reason, fixes = [], at }: ArgvFault, cmdlet: Cmdlet, tokens: readonly string[]) {
  const help = `xgw get-help ${cmdlet.name.toLowerCase()} -Examples`;
  const fix = fixes.length > 0 ? fixes.map((words) => commandLine(cmdlet.name, words)) : [help];
  return new CodedError(id, message, { reason, fix, target: tokens[at] });
}

/** The view for errors that come before the command line is understood: it honours what can be recognised. */
export function guessedErrorView(tokens: readonly string[], fallbackFormat: string): ErrorView {
  const named = errorViews.find((view) => isSame(view, textAfter(tokens, /^-{1,2}error-?view(?:[:=](.+))?$/i)));
  const format = textAfter(tokens, /^-{1,2}(?:o|out[a-z-]*|format)(?:[:=](.+))?$/i) ?? fallbackFormat;
  return named ?? (isJson(format) ? 'Json' : 'Concise');
}

function textAfter(tokens: readonly string[], name: RegExp): string | undefined {
  const at = tokens.findIndex((token) => name.test(token));
  return at < 0 ? undefined : (name.exec(tokens[at] ?? '')?.[1] ?? tokens[at + 1]);
}

const isSame = (word: string, other: string | undefined): boolean => word.toLowerCase() === other?.toLowerCase();

export const isJson = (format: string): boolean => /^(?:nd)?json$/i.test(format);
