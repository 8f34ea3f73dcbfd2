/** Texts become values: by the types of the parameters, and from the records of a pipe by value or by property name. */
import { CodedError } from '../../primitives/errors.ts';
import type { FailureId } from '../../primitives/failures.ts';
import type { Cmdlet, Parameter, Parameters } from './cmdlet.ts';
import type { InputRecord } from './pipeline-input.ts';
import type { GivenTexts } from './program.ts';
import { textFor, textOf, valueIn } from './typed-values.ts';

export type BoundValues = Readonly<Record<string, unknown>>;

/**
 * @param typed - The values which words of the management shell stand for.
 * @throws CodedError in place of the first text that its type refuses; the target is the text.
 */
export function bindTexts(texts: GivenTexts, parameters: Parameters, typed: readonly unknown[] = []): BoundValues {
  const values: Record<string, unknown> = {};
  for (const [name, text] of texts) {
    const parameter = parameters[name];
    if (!parameter) continue;
    if (parameter.refusedBecause !== undefined) throw secretOnCommandLine(name, parameter);
    const given = typeof text === 'boolean' ? undefined : valueIn(text, typed);
    if (given) values[name] = bindValue(name, parameter, given.value);
    else values[name] = typeof text === 'boolean' ? text : convert(name, parameter, text);
  }
  return values;
}

/** A value of the shell or of a file for a parameter. @throws CodedError */
export function bindValue(name: string, parameter: Parameter<unknown>, value: unknown): unknown {
  if (parameter.refusedBecause !== undefined) throw secretOnCommandLine(name, parameter);
  const taken = parameter.type.take?.(value);
  if (!taken) return convert(name, parameter, textFor(name, parameter, value));
  if (taken.ok) return taken.value;
  throw new CodedError('CannotConvertArgument', `-${name}: ${taken.error}`);
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

export const secretOnCommandLine = (
  name: string,
  parameter: Parameter<unknown> | undefined,
  fix?: string,
): CodedError =>
  new CodedError('SecretOnCommandLine', `-${name} is not taken from the command line.`, {
    reason: `${parameter?.refusedBecause ?? ''} Clear the shell history: the secret is in it.`,
    fix,
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
