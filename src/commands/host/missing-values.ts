/** Mandatory values that were not given: asked for where a person is, one after the other. PowerShell's mandatory prompt. */
import { CodedError } from '../../primitives/errors.ts';
import type { BoundValues } from './binding.ts';
import type { Cmdlet, CmdletContext, Parameter, Parameters } from './cmdlet.ts';
import { filledIn, type Localize } from './localized-text.ts';
import { phrases } from './phrases.ts';
import type { Question } from './question.ts';

/** Names of mandatory parameters without a value, in the order of the definition. */
export const missingIn = (values: BoundValues, cmdlet: Cmdlet): readonly string[] =>
  Object.entries(cmdlet.parameters as Parameters)
    .filter(([name, { mandatory }]) => mandatory && values[name] === undefined)
    .map(([name]) => name);

/** @returns The values with those that were missing. @throws CodedError `MandatoryParameterMissing` naming all where nobody can be asked. */
export async function withMissingValues(
  values: BoundValues,
  cmdlet: Cmdlet,
  typed: string,
  context: CmdletContext,
): Promise<BoundValues> {
  const missing = missingIn(values, cmdlet);
  if (missing.length > 0 && !context.interactive) throw mandatoryMissing(missing, cmdlet, typed);
  // As PowerShell announces it.
  if (missing.length > 0) context.say(needed(cmdlet, missing, context));
  const completed: Record<string, unknown> = { ...values };
  for (const name of missing) {
    const parameter = (cmdlet.parameters as Parameters)[name];
    if (parameter) completed[name] = await askValue(name, parameter, context);
  }
  return completed;
}

function needed({ name }: Cmdlet, missing: readonly string[], { localize }: CmdletContext): string {
  return filledIn(localize(phrases.valuesNeeded), { cmdlet: name, names: missing.join(', ') });
}

async function askValue(name: string, parameter: Parameter<unknown>, context: CmdletContext): Promise<unknown> {
  const { type } = parameter;
  if (parameter.refusedBecause !== undefined) return await context.askSecret(name, true);
  const answer = (await context.ask(questionFor(name, parameter, context.localize))) ?? '';
  const parsed = type.parse(answer);
  if (!parsed.ok) throw new CodedError(type.refusal?.(answer) ?? 'CannotConvertArgument', `-${name}: ${parsed.error}`);
  return parsed.value;
}

function questionFor(name: string, { type, help }: Parameter<unknown>, localize: Localize): Question {
  const refuse = (answer: string): string | undefined => {
    const parsed = type.parse(answer);
    return parsed.ok && answer !== ''
      ? undefined
      : `${parsed.ok ? localize(phrases.valueNeeded) : parsed.error} ${localize(phrases.typeForHelp)}`;
  };
  const choices = type.kind === 'list' ? undefined : type.values?.map((value) => ({ value }));
  return { message: `${name} (${type.name})`, help, refuse, ...(choices ? { choices } : {}) };
}

/** @param typed - The command line so far; the fix is it with the missing values named. */
function mandatoryMissing(missing: readonly string[], cmdlet: Cmdlet, typed: string): CodedError {
  const parameters = cmdlet.parameters as Parameters;
  const names = missing.map((name) => `-${name}`).join(', ');
  const shown = missing.map((name) => ` -${name} <${parameters[name]?.type.name ?? 'value'}>`).join('');
  return new CodedError('MandatoryParameterMissing', `${names} ${missing.length === 1 ? 'is' : 'are'} missing.`, {
    reason: 'there is no terminal to ask on',
    fix: typed + shown,
    target: missing[0],
  });
}
