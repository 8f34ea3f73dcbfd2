/** Texts become values: by the types of the parameters, and from the records of a pipe by value or by property name. */
import { CodedError } from '../../primitives/errors.ts';
import type { FailureId } from '../../primitives/failures.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { Cmdlet, Parameter, Parameters } from './cmdlet.ts';
import type { InputRecord } from './pipeline-input.ts';
import type { GivenTexts } from './program.ts';

export type BoundValues = Readonly<Record<string, unknown>>;

/** @throws CodedError in place of the first text that its type refuses; the target is the text. */
export function bindTexts(texts: GivenTexts, parameters: Parameters): BoundValues {
  const values: Record<string, unknown> = {};
  for (const [name, text] of texts) {
    const parameter = parameters[name];
    if (!parameter) continue;
    if (parameter.refusedBecause !== undefined) throw secretOnCommandLine(name, parameter);
    values[name] = typeof text === 'boolean' ? text : convert(name, parameter, text);
  }
  return values;
}

function convert(name: string, parameter: Parameter<unknown>, text: string): unknown {
  const parsed = parameter.type.parse(text);
  if (parsed.ok) return parsed.value;
  const id: FailureId = parameter.type.refusal?.(text) ?? 'CannotConvertArgument';
  const isList = id === 'HashtableStringified' || id === 'ListModifierBroken';
  const reason = isList ? `the short form needs no quotes: -${name} +new.contoso.com,-old.contoso.com` : undefined;
  const isOwnSentence = isList || /^[A-Z]/.test(parsed.error);
  throw new CodedError(id, isOwnSentence ? parsed.error : `-${name}: ${parsed.error}`, { reason, target: text });
}

const secretOnCommandLine = (name: string, { refusedBecause }: Parameter<unknown>): CodedError =>
  new CodedError('SecretOnCommandLine', `-${name} is not taken from the command line.`, {
    reason: `${refusedBecause} Clear the shell history: the secret is in it.`,
  });

/**
 * What one record of the pipe says. A plain line and an object's Identity go to the parameter that binds by value;
 * properties go to the parameters of their name or alias. Properties that are null or bind to nothing say nothing.
 *
 * @throws CodedError `InputTypeMismatch` for an object of a kind that the cmdlet does not take; refusals of values.
 */
export function bindRecord(record: InputRecord, cmdlet: Cmdlet): BoundValues {
  const parameters = Object.entries(cmdlet.parameters as Parameters);
  if (typeof record === 'string') {
    const taker = parameters.find(([, { pipeline }]) => pipeline === 'value' || pipeline === 'both');
    if (!taker) throw new CodedError('InputTypeMismatch', 'only objects are taken from the pipe, not plain lines.');
    return { [taker[0]]: convert(...taker, record) };
  }
  checkKind(record, cmdlet);
  const properties = new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of parameters) {
    const value = propertyFor(name, parameter, properties);
    if (value === undefined || value === null) continue;
    const text = textOf(value);
    if (!text.ok) throw new CodedError('InputTypeMismatch', `the property ${name} ${text.error}`);
    values[name] = convert(name, parameter, text.value);
  }
  return values;
}

function propertyFor(name: string, parameter: Parameter<unknown>, properties: ReadonlyMap<string, unknown>): unknown {
  if (parameter.pipeline === undefined) return undefined;
  const identity = parameter.pipeline === 'property' ? [] : ['identity'];
  const names = [name, ...(parameter.aliases ?? []), ...identity].map((each) => each.toLowerCase());
  const found = names.find((each) => properties.has(each));
  return found === undefined ? undefined : properties.get(found);
}

function textOf(value: unknown): Result<string, string> {
  if (Array.isArray(value)) return listText(value);
  if (typeof value === 'string') return ok(value);
  const isWord = typeof value === 'number' || typeof value === 'boolean';
  return isWord ? ok(String(value)) : refuse('is an object, and a value is needed.');
}

function listText(values: readonly unknown[]): Result<string, string> {
  if (values.some((value) => typeof value === 'object')) return refuse('is a list of objects, and values are needed.');
  return ok(values.map((value) => `"${String(value).replaceAll('"', '')}"`).join(','));
}

function checkKind(record: Readonly<Record<string, unknown>>, cmdlet: Cmdlet): void {
  const kind = record['Kind'];
  if (typeof kind !== 'string') return;
  const noun = cmdlet.name.split('-')[1] ?? '';
  const taken = cmdlet.accepts ?? [noun, cmdlet.output?.kind ?? noun];
  if (taken.some((each) => each.toLowerCase() === kind.toLowerCase())) return;
  throw new CodedError('InputTypeMismatch', `an object of kind ${kind} arrived, and ${taken[0]} is taken here.`, {
    target: kind,
  });
}
