/**
 * The argument grammar: what an administrator types, PowerShell's way or GNU's way, becomes `--kebab-name=value` words.
 * Pure. Values stay text; `program.ts` gives them to commander and `binding.ts` to their types.
 *
 *   -PartnerType Federated   -partnertype:federated   --partner-type=federated   -Part Federated   -WhatIf   --no-confirm
 *
 * Names compare without case, hyphens and underscores: exact name, exact alias, unique prefix. A parameter that needs a value
 * never guesses one, since a shell may have swallowed it (`$false` is an empty variable in bash).
 */
import type { FailureId } from '../../primitives/failures.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { booleanOf } from './boolean-word.ts';
import type { Parameter, Parameters } from './cmdlet.ts';
import { kebabOf } from './kebab-name.ts';
import { findParameter } from './parameter-name.ts';
import { splattedFile } from './splatted-file.ts';
import { type Item, readItems } from './typed-items.ts';

/** Why a command line does not bind. `fixes` are whole argument lists that would. */
export interface ArgvFault {
  readonly id: FailureId;
  readonly message: string;
  readonly reason?: string;
  readonly fixes?: readonly (readonly string[])[];
  /** Where in the given words. */
  readonly at: number;
}

export interface ArgvRules {
  /** XGW_STRICT: abbreviated parameter names are errors. */
  readonly strict: boolean;
  /** `bash`, `zsh`, `fish`, `pwsh`, ...: only for what an error says. */
  readonly shell: string;
}

export interface BoundArgv {
  /** `--kebab=value`, `--switch`, `--no-switch`. */
  readonly argv: readonly string[];
  /** Names of the parameters that have a value. */
  readonly bound: ReadonlySet<string>;
  /** `-` stood for the objects of standard input. */
  readonly readsInput: boolean;
}

/** @returns The bound words, or the first fault. Mandatory parameters are not this function's business: a pipe may bring them. */
export function bindArgv(
  tokens: readonly string[],
  parameters: Parameters,
  rules: ArgvRules,
): Result<BoundArgv, ArgvFault> {
  const scan: Scan = { items: readItems(tokens), tokens, parameters, rules, texts: new Map(), readsInput: false };
  const positionals: Item[] = [];
  while (scan.items.length > 0) {
    const item = scan.items.shift() as Item;
    if (item.name === undefined) positionals.push(joinList(item, scan.items));
    else {
      const fault = bindNamed(item, item.name, scan);
      if (fault) return refuse(fault);
    }
  }
  const fault = bindPositionals(positionals, scan);
  if (fault) return refuse(fault);
  const argv = [...scan.texts].map(([name, value]) => printWord(name, value));
  return ok({ argv, bound: new Set(scan.texts.keys()), readsInput: scan.readsInput });
}

interface Scan {
  readonly items: Item[];
  readonly tokens: readonly string[];
  readonly parameters: Parameters;
  readonly rules: ArgvRules;
  readonly texts: Map<string, string | boolean>;
  readsInput: boolean;
}

function bindNamed(item: Item, typed: string, scan: Scan): ArgvFault | undefined {
  const found = findParameter(typed, item.token.startsWith('--'), scan.parameters, scan.rules.strict);
  if (!found.ok) return { ...found.error, at: item.at, ...fixesOf(item, found.error.instead, scan) };
  const { name, parameter, negated } = found.value;
  if (negated) return item.inline === undefined ? put(name, false, item, scan) : notBoolean(name, item.inline, item);
  if (parameter.type.kind === 'switch') return bindSwitch(name, item, scan);
  const value = valueOf(item, parameter, scan.items);
  if (value === undefined) return missingValue(name, parameter, item, scan);
  if (value === '-' && isInput(parameter)) {
    scan.readsInput = true;
    // That it stood there may mean more than where objects come from.
    return parameter.type.name === '-' ? put(name, value, item, scan) : undefined;
  }
  return put(name, parameter.type.kind === 'list' ? value : unquoted(value), item, scan);
}

function fixesOf(item: Item, instead: readonly string[], { tokens }: Scan): Pick<ArgvFault, 'fixes'> {
  return { fixes: instead.map((name) => tokens.with(item.at, item.token.replace(item.name ?? '', name))) };
}

/** `-X: value` is what a PowerShell script shim makes of `-X:value`. */
function valueOf(item: Item, parameter: Parameter<unknown>, items: Item[]): string | undefined {
  const [next] = items;
  const isSplit = item.inline === '' && item.separator === ':';
  if (item.inline !== undefined && !isSplit) {
    const isEmptyBoolean = item.inline === '' && parameter.type.kind === 'bool';
    return isEmptyBoolean ? undefined : joinIfList({ ...item, token: item.inline }, parameter, items);
  }
  if (!next || next.name !== undefined) return undefined;
  items.shift();
  return joinIfList(next, parameter, items);
}

const joinIfList = (item: Item, parameter: Parameter<unknown>, items: Item[]): string =>
  parameter.type.kind === 'list' ? joinList(item, items).token : item.token;

/** `a.com, b.com` arrives as two words: a comma at the end or at the start takes the neighbour in. */
function joinList(first: Item, items: Item[]): Item {
  let token = first.token;
  for (let [next] = items; next && next.name === undefined; [next] = items) {
    if (!token.endsWith(',') && !next.token.startsWith(',')) break;
    token += next.token;
    items.shift();
  }
  return { ...first, token };
}

