/**
 * Starting the gateway as a process of its own: the caller gets the word "ready" when the listeners accept and the
 * store's revision is loaded, or the cause why not, from the new process itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';

import type { GatewayStatus } from '../../gateway/gateway-status.ts';
import { CodedError } from '../../primitives/errors.ts';
import { type FailureId, failures } from '../../primitives/failures.ts';
import { lastEvents } from '../../store/event-log-reader.ts';
import { storeDenied } from '../../store/store-denied.ts';
import { prepareStoreFolder, requireWritable } from '../../store/store-folder.ts';

/** What the new process tells its starter, once; every cmdlet tells its failure. */
export type StartMessage =
  | { readonly ready: GatewayStatus }
  | {
      readonly failed: {
        readonly id: FailureId;
        readonly message: string;
        readonly reason?: string | undefined;
        readonly fix: readonly string[];
        readonly target?: string | undefined;
      };
    };

/** The new process speaks to its starter; to nobody when it was started by hand or by a service manager. */
export const starter = () => ({
  isHeard: process.send !== undefined,
  tellReady: (ready: GatewayStatus): void => void process.send?.({ ready } satisfies StartMessage),
});

export interface StartOrder {
  readonly storeFolder: string;
  /** The command that runs this program: node and its script. */
  readonly program: readonly string[];
  /** Milliseconds until the gateway must be ready. */
  readonly timeoutMs: number;
  /** Seconds that it waits for what is under way when it gets SIGTERM; absent: its default. */
  readonly drainSeconds?: number | undefined;
}

/**
 * @throws CodedError what kept the gateway from starting (`ListenerInUse`, `CertificateMissing`, `SipDomainMissing`, ...),
 * `ServiceStartFailed` when it died without a word, `ServiceTimeout`; in each case no process is left behind.
 */
export async function startInBackground(order: StartOrder): Promise<GatewayStatus> {
  const { storeFolder, timeoutMs } = order;
  const child = launch(order, 'ipc');
  try {
    const message = await firstMessage(child, storeFolder, timeoutMs);
    if ('ready' in message) return message.ready;
    const { id, message: text, ...details } = message.failed;
    throw new CodedError(Object.hasOwn(failures, id) ? id : 'ServiceStartFailed', text, details);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** Starts the process and does not wait for it. What it prints beside its log goes to `log/gateway.out`. */
export function launch({ storeFolder, program, drainSeconds }: StartOrder, word: 'ipc' | 'ignore'): ChildProcess {
  const [node = process.execPath, ...script] = program;
  const output = openOutput(storeFolder);
  try {
    const drain = drainSeconds === undefined ? [] : ['-DrainTimeout', String(drainSeconds)];
    return spawn(node, [...script, 'start-service', '-Foreground', ...drain, '-ConfigStore', storeFolder], {
      cwd: storeFolder,
      detached: true,
      stdio: ['ignore', output, output, word],
    });
  } finally {
    closeSync(output);
  }
}

/** @throws CodedError `StoreDenied`, `StoreFull` */
function openOutput(storeFolder: string): number {
  const file = path.join(storeFolder, 'log', 'gateway.out');
  prepareStoreFolder(storeFolder);
  requireWritable(storeFolder);
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, 'a', 0o600);
  } catch (error) {
    throw storeDenied(file, error);
  }
}

function firstMessage(child: ChildProcess, storeFolder: string, timeoutMs: number): Promise<StartMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate(storeFolder, timeoutMs)), timeoutMs);
    child.once('message', (message) => settle(() => resolve(message as StartMessage)));
    child.once('error', (error) => settle(() => reject(diedSilently(error.message, storeFolder))));
    child.once('exit', (code, signal) => settle(() => reject(diedSilently(ending(code, signal), storeFolder))));
    const settle = (conclude: () => void): void => {
      clearTimeout(timer);
      conclude();
    };
  });
}

const ending = (code: number | null, signal: string | null): string =>
  signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;

const diedSilently = (how: string, storeFolder: string): CodedError =>
  new CodedError('ServiceStartFailed', 'The gateway did not start.', {
    reason: how,
    excerpt: lastLines(storeFolder),
    fix: ['xgw get-eventlog -Tail 20', 'xgw start-service -Foreground'],
  });

const tooLate = (storeFolder: string, timeoutMs: number): CodedError =>
  new CodedError('ServiceTimeout', `The gateway was not ready within ${timeoutMs / 1000} s.`, {
    reason: 'its last words are above',
    excerpt: lastLines(storeFolder),
    fix: 'xgw get-eventlog -Tail 20',
  });

/** Lines of the event log that a start shows when it fails. Source: the cmdlet catalogue. */
const shownLines = 10;

const lastLines = (storeFolder: string): readonly string[] =>
  lastEvents(storeFolder, shownLines).map(({ time, level, message }) => `    ${time} ${level} ${message}`);
