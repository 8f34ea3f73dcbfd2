/** Values of expressions. */
import { CodedError } from '../../primitives/errors.ts';
import type { Interpreter } from './interpreter.ts';
import { applied } from './operators.ts';
import type { Block, Expression, Pipeline } from './syntax.ts';
import { collapsed, enumerated, hashtable, isTrue, itemOf, numberOf, propertyOf, textOf } from './values.ts';

export async function evaluate(expression: Expression, interpreter: Interpreter): Promise<unknown> {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'bare':
      return expression.text;
    case 'negative':
      return negative(await interpreter.value(expression.of));
    case 'variable':
      return variable(expression.name, interpreter);
    case 'expandable':
      return await expanded(expression.parts, interpreter);
    case 'property':
      return propertyOf(await interpreter.value(expression.of), expression.name);
    case 'list':
      return await all(expression.items, interpreter);
    case 'block':
      return interpreter.scriptBlock(expression.body, expression.text);
    case 'hashtable':
      return hashtable(await entriesOf(expression.entries, interpreter));
    case 'not':
      return !isTrue(await interpreter.value(expression.of));
    default:
      return await composed(expression, interpreter);
  }
}

async function composed(
  expression: Extract<Expression, { kind: 'binary' | 'sub' | 'array' | 'index' }>,
  interpreter: Interpreter,
): Promise<unknown> {
  if (expression.kind === 'binary') return await binary(expression, interpreter);
  if (expression.kind !== 'index') return await bracketed(expression, interpreter);
  return itemOf(await interpreter.value(expression.of), await interpreter.value(expression.index));
}

function variable(name: string, interpreter: Interpreter): unknown {
  if (name === '?') return interpreter.state.succeeded;
  if (name === 'lastexitcode') return interpreter.state.exitCode;
  if (name === '_') return interpreter.item ?? null;
  if (name === 'error') return interpreter.variables.get('error') ?? [];
  return interpreter.variables.get(name) ?? null;
}

async function expanded(parts: readonly (string | Expression)[], interpreter: Interpreter): Promise<string> {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : textOf(await interpreter.value(part));
  return text;
}

async function all(items: readonly Expression[], interpreter: Interpreter): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  for (const item of items) values.push(await interpreter.value(item));
  return values;
}

/** What a pipeline emits, as a list. */
export async function outputOf(run: (emit: (value: unknown) => void) => Promise<unknown>): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  await run((value) => values.push(value));
  return values;
}

async function entriesOf(entries: Extract<Expression, { kind: 'hashtable' }>['entries'], interpreter: Interpreter) {
  const values: (readonly [string, unknown])[] = [];
  for (const { key, value } of entries) {
    const name = textOf(await interpreter.value(key));
    if (values.some(([each]) => each.toLowerCase() === name.toLowerCase())) {
      throw new CodedError('ParameterAlreadyBound', `the hashtable has the key ${name} twice.`);
    }
    values.push([name, await pipelineValue(value, interpreter)]);
  }
  return values;
}

/** A value alone is itself: a list stays one list, and an empty one stays a list. */
export async function pipelineValue(pipeline: Pipeline, interpreter: Interpreter): Promise<unknown> {
  const [only] = pipeline.stages;
  if (pipeline.stages.length === 1 && only?.kind === 'expression') {
    interpreter.state.succeeded = true;
    return await interpreter.value(only.value);
  }
  return collapsed(await outputOf((emit) => interpreter.pipeline(pipeline, { emit, isShown: false })));
}

/** The body, when it is one expression. */
function onlyPipeline([statement, ...others]: Block): Pipeline | undefined {
  const [link, ...links] = statement?.kind === 'chain' ? statement.links : [];
  const stages = link?.pipeline.stages ?? [];
  const isOne = others.length === 0 && links.length === 0 && stages.length === 1;
  return isOne && stages[0]?.kind === 'expression' ? link?.pipeline : undefined;
}

async function bracketed({ kind, body }: Extract<Expression, { kind: 'sub' | 'array' }>, interpreter: Interpreter) {
  const pipeline = onlyPipeline(body);
  if (pipeline) {
    const value = await pipelineValue(pipeline, interpreter);
    return kind === 'array' ? enumerated(value) : value;
  }
  const values = await outputOf((emit) => interpreter.block(body, { emit, isShown: false }));
  return kind === 'array' ? values : collapsed(values);
}

function negative(value: unknown): number {
  const number = numberOf(value);
  if (number === undefined) throw new CodedError('CannotConvertArgument', `"${textOf(value)}" is no number.`);
  return -number;
}

async function binary(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  interpreter: Interpreter,
): Promise<unknown> {
  const first = await interpreter.value(left);
  if (operator === 'and') return isTrue(first) && isTrue(await interpreter.value(right));
  if (operator === 'or') return isTrue(first) || isTrue(await interpreter.value(right));
  return applied(operator, first, await interpreter.value(right));
}
