/** A program under test control: its output is kept, waiting is bounded, and nothing outlives the test that started it. */
import { type ChildProcess, spawn } from 'node:child_process';

import { afterEach } from '@jest/globals';

export interface RunningProcess {
  readonly pid: number;
  /** One line for its standard input; only where it was started with one. */
  type(line: string): void;
  /** What it wrote to standard output and error so far. */
  output(): string;
  /** Resolves with the first match in the output. @throws When it has ended, or `ms` milliseconds have passed, without one. */
  waitFor(pattern: RegExp, ms?: number): Promise<RegExpExecArray>;
  /** Its exit code; null when a signal ended it. */
  readonly finished: Promise<number | null>;
  /** Whether it ends by itself within `ms` milliseconds. */
  endsWithin(ms: number): Promise<boolean>;
  /** Asks it to end, and ends it after `ms` milliseconds. */
  stop(ms?: number): Promise<void>;
  /** Ends it, and all it has started, without giving it time for anything. */
  kill(): Promise<void>;
}

/** Milliseconds a test waits for a peer: far more than any needs on a loaded machine. */
const patience = 60_000;

const started = new Set<RunningProcess>();

export interface ProcessOptions {
  /** It reads commands from its standard input. Default: there is none. */
  readonly input?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export function startProcess(
  program: string,
  args: readonly string[],
  cwd: string,
  { input = false, env = process.env }: ProcessOptions = {},
): RunningProcess {
  // A group of its own: a peer of several processes ends as a whole, and leaves nobody behind who keeps its output open.
  const child = spawn(program, args, { cwd, env, stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'], detached: true });
  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => signalGroup(child.pid, name);
  let output = '';
  let hasEnded = false;
  const listeners = new Set<() => void>();
  const changed = (): void => listeners.forEach((listener) => listener());
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      changed();
    });
  }
  const finished = exitOf(child).finally(() => {
    hasEnded = true;
    started.delete(running);
    changed();
  });

  const running: RunningProcess = {
    pid: child.pid ?? 0,
    type: (line) => void child.stdin?.write(`${line}\n`),
    output: () => output,
    finished,
    waitFor(pattern, ms = patience) {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(output);
          if (match !== null) settle(() => resolve(match));
          else if (hasEnded) settle(() => reject(new Error(`${program} ended without ${pattern}:\n${output}`)));
        };
        const timer = setTimeout(
          () => settle(() => reject(new Error(`${program} never showed ${pattern}:\n${output}`))),
          ms,
        );
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          listeners.delete(check);
          act();
        };
        listeners.add(check);
        check();
      });
    },
    async endsWithin(ms) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), ms);
      });
      const ended = await Promise.race([finished.then(() => true), late]);
      clearTimeout(timer);
      return ended;
    },
    async kill() {
      if (!hasEnded) signal('SIGKILL');
      await finished;
    },
    async stop(ms = patience) {
      if (hasEnded) return;
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), ms);
      await finished;
      clearTimeout(timer);
    },
  };
  started.add(running);
  return running;
}

function signalGroup(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // It has ended by itself.
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
}

afterEach(async () => {
  await Promise.all([...started].map((running) => running.stop(5000)));
});
