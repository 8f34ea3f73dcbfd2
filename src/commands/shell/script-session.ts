/** Scripts on the cmdlets of this program: read and checked whole, then run, with variables that last as long as the session. */
import { strict as assert } from 'node:assert';

import { CodedError } from '../../primitives/errors.ts';
import type { CmdletContext, ShellHost } from '../host/cmdlet.ts';
import { exitCodeOf } from '../host/exit-code.ts';
import { isSet } from '../host/surroundings.ts';
import { checkScript } from './check-script.ts';
import { type CommandTable, commandTable } from './command-table.ts';
import { type Interpreter, ScriptExit, ScriptFailure, type Surroundings } from './interpreter.ts';
import { newInterpreter } from './new-interpreter.ts';
import { parseScript } from './parse-script.ts';
import type { Block } from './syntax.ts';
import { faultError, placeOf } from './syntax-fault.ts';

export interface ScriptSession {
  readonly table: CommandTable;
  readonly shell: ShellHost;
  readonly variables: ReadonlyMap<string, unknown>;
  /**
   * @param name - Of the file, for what is said about a fault in it.
   * @throws CodedError `UnsupportedSyntax`, `SyntaxError`, `CmdletNotFound`, `NamedParameterNotFound` before a line is run.
   */
  run(text: string, name?: string): Promise<Ended>;
}

export interface Ended {
  /** By `exit`, by a failure that stops, or undefined: at the end of the text. */
  readonly by: 'exit' | 'failure' | undefined;
  readonly code: number | undefined;
  /** Exit codes of what failed and was told. */
  readonly failed: readonly number[];
  readonly done: number;
}

export function openScriptSession(context: CmdletContext): ScriptSession {
  const { shell } = context;
  assert(shell, 'the bundle of this cmdlet carries no others');
  const table = commandTable(shell.cmdlets);
  const running = { text: '', signal: context.signal };
  const interpreter = newInterpreter(surroundingsOf(shell, table, running, () => interpreter));
  if (shell.errorAction !== undefined) interpreter.variables.set('erroractionpreference', shell.errorAction);
  const strict = isSet(shell.host.env, 'XGW_STRICT');
  return {
    table,
    shell,
    variables: interpreter.variables,
    async run(text, name) {
      const parsed = parseScript(text);
      if (!parsed.ok) throw faultError(parsed.error, text, name);
      const fault = checkScript(parsed.value, text, { table, parametersOf: shell.parametersOf, strict });
      if (fault) throw faultError(fault, text, name);
      return await shell.interruptible(async (signal) => {
        Object.assign(running, { text, signal });
        Object.assign(interpreter.state, { failed: [], done: 0, rounds: 0 });
        return await runScript(parsed.value, interpreter, context);
      });
    },
  };
}

interface Running {
  readonly text: string;
  readonly signal: AbortSignal;
}

function surroundingsOf(
  shell: ShellHost,
  table: CommandTable,
  running: Running,
  interpreter: () => Interpreter,
): Surroundings {
  return {
    signal: () => running.signal,
    command(name, words, values) {
      const cmdlet = table.find(name);
      if (!cmdlet) throw new CodedError('CmdletNotFound', `'${name}' is not a cmdlet.`, { fix: 'xgw get-command' });
      return { cmdlet: cmdlet.name, ...bound(shell.bind(cmdlet, words, values)) };
    },
    report: (error, cmdlet) =>
      shell.report(error, cmdlet, placeOf(running.text, interpreter().state.at).text.trim().slice(0, 500)),
    errorRecord: shell.errorRecord,
  };
}

/** The same, without the prototype of anything. */
const bound = ({ errorAction, errorVariable, outVariable, run }: ReturnType<ShellHost['bind']>) => ({
  errorAction,
  errorVariable,
  outVariable,
  run,
});

async function runScript(script: Block, interpreter: Interpreter, context: CmdletContext): Promise<Ended> {
  const { state, around } = interpreter;
  const ended = (by: Ended['by'], code?: number): Ended => ({ by, code, failed: state.failed, done: state.done });
  try {
    for (const statement of script) {
      await interpreter.block([statement], { emit: (value) => context.emit(value), isShown: true });
      context.shell?.restartOutput();
    }
    return ended(undefined);
  } catch (error) {
    if (error instanceof ScriptExit) return ended('exit', error.code);
    if (!(error instanceof ScriptFailure)) throw error;
    context.shell?.restartOutput();
    Object.assign(state, { succeeded: false, exitCode: error.exitCode });
    around.report(error.error, error.cmdlet);
    return ended('failure', error.exitCode);
  }
}

/** Runs a text as a whole program, and ends with what came of it. @throws CodedError */
export async function runAsProgram(text: string, context: CmdletContext, name?: string): Promise<void> {
  const { by, code, failed, done } = await openScriptSession(context).run(text, name);
  const [first] = failed;
  if (by !== undefined && code !== undefined) return context.endWith(code);
  if (first === undefined) return;
  if (done === 0) return context.endWith(failed.every((each) => each === first) ? first : exitCodeOf('partial'));
  throw new CodedError(
    'PartialFailure',
    `${failed.length} of ${done + failed.length} commands failed; ${done} were done.`,
  );
}
