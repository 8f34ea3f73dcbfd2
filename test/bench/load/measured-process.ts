/** A process on a core of its own, and what it costs: the load comes from the other core, so that neither waits for the other. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export interface MeasuredProcess {
  readonly child: ChildProcess;
  /** Microseconds of processor time so far, user and system, all threads. */
  cpuUs(): number;
  /** Bytes. */
  residentBytes(): number;
  /** SIGTERM, then its end. */
  stop(): Promise<void>;
}

const hasTwoCores = cpus().length > 1;
/** Clock ticks of /proc are 10 ms on every Linux that Node.js runs on (USER_HZ). */
const usPerTick = 10_000;

/** All threads of this process leave the first core to what is measured. */
export function onSecondCore(): void {
  if (hasTwoCores) execFileSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
}

/**
 * Starts node with these words on the first core, with a channel for messages. Who wants to see where the time
 * goes sets XGW_BENCH_NODE_FLAGS: `--cpu-prof --cpu-prof-dir=profiles`, say.
 */
export function startMeasured(words: readonly string[], env: NodeJS.ProcessEnv = process.env): MeasuredProcess {
  const flags = process.env['XGW_BENCH_NODE_FLAGS']?.split(' ') ?? [];
  const node = [process.execPath, ...flags, ...words];
  const [command = '', ...rest] = hasTwoCores ? ['taskset', '-c', '0', ...node] : node;
  const child = spawn(command, rest, {
    env,
    stdio: ['ignore', flags.length > 0 ? 'inherit' : 'ignore', 'inherit', 'ipc'],
  });
  const proc = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    child,
    cpuUs() {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * usPerTick;
    },
    residentBytes: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(proc('status'))?.[1]) * 1024,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** The next message of its channel. @throws When it ends instead. */
export const nextMessage = (child: ChildProcess): Promise<object> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the measured process ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as object);
    });
  });
