/**
 * One update to one name server, over TCP alone: a repeated datagram would find its own work done, and fail its own demands
 * [RFC 2136 §6]. What comes back is bounded by the two bytes that say its length [RFC 7766 §8].
 */
import { connect } from 'node:net';
import { systemErrorCode } from '../../primitives/errors.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { words } from './dns-bytes.ts';

export interface NameServer {
  /** An address. */
  readonly host: string;
  readonly port: number;
}

export interface SendOptions {
  /** Milliseconds until the whole answer is there. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What went wrong, and whether the update may have been done all the same. */
export interface SendFailure {
  readonly reason: string;
  readonly wasSent: boolean;
}

export async function sendUpdate(
  message: Buffer,
  { host, port }: NameServer,
  { timeoutMs, signal }: SendOptions,
): Promise<Result<Buffer, SendFailure>> {
  return await new Promise((resolve) => {
    let received = Buffer.alloc(0);
    let wasSent = false;
    const socket = connect({ host, port, signal });
    const settle = (result: Result<Buffer, SendFailure>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const fail = (reason: string): void => settle(refuse({ reason, wasSent }));
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    socket.once('connect', () => {
      wasSent = true;
      socket.write(Buffer.concat([words(message.length), message]));
    });
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      const end = received.length < 2 ? undefined : 2 + received.readUInt16BE(0);
      if (end !== undefined && received.length >= end) settle(ok(received.subarray(2, end)));
    });
    socket.once('error', (error) => fail(systemErrorCode(error) ?? 'the connection failed'));
    socket.once('close', () => fail('the server closed the connection without an answer'));
  });
}