function bindSwitch(name: string, item: Item, scan: Scan): ArgvFault | undefined {
  if (item.inline === undefined) return put(name, true, item, scan);
  const [next] = scan.items;
  const split = item.inline === '' && next && next.name === undefined ? booleanOf(unquoted(next.token)) : undefined;
  if (split !== undefined) {
    scan.items.shift();
    return put(name, split, item, scan);
  }
  if (item.inline === '') return emptyValue(name, item, scan);
  const value = booleanOf(unquoted(item.inline));
  return value === undefined ? notBoolean(name, item.inline, item) : put(name, value, item, scan);
}

function bindPositionals(positionals: readonly Item[], scan: Scan): ArgvFault | undefined {
  const slots = Object.entries(scan.parameters)
    .filter(([name, { position }]) => position !== undefined && !scan.texts.has(name))
    .toSorted(([, left], [, right]) => (left.position ?? 0) - (right.position ?? 0));
  for (const item of positionals) {
    const [slot] = slots;
    const file = scan.tokens.slice(0, item.at).includes('--') ? undefined : splattedFile(item.token);
    if (file !== undefined && Object.hasOwn(scan.parameters, 'ParameterFile')) {
      const fault = put('ParameterFile', file, item, scan);
      if (fault) return fault;
    } else {
      slots.shift();
      const fault = slot ? bindPositional(item, slot, scan) : bindExcess(item, positionals, scan);
      if (fault) return fault;
    }
  }
  return undefined;
}

function bindPositional(
  item: Item,
  [name, parameter]: readonly [string, Parameter<unknown>],
  scan: Scan,
): ArgvFault | undefined {
  if (item.token !== '-' || isPath(parameter) || !takesInput(scan.parameters)) {
    return put(name, parameter.type.kind === 'list' ? item.token : unquoted(item.token), item, scan);
  }
  scan.readsInput = true;
  return undefined;
}

function bindExcess(item: Item, positionals: readonly Item[], scan: Scan): ArgvFault | undefined {
  if (item.token !== '-' || !takesInput(scan.parameters)) return tooMany(item, positionals, scan);
  scan.readsInput = true;
  return undefined;
}

const takesInput = (parameters: Parameters): boolean => Object.hasOwn(parameters, 'InputObject');

/** A path keeps its `-`: there it is a file like any other, whose bytes are standard input. */
const isInput = (parameter: Parameter<unknown>): boolean =>
  parameter.type.name === '-' || (parameter.pipeline !== undefined && !isPath(parameter));

const isPath = ({ type }: Parameter<unknown>): boolean => type.name === 'Path';

function put(name: string, value: string | boolean, item: Item, { texts, parameters }: Scan): ArgvFault | undefined {
  const earlier = texts.get(name);
  if (earlier === undefined) texts.set(name, value);
  else if (parameters[name]?.type.kind === 'list') texts.set(name, `${String(earlier)},${String(value)}`);
  else return { id: 'ParameterAlreadyBound', message: `-${name} was given twice.`, at: item.at };
  return undefined;
}

/** One matching pair of quotes: cmd.exe and PowerShell hand them over with the value. With more of them inside they belong to it. */
const unquoted = (text: string): string => text.replace(/^(["'])((?:(?!\1).)*)\1$/s, '$2');

function missingValue(name: string, parameter: Parameter<unknown>, item: Item, scan: Scan): ArgvFault {
  const id = item.inline === undefined ? 'MissingArgument' : 'EmptyValue';
  const message = `-${name} has no value.`;
  if (parameter.type.kind === 'bool') return { ...emptyValue(name, item, scan), id, message };
  const next = scan.tokens[item.at + 1];
  const reason =
    next === undefined ? 'the command line ends after it' : `the next word, ${next}, is a parameter itself`;
  const joined = scan.tokens.toSpliced(item.at, 2, `-${name}:${next}`);
  return {
    id,
    message,
    reason,
    at: item.at,
    ...(next === undefined || next.startsWith('--') ? {} : { fixes: [joined] }),
  };
}

function emptyValue(name: string, item: Item, { tokens, rules, parameters }: Scan): ArgvFault {
  const isSwitch = parameters[name]?.type.kind === 'switch';
  const words = isSwitch ? [`-${name}:false`] : [`-${name}`, 'false'];
  const posix = `in ${rules.shell} $false is an empty shell variable, so nothing reached xgw`;
  return {
    id: 'EmptyValue',
    message: `-${name}${item.separator ?? ''} has no value.`,
    reason: /^(pwsh|powershell)$/.test(rules.shell) ? 'write $true or $false after it' : posix,
    fixes: [tokens.toSpliced(item.at, 1, ...words)],
    at: item.at,
  };
}

const notBoolean = (name: string, given: string, { at }: Item): ArgvFault => ({
  id: 'CannotConvertArgument',
  message: `-${name} is a switch, and "${given}" is neither true nor false.`,
  at,
});

function tooMany(item: Item, positionals: readonly Item[], { tokens }: Scan): ArgvFault {
  const looksExpanded = positionals.length > 2 && positionals.every(({ token }) => /^[\w-]+(\.[\w-]+)+$/.test(token));
  return {
    id: 'PositionalParameterNotFound',
    message: `nothing takes the value "${tokens[item.at]}".`,
    ...(looksExpanded ? { reason: "did the shell expand a wildcard? Quote it, like '*.com'" } : {}),
    at: item.at,
  };
}

function printWord(name: string, value: string | boolean): string {
  if (value === true) return `--${kebabOf(name)}`;
  return value === false ? `--no-${kebabOf(name)}` : `--${kebabOf(name)}=${value}`;
}
