/** What can be known of a script's commands before it runs: that each is a cmdlet, and has the parameters that it is given. */
import type { Cmdlet, Parameters } from '../host/cmdlet.ts';
import { findParameter } from '../host/parameter-name.ts';
import type { CommandTable } from './command-table.ts';
import type { Argument, Block, Command } from './syntax.ts';
import type { SyntaxFault } from './syntax-fault.ts';

export interface ScriptRules {
  readonly table: CommandTable;
  readonly parametersOf: (cmdlet: Cmdlet) => Parameters;
  /** XGW_STRICT */
  readonly strict: boolean;
}

/** @returns The first fault in the order of the text. */
export function checkScript(script: Block, text: string, rules: ScriptRules): SyntaxFault | undefined {
  for (const command of commandsIn(script)) {
    const fault = checkCommand(command, text, rules);
    if (fault) return fault;
  }
  return undefined;
}

/** Every command of a tree, however deep it is. */
function* commandsIn(node: unknown): Generator<Command> {
  if (typeof node !== 'object' || node === null) return;
  if ('kind' in node && node.kind === 'command') yield node as Command;
  for (const part of Object.values(node)) yield* commandsIn(part);
}

function checkCommand(command: Command, text: string, rules: ScriptRules): SyntaxFault | undefined {
  const cmdlet = rules.table.find(command.name);
  if (!cmdlet) return unknownCommand(command, rules.table);
  const parameters = rules.parametersOf(cmdlet);
  for (const [index, argument] of command.arguments.entries()) {
    const fault =
      argument.kind === 'parameter'
        ? checkParameter(argument, { command, text, parameters }, rules)
        : checkHyphen(argument, command.arguments[index + 1], { command, text, parameters });
    if (fault) return fault;
  }
  return undefined;
}

function unknownCommand({ name, at }: Command, table: CommandTable): SyntaxFault {
  const near = table.near(name);
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  const message = `'${name}' is not a cmdlet, and external programs run in the real shell only.${meant}`;
  const fix = near.length === 0 ? ['xgw get-command'] : near.map((each) => `xgw get-help ${each.toLowerCase()}`);
  return { id: 'CmdletNotFound', message, at, isIncomplete: false, fix };
}

interface Given {
  readonly command: Command;
  readonly text: string;
  readonly parameters: Parameters;
}

function checkParameter(
  { word, at }: Extract<Argument, { kind: 'parameter' }>,
  given: Given,
  { strict }: ScriptRules,
): SyntaxFault | undefined {
  const [, hyphens = '-', name = ''] = /^(--?|[\u2013\u2014\u2015])(.*?)[:=]?$/.exec(word) ?? [];
  const found = findParameter(name, hyphens === '--', given.parameters, strict);
  if (found.ok) return undefined;
  const { id, message, instead } = found.error;
  const fix = instead.map((each) => replaced(given, at, word.replace(/[:=]$/, ''), `-${each}`));
  return { id, message, at, isIncomplete: false, ...(fix.length > 0 ? { fix } : {}) };
}

/** `- Filter "*.org"`: a blank came between the hyphen and the name. */
function checkHyphen(argument: Argument, next: Argument | undefined, given: Given): SyntaxFault | undefined {
  if (argument.kind !== 'value' || argument.value.kind !== 'bare' || argument.value.text !== '-') return undefined;
  const word = next?.kind === 'value' && next.value.kind === 'bare' ? next.value.text : '';
  const found = findParameter(word, false, given.parameters, true);
  const fault = { id: 'NamedParameterNotFound', at: argument.at, isIncomplete: false } as const;
  if (word === '' || !found.ok || !next) {
    const message = 'a hyphen alone is no parameter; here objects come through |, and not from standard input.';
    return { ...fault, message };
  }
  const { name } = found.value;
  const written = given.text.slice(argument.at, next.at + word.length);
  const fix = [replaced(given, argument.at, written, `-${name}`)];
  return { ...fault, message: `a hyphen alone is no parameter. Did you mean -${name}?`, fix };
}

/** The command with one word replaced, as it can be typed. */
function replaced({ command, text }: Given, at: number, word: string, by: string): string {
  const end = text.slice(at).search(/[\r\n]/);
  const line = text.slice(command.at, end < 0 ? text.length : at + end);
  return `xgw ${line.slice(0, at - command.at)}${by}${line.slice(at - command.at + word.length)}`;
}
