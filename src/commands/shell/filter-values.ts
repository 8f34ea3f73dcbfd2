/** What filters take: script blocks, names of properties, and values to compare with; as typed words from any shell, or as values in the management shell. */
import { CodedError } from '../../primitives/errors.ts';
import { ok, refuse } from '../../primitives/result.ts';
import { type Cmdlet, type CmdletDefinition, defineCmdlet, type Parameters, type ValueType } from '../host/cmdlet.ts';
import { itemsOf } from '../host/list-change.ts';
import { newInterpreter } from './new-interpreter.ts';
import { parseScript } from './parse-script.ts';
import type { Block } from './syntax.ts';
import { faultError } from './syntax-fault.ts';
import { enumerated, propertyOf, ScriptBlock, textOf } from './values.ts';

/** A cmdlet that gets everything the pipe brings, and hands on what it likes. */
export const defineFilter = <P extends Parameters>(
  definition: Omit<CmdletDefinition<P>, 'run'> & Required<Pick<CmdletDefinition<P>, 'filter'>>,
): Cmdlet => defineCmdlet({ ...definition, run: async () => undefined });

/** `{ $_.PartnerType -eq "Federated" }` of any shell. @throws CodedError */
function blockFromText(text: string): ScriptBlock {
  const parsed = parseScript(text);
  if (!parsed.ok) throw faultError(parsed.error, text);
  return newInterpreter(aloneWith(text)).scriptBlock(onlyBlock(parsed.value, text), text);
}

function onlyBlock(script: Block, text: string): Block {
  const [statement] = script;
  const [link] = statement?.kind === 'chain' ? statement.links : [];
  const [stage] = link?.pipeline.stages ?? [];
  if (script.length === 1 && stage?.kind === 'expression' && stage.value.kind === 'block') return stage.value.body;
  throw faultError(
    { id: 'SyntaxError', message: 'one script block in braces is needed.', at: 0, isIncomplete: false },
    text,
  );
}

/** A block between processes has values and no cmdlets. */
const aloneWith = (text: string) => ({
  signal: () => new AbortController().signal,
  command(name: string): never {
    throw new CodedError(
      'UnsupportedSyntax',
      `a block runs no cmdlets outside of the management shell, and this one runs ${name}.`,
      {
        fix: `xgw invoke-pipeline '... | foreach-object ${text.replaceAll("'", '"').slice(0, 200)}'`,
      },
    );
  },
  report(error: CodedError): never {
    throw error;
  },
  errorRecord: ({ id, message }: CodedError) => ({ Id: id, Message: message, Kind: 'ErrorRecord' }),
});

/** A script block, or the name of a property. */
export const blockOrProperty: ValueType<ScriptBlock | string> = {
  name: 'Property|{ }',
  kind: 'value',
  parse: (text) => (text.trimStart().startsWith('{') ? ok(blockFromText(text.trim())) : ok(text)),
  take: (value) =>
    value instanceof ScriptBlock || typeof value === 'string'
      ? ok(value)
      : refuse('a script block or a name is needed.'),
};

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['$null', null],
  ['$true', true],
  ['$false', false],
]);

/** A text, or one of `$true`, `$false` and `$null`. */
export const anyValue: ValueType<{ readonly value: unknown }> = {
  name: 'Value',
  kind: 'value',
  parse: (text) => ok({ value: words.has(text.toLowerCase()) ? words.get(text.toLowerCase()) : text }),
  take: (value) => ok({ value }),
};

export const anyList: ValueType<readonly unknown[]> = {
  name: 'List<Value>',
  kind: 'list',
  parse: (text) => ok(itemsOf(text)),
  take: (value) => ok(enumerated(value)),
};

/** Names of properties. */
export const propertyNames: ValueType<readonly string[]> = {
  name: 'List<String>',
  kind: 'list',
  parse: (text) => ok(itemsOf(text)),
  take(value) {
    const names = enumerated(value);
    return names.every((name) => typeof name === 'string')
      ? ok(names)
      : refuse('properties are named; computed ones are not known here.');
  },
};

/** @returns The value of the block for the item, or of its property. */
export const valueOf = async (by: ScriptBlock | string, item: unknown): Promise<unknown> =>
  typeof by === 'string' ? propertyOf(item, by) : await by.valueFor(item);

/** Items in memory at one time. */
export const maxKept = 1_000_000;

/** Everything that arrives. @throws CodedError `ScriptLimitReached` */
export async function kept(input: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of input) {
    items.push(item);
    if (items.length > maxKept) throw new CodedError('ScriptLimitReached', `more than ${maxKept} objects arrived.`);
  }
  return items;
}

/** Properties as one key, for groups and for what is unique. */
export const keyOf = (values: readonly unknown[]): string =>
  JSON.stringify(values.map((value) => textOf(value).toLowerCase()));
