/** A stand-in for `process`: what a cmdlet is given, what it printed, and how it ended. */
import type { EventEmitter } from 'node:events';
import { createReadStream, openSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';

import type { Cmdlet } from '../../src/commands/host/cmdlet.ts';
import { main } from '../../src/commands/host/main.ts';
import type { HostProcess } from '../../src/commands/host/surroundings.ts';
import { refuseBug } from './no-bug.ts';

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  /** What arrives on standard input; undefined: nothing ever does. */
  readonly input?: string;
  /** A file that standard input is, as a shell redirects it. */
  readonly file?: string;
  /** Standard output and error are terminals. */
  readonly terminal?: boolean;
  /** Keys that a person presses: standard input is a terminal too. */
  readonly keys?: string;
  /** All cmdlets, for one that runs others. */
  readonly cmdlets?: readonly Cmdlet[];
  /** What happens to the process: its signals, and what nothing has caught. */
  readonly events?: EventEmitter;
  /** The test is about what a bug leaves behind. */
  readonly mayCrash?: boolean;
}

const script = path.resolve(import.meta.dirname, '../../bin/xgw');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a cmdlet in this process. `tokens` is what was typed after its name. */
export async function runCmdlet(cmdlet: Cmdlet, tokens: readonly string[], given: Given = {}): Promise<Ran> {
  // Inquirer ends its output, which for the real streams means nothing.
  const end = (): undefined => undefined;
  const stream = () => Object.assign(new PassThrough(), { isTTY: given.terminal === true, columns: 100, end });
  const [stdout, stderr] = [stream(), stream()];
  const texts = [stdout, stderr].map(collected);
  const code = await new Promise<number>((resolve) => {
    const host: HostProcess = {
      argv: ['node', script, cmdlet.name.toLowerCase(), ...tokens],
      execArgv: [],
      execPath: process.execPath,
      env: { TERM: 'xterm', SHELL: '/bin/bash', NO_COLOR: '1', XDG_CONFIG_HOME: '/dev/null/none', ...given.env },
      platform: 'linux',
      stdin: stdinOf(given, stderr),
      stdout,
      stderr,
      on: (event: string, listener: (error: unknown) => void) => given.events?.on(event, listener),
      exit: resolve,
    };
    void main(cmdlet, host, given.cmdlets);
  });
  const [out = '', err = ''] = texts.map((text) => text());
  if (given.mayCrash !== true) refuseBug(cmdlet.name, code, err, given.env?.['XGW_HOME']);
  return { code, stdout: out, stderr: err };
}

/** The keys are pressed when the question is on the screen: its drawing moves the cursor. */
function stdinOf({ input, file, keys }: Given, screen: PassThrough): HostProcess['stdin'] {
  if (file !== undefined) {
    const fd = openSync(file, 'r');
    return Object.assign(createReadStream('', { fd }), { fd });
  }
  if (input !== undefined) return Readable.from([Buffer.from(input)]);
  const stdin = Object.assign(new PassThrough(), { isTTY: keys !== undefined });
  let isPressed = keys === undefined;
  screen.on('data', (chunk: Buffer) => {
    if (isPressed || !chunk.includes('\u001b[')) return;
    isPressed = true;
    setImmediate(() => stdin.write(keys));
  });
  return stdin;
}

function collected(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
