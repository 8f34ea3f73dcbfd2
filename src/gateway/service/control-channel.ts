/**
 * How cmdlets speak to the running gateway: JSON-RPC on a Unix socket in the store's `run` folder, 0700, so that only
 * the owner of the store can ask. A failure crosses as a CodedError with its id, reason and fix.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { createMessageConnection, ResponseError, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';

import { CodedError, isCodedError, systemErrorCode } from '../../primitives/errors.ts';
import { type FailureId, failures } from '../../primitives/failures.ts';

/** Answers one method. What it throws reaches the caller: a CodedError whole, anything else as a bug of ours. */
export type ControlHandler = (parameter: unknown) => unknown;

export interface ControlServer {
  /** Questions that have arrived are answered first, within a second. */
  close(): Promise<void>;
}

/** Bytes of a socket path that every Unix takes (sockaddr_un holds 108 on Linux, 104 elsewhere). */
const maxSocketPath = 100;
/** Milliseconds that a question under way may delay the end. */
const answerOnCloseMs = 1000;
const socketName = 'control.sock';
/** JSON-RPC error code of a CodedError; the details are in `data`. */
const codedErrorCode = -32_001;

/** @param runFolder - Must exist. A socket that a killed gateway left behind is replaced. */
export async function serveControl(
  runFolder: string,
  handlers: Readonly<Record<string, ControlHandler>>,
): Promise<ControlServer> {
  const open = new Set<net.Socket>();
  const answers = new Set<Promise<unknown>>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
    for (const [method, handler] of Object.entries(handlers)) {
      connection.onRequest(method, (parameter: unknown) => {
        const answer = answering(handler, parameter);
        answers.add(answer);
        void answer.then(drop, drop);
        function drop(): void {
          answers.delete(answer);
        }
        return answer;
      });
    }
    connection.listen();
  });
  rmSync(path.join(runFolder, socketName), { force: true });
  await throughShortPath(runFolder, (address) => listen(server, address));

  return {
    async close() {
      await Promise.race([Promise.allSettled(answers), setTimeout(answerOnCloseMs, undefined, { ref: false })]);
      // The library writes an answer in a later turn of the event loop than the handler's.
      await new Promise((resolve) => setImmediate(resolve));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.end();
      await closed;
    },
  };
}

async function answering(handler: ControlHandler, parameter: unknown): Promise<unknown> {
  try {
    return (await handler(parameter)) ?? null;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const { id, message, reason, fix, target } = error;
    throw new ResponseError(codedErrorCode, message, { id, reason, fix, target });
  }
}

/**
 * Asks the running gateway.
 *
 * @param timeoutMs - Milliseconds for connecting and the answer together.
 * @throws CodedError `ServiceNotRunning` when nobody answers there, `ServiceTimeout`, and what the handler threw.
 */
export async function callControl(
  runFolder: string,
  method: string,
  call: { readonly parameter?: unknown; readonly timeoutMs: number },
): Promise<unknown> {
  const socket = await throughShortPath(runFolder, connect);
  const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  const answered = new AbortController();
  try {
    connection.listen();
    const late = setTimeout(call.timeoutMs, undefined, { signal: answered.signal }).then(() => {
      throw tooLate(method, call.timeoutMs);
    });
    late.catch(() => undefined);
    const gone = new Promise<never>((_, reject) => {
      connection.onClose(() => reject(notRunning('it closed the connection before it answered')));
    });
    return await Promise.race([connection.sendRequest(method, call.parameter ?? null), late, gone]);
  } catch (error) {
    throw codedErrorFrom(error);
  } finally {
    answered.abort();
    connection.dispose();
    socket.destroy();
  }
}

function connect(address: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => reject(notRunning(systemErrorCode(error) ?? error.message)));
  });
}

function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // After that: whoever asks is told by the connection that fails.
    server.listen(address, () => resolve(void server.on('error', () => undefined)));
  });
}

/** A path that is too long for a socket address is reached through a descriptor of its folder. */
async function throughShortPath<T>(runFolder: string, use: (address: string) => Promise<T>): Promise<T> {
  const address = path.join(runFolder, socketName);
  if (Buffer.byteLength(address) <= maxSocketPath || process.platform !== 'linux') return use(address);
  let descriptor: number;
  try {
    descriptor = openSync(runFolder, 'r');
  } catch (error) {
    throw notRunning(systemErrorCode(error) ?? 'its folder cannot be opened');
  }
  try {
    return await use(`/proc/self/fd/${descriptor}/${socketName}`);
  } finally {
    closeSync(descriptor);
  }
}

function codedErrorFrom(error: unknown): unknown {
  if (!(error instanceof ResponseError) || error.code !== codedErrorCode) return error;
  const { id, reason, fix, target } = error.data as { id: string; reason?: string; fix?: string[]; target?: string };
  if (!Object.hasOwn(failures, id)) return error;
  return new CodedError(id as FailureId, error.message, { reason, fix, target });
}

const notRunning = (reason: string): CodedError =>
  new CodedError('ServiceNotRunning', 'The gateway service XMPPGW is not running.', {
    reason,
    fix: 'xgw start-service',
  });

const tooLate = (method: string, ms: number): CodedError =>
  new CodedError('ServiceTimeout', `The gateway did not answer "${method}" within ${ms / 1000} s.`, {
    fix: 'xgw get-eventlog -Tail 20',
  });
