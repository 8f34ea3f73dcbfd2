/** The words of a command as the argument grammar reads them: what stands there as it is, and values by the words that stand for them. */
import { CodedError } from '../../primitives/errors.ts';
import { standIn } from '../host/typed-values.ts';
import type { Interpreter } from './interpreter.ts';
import type { Argument, Command, Expression } from './syntax.ts';
import { isObject } from './values.ts';

export interface Words {
  readonly words: string[];
  readonly values: unknown[];
}

export async function wordsOf(command: Command, interpreter: Interpreter): Promise<Words> {
  const collected: Words = { words: [], values: [] };
  for (const argument of command.arguments) await add(argument, collected, interpreter);
  return collected;
}

async function add(argument: Argument, collected: Words, interpreter: Interpreter): Promise<void> {
  const { words, values } = collected;
  if (argument.kind === 'splat') return splat(argument.name, collected, interpreter);
  const value = argument.value;
  if (argument.kind === 'value') words.push(await wordFor(argument.value, values, interpreter));
  else words.push(argument.word + (value === undefined ? '' : await wordFor(value, values, interpreter)));
}

async function wordFor(expression: Expression, values: unknown[], interpreter: Interpreter): Promise<string> {
  return expression.kind === 'bare' ? expression.text : wordOf(await interpreter.value(expression), values);
}

/** Numbers and truth values have a word of their own, which switches understand as well. */
function wordOf(value: unknown, values: unknown[]): string {
  if (typeof value === 'boolean') return value ? '$true' : '$false';
  if (typeof value === 'number') return String(value);
  values.push(value);
  return standIn(values.length - 1);
}

/** A hashtable gives parameters, a list values in their order. */
function splat(name: string, { words, values }: Words, interpreter: Interpreter): void {
  const given = interpreter.variables.get(name);
  if (Array.isArray(given)) words.push(...given.map((each: unknown) => wordOf(each, values)));
  else if (isObject(given)) {
    for (const [key, value] of Object.entries(given)) words.push(`-${key}:${wordOf(value, values)}`);
  } else {
    throw new CodedError(
      'CannotConvertArgument',
      `@${name} gives nothing: $${name} is neither a hashtable nor a list.`,
    );
  }
}
