/** A cmdlet that another one runs in its own process, and its neighbours in the pipe. */
import type { CodedError } from '../../primitives/errors.ts';

export interface BoundRun {
  /** -ErrorAction, where it was given. */
  readonly errorAction: string | undefined;
  /** Names of variables, with a `+` before them to add. */
  readonly errorVariable: string | undefined;
  readonly outVariable: string | undefined;
  /** @returns The exit code. Failures go to `pipe.report` first. */
  run(pipe: Pipe): Promise<number>;
}

/** The neighbours of a cmdlet that runs inside of another one. */
export interface Pipe {
  readonly input?: AsyncIterable<unknown>;
  emit(value: unknown): void;
  /** Whether what it emits goes to standard output as it is. */
  readonly isShown: boolean;
  readonly stopsAtFailure: boolean;
  readonly signal: AbortSignal;
  report(error: CodedError, isSilent?: boolean): void;
}
