/** One pipeline: all of its commands are bound before the first one runs, and objects go from each to the next as they come. */
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { exitCodeOf } from '../host/exit-code.ts';
import { type Frame, type Interpreter, type RunnableCommand, remember, ScriptFailure, tell } from './interpreter.ts';
import type { Pipeline } from './syntax.ts';
import { enumerated, textOf } from './values.ts';

/** @returns The exit code of the first command that failed. @throws ScriptFailure where a failure ends more than this pipeline. */
export async function runPipeline({ stages }: Pipeline, frame: Frame, interpreter: Interpreter): Promise<number> {
  const signal = interpreter.around.signal();
  if (signal.aborted) throw new ScriptFailure(interrupted(), 'xgw', exitCodeOf('interrupted'));
  const codes: number[] = [];
  let source: AsyncIterable<unknown> | undefined;
  const commands: RunnableCommand[] = [];
  for (const stage of stages) {
    if (stage.kind === 'expression') source = once(enumerated(await interpreter.value(stage.value)));
    else commands.push(await bound(stage, interpreter));
  }
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1;
    source = outputOf(command, { input: source, isShown: isLast && frame.isShown, codes, interpreter });
  }
  for await (const value of source ?? once([])) frame.emit(value);
  const code = codes.find((each) => each !== 0) ?? 0;
  interpreter.state.succeeded = code === 0;
  if (commands.length > 0) interpreter.state.exitCode = code;
  return code;
}

async function bound(command: Extract<Pipeline['stages'][number], { kind: 'command' }>, interpreter: Interpreter) {
  const { words, values } = await interpreter.words(command);
  return interpreter.around.command(command.name, words, values);
}

const interrupted = (): CodedError => new CodedError('Interrupted', 'stopped by Ctrl-C.');

async function* once(values: readonly unknown[]): AsyncGenerator {
  yield* values;
}

interface Stage {
  readonly input: AsyncIterable<unknown> | undefined;
  readonly isShown: boolean;
  /** Exit codes of the commands that have ended. */
  readonly codes: number[];
  readonly interpreter: Interpreter;
}

/** Runs the command while its output is read; who reads no further ends it. */
async function* outputOf(command: RunnableCommand, stage: Stage): AsyncGenerator {
  const queue = new OutputQueue();
  const errors: object[] = [];
  const returned: unknown[] = [];
  const enough = new AbortController();
  const { input, isShown, interpreter } = stage;
  const { around } = interpreter;
  const stopsAtFailure = stopsAt(command, interpreter);
  let failure: ScriptFailure | undefined;
  const report = (error: CodedError, isSilent = false): void => {
    if (enough.signal.aborted) return;
    const record = around.errorRecord(error, command.cmdlet);
    errors.push(record);
    remember(interpreter, record);
    const failed = new ScriptFailure(error, command.cmdlet, exitCodeOf(error.category));
    failure ??= failed;
    if (!stopsAtFailure && !isSilent && error.id !== 'Interrupted') tell(interpreter, failed);
  };
  const emit = (value: unknown): void => {
    if (command.outVariable !== undefined) returned.push(value);
    queue.push(value);
  };
  const signal = AbortSignal.any([around.signal(), enough.signal]);
  const pipe = { emit, isShown, stopsAtFailure, signal, report, ...(input ? { input } : {}) };
  const ended = command.run(pipe).catch(refused(report)).finally(queue.close);
  ended.catch(() => undefined);
  try {
    yield* queue.values();
    stage.codes.push(await ended);
  } finally {
    enough.abort();
    store(command.errorVariable, errors, interpreter);
    store(command.outVariable, returned, interpreter);
  }
  // Ctrl-C ends all that runs, whatever the preference is.
  if (failure && (stopsAtFailure || failure.error.id === 'Interrupted')) throw failure;
}

/** What does not even begin is a failure like another; what is no failure passes through. */
const refused =
  (report: (error: CodedError) => void) =>
  (error: unknown): number => {
    if (!isCodedError(error)) throw error;
    report(error);
    return exitCodeOf(error.category);
  };

/** Inside of `try` every failure is for the catch, unless the command says otherwise. */
function stopsAt({ errorAction }: RunnableCommand, interpreter: Interpreter): boolean {
  if (errorAction !== undefined) return errorAction === 'Stop';
  return interpreter.isTried || prefersStop(interpreter);
}

/** $ErrorActionPreference */
export const prefersStop = ({ variables }: Interpreter): boolean =>
  /^stop$/i.test(textOf(variables.get('erroractionpreference')));

/** `+name` adds to what the variable has. */
function store(variable: string | undefined, values: readonly unknown[], { variables }: Interpreter): void {
  if (variable === undefined) return;
  const name = variable.replace(/^\+/, '').replace(/^\$/, '').toLowerCase();
  variables.set(name, variable.startsWith('+') ? [...enumerated(variables.get(name)), ...values] : values);
}

/** What a command has emitted and nobody has read yet. */
class OutputQueue {
  #waiting: unknown[] = [];
  #isClosed = false;
  #wake: () => void = () => undefined;

  push(value: unknown): void {
    this.#waiting.push(value);
    this.#wake();
  }

  readonly close = (): void => {
    this.#isClosed = true;
    this.#wake();
  };

  async *values(): AsyncGenerator {
    for (;;) {
      const values = this.#waiting;
      this.#waiting = [];
      yield* values;
      if (this.#waiting.length > 0) continue;
      if (this.#isClosed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
