/**
 * The command line that does the same again in a POSIX shell, made from the values that were bound: what the pipe brought, a
 * person answered, or a file gave stands in it as if it had been typed. Paths are absolute, questions are answered.
 */
import path from 'node:path';

import { shellWord } from '../../primitives/shell-word.ts';
import type { BoundValues } from './binding.ts';
import type { Cmdlet, Parameter, Parameters, ValueType } from './cmdlet.ts';
import { kebabOf } from './kebab-name.ts';
import type { ListChange } from './list-change.ts';

export interface Replayed {
  /** The folder that relative paths begin at. */
  readonly workingFolder: string;
  /** -Force or -Yes was given. */
  readonly force: boolean;
  /** Objects that were removed: the line says that as many are meant. */
  readonly removed: number;
}

/** `xgw set-user sip:alice@contoso.com --display-name=Alice --no-confirm` */
export function replayableLine(cmdlet: Cmdlet, values: BoundValues, rules: Replayed): string {
  const parameters = cmdlet.parameters as Parameters;
  const given = Object.entries(values).flatMap(([name, value]) => {
    const parameter = parameters[name];
    return parameter === undefined || value === undefined ? [] : [{ name, parameter, value }];
  });
  const [first, ...others] = given.toSorted((a, b) => rankOf(a.parameter) - rankOf(b.parameter));
  const words = [
    ...(first === undefined ? [] : firstWords(first, rules)),
    ...others.map((each) => namedWord(each, rules)),
    ...(rules.force ? ['--force'] : []),
    '--no-confirm',
    ...(rules.removed > 1 ? [`--maximum-removal=${rules.removed}`] : []),
  ];
  return ['xgw', cmdlet.name.toLowerCase(), ...words].map(shellWord).join(' ');
}

interface GivenValue {
  readonly name: string;
  readonly parameter: Parameter<unknown>;
  readonly value: unknown;
}

const rankOf = ({ position }: Parameter<unknown>): number => position ?? Number.MAX_SAFE_INTEGER;

/** What is first in place stands without its name, as people type it, where it cannot be taken for anything else. */
function firstWords(given: GivenValue, rules: Replayed): readonly string[] {
  const { parameter, value } = given;
  const isPlain = typeof value === 'string' && /^[A-Za-z0-9*][^,;"'\s]*$/.test(value);
  return parameter.position === 0 && isPlain ? [textOf(value, parameter.type, rules)] : [namedWord(given, rules)];
}

function namedWord({ name, parameter, value }: GivenValue, rules: Replayed): string {
  const flag = kebabOf(name);
  if (parameter.type.kind === 'switch') return value === false ? `--no-${flag}` : `--${flag}`;
  const text = textOf(value, parameter.type, rules);
  // One pair of quotes is taken off whatever is given.
  return `--${flag}=${parameter.type.kind === 'list' ? text : guarded(text, isPath(parameter.type))}`;
}

/** A lone `-` would be standard input: in quotes it is a hyphen, except to a path. */
const guarded = (text: string, isPath: boolean): string =>
  /^(?:".*"|'.*'|)$/s.test(text) || (text === '-' && !isPath) ? `"${text}"` : text;

function textOf(value: unknown, type: ValueType<unknown>, rules: Replayed): string {
  if (value === null) return '$null';
  if (type.kind === 'list') return listText(value, type, rules);
  if (value instanceof Date) return value.toISOString();
  if (type.name.startsWith('Duration') && typeof value === 'number') return String(value / 1000);
  return scalarText(value, type, rules);
}

const isPath = ({ name }: ValueType<unknown>): boolean => /\bPath\b/.test(name);

function scalarText(value: unknown, type: ValueType<unknown>, { workingFolder }: Replayed): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return isPath(type) && text !== '-' && text !== '' ? path.resolve(workingFolder, text) : text;
}

function listText(value: unknown, type: ValueType<unknown>, rules: Replayed): string {
  const items = (list: readonly unknown[]): string =>
    list.map((item) => quotedItem(scalarText(item, type, rules))).join(',');
  if (Array.isArray(value)) return value.length === 0 ? '$null' : items(value);
  const { replace, add, remove } = value as ListChange<unknown>;
  if (replace) return replace.length === 0 ? '$null' : items(replace);
  return `@{Add=${items(add)};Remove=${items(remove)}}`;
}

/** Each item in quotes: a sign at its beginning is its own then. */
const quotedItem = (text: string): string => (text.includes('"') ? `'${text}'` : `"${text}"`);
