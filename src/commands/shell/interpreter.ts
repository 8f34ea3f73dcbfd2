/** What runs a syntax tree: the variables of a session, and the rules that need each other. */
import type { CodedError } from '../../primitives/errors.ts';
import type { BoundRun } from '../host/pipe.ts';
import type { Block, Command, Expression, Pipeline } from './syntax.ts';
import type { ScriptBlock } from './values.ts';

export type Emit = (value: unknown) => void;

/** A failure on its way to the next `catch`, or to the end of the script. */
export class ScriptFailure extends Error {
  readonly error: CodedError;
  /** What failed, as error records name it. */
  readonly cmdlet: string;
  readonly exitCode: number;

  constructor(error: CodedError, cmdlet: string, exitCode: number) {
    super(error.message);
    this.error = error;
    this.cmdlet = cmdlet;
    this.exitCode = exitCode;
  }
}

/** `exit`, on its way out; without a code what was done before decides. */
export class ScriptExit extends Error {
  readonly code: number | undefined;

  constructor(code: number | undefined) {
    super('exit');
    this.code = code;
  }
}

/** What the language needs of the program around it. */
export interface Surroundings {
  /** Aborts on Ctrl-C. */
  signal(): AbortSignal;
  /** @throws CodedError for a name that is none, and for words that do not bind. */
  command(name: string, words: readonly string[], values: readonly unknown[]): RunnableCommand;
  /** A failure that nobody catches: it is told. */
  report(error: CodedError, cmdlet: string): void;
  /** As `$Error` and `$_` of a catch have it. */
  errorRecord(error: CodedError, cmdlet: string): object;
}

/** Bound, and not run yet. */
export interface RunnableCommand extends BoundRun {
  readonly cmdlet: string;
}

/** How a piece of code is run. */
export interface Frame {
  readonly emit: Emit;
  /** Whether what is emitted goes to standard output as it is. */
  readonly isShown: boolean;
}

/** What all code of one session shares and changes. */
export interface SessionState {
  /** `$?`: of the last pipeline. */
  succeeded: boolean;
  /** `$LASTEXITCODE`: of the last pipeline with a cmdlet. */
  exitCode: number;
  /** Exit codes of failures that were told and that nothing made good. */
  failed: number[];
  /** Chains that succeeded. */
  done: number;
  /** Rounds of all loops so far. */
  rounds: number;
  /** Where in the text the statement begins that runs. */
  at: number;
}

/** What differs from one piece of code to the next; the stages of a pipeline run side by side. */
export interface Surrounded {
  /** `$_` */
  readonly item: unknown;
  /** Whether a `catch` waits for failures. */
  readonly isTried: boolean;
}

export interface Interpreter extends Surrounded {
  readonly around: Surroundings;
  /** By name in lower case. */
  readonly variables: Map<string, unknown>;
  readonly state: SessionState;
  /** The same session, for code with another `$_`, or inside of a `try`. */
  within(changed: Partial<Surrounded>): Interpreter;
  value(expression: Expression): Promise<unknown>;
  /** @returns The exit code. */
  pipeline(pipeline: Pipeline, frame: Frame): Promise<number>;
  block(body: Block, frame: Frame): Promise<void>;
  scriptBlock(body: Block, text: string): ScriptBlock;
  words(command: Command): Promise<{ readonly words: readonly string[]; readonly values: readonly unknown[] }>;
}

/** The latest failures that `$Error` keeps. Source: $MaximumErrorCount of PowerShell. */
export const maxErrors = 256;

/** Tells of a failure that ends nothing further. */
export function tell(interpreter: Interpreter, { error, cmdlet, exitCode }: ScriptFailure): void {
  interpreter.state.failed.push(exitCode);
  interpreter.around.report(error, cmdlet);
}

export function remember(interpreter: Interpreter, record: object): void {
  const errors = (interpreter.variables.get('error') ?? []) as readonly unknown[];
  interpreter.variables.set('error', [record, ...errors].slice(0, maxErrors));
}
