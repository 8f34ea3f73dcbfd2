/**
 * Values on their way from the management shell to a parameter. Among the words of a command line each is stood for by its
 * number between NULs, which nothing that is typed can hold, so that the argument grammar needs to know nothing of them.
 */
import { CodedError } from '../../primitives/errors.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { Parameter } from './cmdlet.ts';

/** The word for the value of this index. */
export const standIn = (index: number): string => `\0${index}\0`;

const standIns = /\0(\d+)\0/g;

/** The text with each word that stands for a value replaced by the value, for people. */
export const shownText = (text: string, values: readonly unknown[]): string =>
  text.replaceAll(standIns, (_all, index: string) => asText(values[Number(index)]));

function asText(value: unknown): string {
  if (value === null || value === undefined) return '$null';
  if (Array.isArray(value)) return value.map(asText).join(',');
  const text = textOf(value);
  return text.ok ? text.value : modifierText(value as Readonly<Record<string, unknown>>);
}

/** What a text says that holds stand-ins: the one value, or the items of several. Undefined without any. */
export function valueIn(text: string, values: readonly unknown[]): { readonly value: unknown } | undefined {
  if (!text.includes('\0')) return undefined;
  const [, only] = /^\0(\d+)\0$/.exec(text) ?? [];
  if (only !== undefined) return { value: values[Number(only)] };
  return { value: text.split(',').flatMap((part) => [valueIn(part, values)?.value ?? part].flat()) };
}

/** The text by which a value reaches the type of its parameter; undefined: nothing was said. */
export function textFor(name: string, { type }: Parameter<unknown>, value: unknown): string {
  if (value === null || value === undefined) {
    if (type.kind === 'list' || type.name.includes('$null')) return '$null';
    throw new CodedError('CannotConvertArgument', `-${name} is $null, and a value is needed.`);
  }
  const [single, ...others] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (type.kind === 'list' && Array.isArray(value)) return textOrThrow(name, listText(value));
  if (others.length > 0)
    throw new CodedError('CannotConvertArgument', `-${name} takes one value, and a list was given.`);
  if (type.kind === 'list' && isRecord(single)) return modifierText(single);
  return textOrThrow(name, textOf(single));
}

function textOrThrow(name: string, text: Result<string, string>): string {
  if (text.ok) return text.value;
  throw new CodedError('CannotConvertArgument', `-${name} ${text.error}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** `@{Add="x","y";Remove="z"}` */
function modifierText(record: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(record).map(([key, value]) => {
    const text = listText(Array.isArray(value) ? value : [value]);
    return `${key}=${text.ok ? text.value : ''}`;
  });
  return `@{${entries.join(';')}}`;
}

/** Text of a property of a pipe's record, or of a value of the shell. */
export function textOf(value: unknown): Result<string, string> {
  if (Array.isArray(value)) return listText(value);
  if (typeof value === 'string') return ok(value);
  if (value instanceof Date) return ok(value.toISOString());
  const isWord = typeof value === 'number' || typeof value === 'boolean';
  return isWord ? ok(String(value)) : refuse('is an object, and a value is needed.');
}

function listText(values: readonly unknown[]): Result<string, string> {
  if (values.some((value) => typeof value === 'object')) return refuse('is a list of objects, and values are needed.');
  return ok(values.map((value) => `"${String(value).replaceAll('"', '')}"`).join(','));
}
