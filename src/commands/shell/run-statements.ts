/** Statements, one after the other. A failure ends its statement; what it ends beyond that, `try` and $ErrorActionPreference say. */
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { exitCodeOf } from '../host/exit-code.ts';
import { outputOf, pipelineValue } from './evaluate.ts';
import { type Frame, type Interpreter, remember, ScriptExit, ScriptFailure, tell } from './interpreter.ts';
import { combined } from './operators.ts';
import { prefersStop } from './run-pipeline.ts';
import type { Block, Chain, Statement } from './syntax.ts';
import { collapsed, enumerated, isTrue, numberOf } from './values.ts';

/** @throws ScriptFailure for what ends more than a statement; ScriptExit. */
export async function runBlock(body: Block, frame: Frame, interpreter: Interpreter): Promise<void> {
  for (const statement of body) await attempted(interpreter, () => runStatement(statement, frame, interpreter));
}

/** What could not be evaluated or bound ends the work, and more only where failures stop. @returns Whether it was done. */
async function attempted(interpreter: Interpreter, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const failure = new ScriptFailure(error, 'xgw', exitCodeOf(error.category));
    remember(interpreter, interpreter.around.errorRecord(error, failure.cmdlet));
    Object.assign(interpreter.state, { succeeded: false, exitCode: failure.exitCode });
    if (interpreter.isTried || prefersStop(interpreter)) throw failure;
    tell(interpreter, failure);
    return false;
  }
}

async function runStatement(statement: Statement, frame: Frame, interpreter: Interpreter): Promise<void> {
  interpreter.state.at = statement.at;
  switch (statement.kind) {
    case 'chain':
      return await runChain(statement, frame, interpreter);
    case 'assignment':
      return await assign(statement, interpreter);
    case 'if':
      return await runIf(statement, frame, interpreter);
    case 'foreach':
      return await runForeach(statement, frame, interpreter);
    case 'try':
      return await runTry(statement, frame, interpreter);
    default:
      throw new ScriptExit(await exitCode(statement, interpreter));
  }
}

/** What `||` makes good is no failure of the script. */
async function runChain({ links }: Chain, frame: Frame, interpreter: Interpreter): Promise<void> {
  const { state } = interpreter;
  let succeeds = true;
  let failuresBefore = state.failed.length;
  for (const { after, pipeline } of links) {
    if (after !== undefined && succeeds !== (after === '&&')) continue;
    if (after === '||') state.failed.length = failuresBefore;
    failuresBefore = state.failed.length;
    const isRun = await attempted(interpreter, () => interpreter.pipeline(pipeline, frame));
    succeeds = isRun && state.succeeded;
  }
  if (succeeds) state.done += 1;
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

async function assign({ name, operator, value }: Of<'assignment'>, interpreter: Interpreter): Promise<void> {
  const [only] = value.links;
  const run = (emit: (each: unknown) => void) => runChain(value, { emit, isShown: false }, interpreter);
  const isSingle = value.links.length === 1 && only !== undefined;
  const given = isSingle ? await pipelineValue(only.pipeline, interpreter) : collapsed(await outputOf(run));
  if (isSingle && interpreter.state.succeeded) interpreter.state.done += 1;
  const before = interpreter.variables.get(name);
  interpreter.variables.set(name, operator === '=' ? given : combined('+', before, given));
}

async function runIf({ branches, otherwise }: Of<'if'>, frame: Frame, interpreter: Interpreter): Promise<void> {
  for (const { condition, body } of branches) {
    if (isTrue(await pipelineValue(condition, interpreter))) return await runBlock(body, frame, interpreter);
  }
  if (otherwise) await runBlock(otherwise, frame, interpreter);
}

/** Rounds of all loops of one script, together. */
export const maxRounds = 100_000;

async function runForeach({ name, over, body }: Of<'foreach'>, frame: Frame, interpreter: Interpreter): Promise<void> {
  for (const item of enumerated(await pipelineValue(over, interpreter))) {
    interpreter.state.rounds += 1;
    if (interpreter.state.rounds > maxRounds) {
      const message = `the loops of a script go around ${maxRounds} times at most.`;
      throw new ScriptFailure(new CodedError('ScriptLimitReached', message), 'xgw', exitCodeOf('invalid'));
    }
    interpreter.variables.set(name, item);
    await runBlock(body, frame, interpreter);
  }
}

async function runTry(
  { body, failed, finally: last }: Of<'try'>,
  frame: Frame,
  interpreter: Interpreter,
): Promise<void> {
  try {
    await interpreter.within(failed ? { isTried: true } : {}).block(body, frame);
  } catch (error) {
    if (!failed || !(error instanceof ScriptFailure) || error.error.id === 'Interrupted') throw error;
    const record = interpreter.around.errorRecord(error.error, error.cmdlet);
    await interpreter.within({ item: record }).block(failed, frame);
  } finally {
    if (last) await runBlock(last, frame, interpreter);
  }
}

/** 1 is what a crash ends with, so nothing chooses it. */
async function exitCode({ code }: Of<'exit'>, interpreter: Interpreter): Promise<number | undefined> {
  if (!code) return undefined;
  const given = numberOf(await interpreter.value(code));
  if (given !== undefined && Number.isInteger(given) && given >= 0 && given <= 255 && given !== 1) return given;
  throw new CodedError('InvalidValue', 'exit takes a number from 0 to 255, and not 1, which means a crash of xgw.', {
    fix: 'xgw get-help about_exitcodes',
  });
}
