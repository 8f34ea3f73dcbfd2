/**
 * What is typed and shown in the management shell, copied into a file of its owner while somebody wants it. What a prompt draws
 * and draws again is left out, and so is what may be a secret.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

import { isCodedError, systemErrorCode } from '../../primitives/errors.ts';
import { withoutSecrets } from './secret-words.ts';

export interface Transcript {
  /** Where it goes; undefined: nobody wants one. */
  file(): string | undefined;
  /** @throws The system's error. */
  start(file: string, append: boolean): void;
  /** Ends it, if there is one. @returns The file. */
  stop(): string | undefined;
  /** A line as it stood on the screen. */
  typed(line: string): void;
  /** Nothing of what is shown meanwhile is recorded. */
  paused<T>(work: () => Promise<T>): Promise<T>;
}

interface Recording {
  readonly file: string;
  readonly descriptor: number;
}

/** A cursor that moves, or a line that is wiped. */
const isDrawing = /\u001b\[[0-9;?]*[A-HJKGhl]/;

export function transcriptOf({ stdout, stderr }: { readonly stdout: Writable; readonly stderr: Writable }): Transcript {
  let recording: Recording | undefined;
  let isPaused = false;
  let restore: (() => void) | undefined;

  const stop = (): string | undefined => {
    const { file, descriptor } = recording ?? {};
    recording = undefined;
    restore?.();
    if (descriptor !== undefined) closeSync(descriptor);
    return file;
  };
  const record = (text: string): void => {
    if (!recording || isPaused || isDrawing.test(text)) return;
    const { descriptor, file } = recording;
    try {
      writeSync(descriptor, stripVTControlCharacters(text));
    } catch (error) {
      if (isCodedError(error) || systemErrorCode(error) === undefined) throw error;
      stop();
      stderr.write(`WARNING: ${file} cannot be written any more (${systemErrorCode(error)}); the transcript ends.\n`);
    }
  };

  return {
    file: () => recording?.file,
    start(file, append) {
      recording = { file, descriptor: openSync(file, append ? 'a' : 'w', 0o600) };
      restore = recorded([stdout, stderr], record);
    },
    stop,
    typed: (line) => record(`${withoutSecrets(line)}\n`),
    async paused(work) {
      isPaused = true;
      return await work().finally(() => {
        isPaused = false;
      });
    },
  };
}

/** @returns What makes the streams as they were. */
function recorded(streams: readonly Writable[], record: (text: string) => void): () => void {
  const before = streams.map((stream) => ({ stream, write: stream.write }));
  for (const { stream, write } of before) {
    stream.write = ((chunk: unknown, ...rest: readonly unknown[]): boolean => {
      record(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString());
      return Reflect.apply(write, stream, [chunk, ...rest]) as boolean;
    }) as Writable['write'];
  }
  return () => {
    for (const { stream, write } of before) stream.write = write;
  };
}
