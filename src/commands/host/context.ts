/** What a cmdlet may touch, made from its session. */
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';

import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import { openScreen } from '../screen/screen.ts';
import { readCatalogue } from './catalogue-file.ts';
import type { CmdletContext, OutputObject, ShellHost } from './cmdlet.ts';
import { laidOut } from './laid-out.ts';
import { ask, askHidden, askNewSecret, type PromptStreams } from './prompt.ts';
import { isCaptured, type Session } from './session.ts';
import { withShownDefaults } from './shown-defaults.ts';
import { isAccessible } from './surroundings.ts';

/** Milliseconds that objects for a table may wait for more of them. Source: PowerShell's Format-Table. */
const tableDelayMs = 300;

export function cmdletContext(session: Session): CmdletContext {
  const { cmdlet, common, host, messages, signal, process: processing, interactive, localize } = session;
  const streams = streamsOf(session);
  const write = delayedWrite(session);
  let shell: ShellHost | undefined;
  let input: Promise<Buffer> | undefined;
  return {
    get store() {
      return session.store();
    },
    cmdlet: cmdlet.name,
    whatIf: common.WhatIf === true,
    force: common.Force === true || common.Yes === true,
    passThru: common.PassThru === true || /^New-/i.test(cmdlet.name),
    quiet: common.Quiet === true,
    transcript: session.transcript,
    timeoutMs: timeoutMs(session),
    signal,
    hurry: () => session.hurry?.() ?? signal,
    interactive,
    localize,
    format: session.format,
    forPerson: !isCaptured(session, session.format) && /^(?:auto|table|list)$/.test(session.format),
    program: [host.execPath, ...host.execArgv, host.argv[1] ?? ''],
    now: () => new Date(),
    write,
    emit(value) {
      if (isOutputObject(value)) write(value);
      else session.writer.writeValue(value);
    },
    view: laidOut(session),
    writeText(text) {
      session.writer.flush();
      if (session.pipe) return session.pipe.emit(text.replace(/\n$/, ''));
      host.stdout.write(text === '' || text.endsWith('\n') ? text : `${text}\n`);
    },
    commit: async (change) => await processing.commit(change, session.store()),
    shouldProcess: async (target, action, impact) => await processing.shouldProcess(target, action, impact),
    readInput: async (file) => (file === '-' ? await (input ??= wholeInput(host.stdin)) : await wholeFile(file)),
    ...messages,
    async ask(question) {
      if (!interactive) throw nobodyThere(question.message);
      session.writer.flush();
      return await ask(question, streams);
    },
    async askSecret(question, isNew) {
      if (!interactive) throw nobodyThere(question);
      return await (isNew ? askNewSecret : askHidden)(question, streams);
    },
    openScreen: () => (mayDraw(session) ? openScreen(host) : undefined),
    accessible: isAccessible(host.env),
    catalogue: () => withShownDefaults(readCatalogue(host.argv[1] ?? ''), session.settings),
    endWith: (code) => void Object.assign(session.ending, { code }),
    get shell() {
      return (shell ??= session.shell?.(session));
    },
  };
}

const streamsOf = ({ host: { stdin, stderr, env }, signal, localize }: Session): PromptStreams => ({
  stdin,
  stderr,
  signal,
  plain: isAccessible(env),
  localize,
});

/** Somebody sits at both ends, and the terminal can be drawn on again. */
const mayDraw = ({ host, interactive, pipe }: Session): boolean =>
  interactive &&
  pipe === undefined &&
  host.stdout.isTTY === true &&
  host.env['TERM'] !== 'dumb' &&
  !isAccessible(host.env);

const isOutputObject = (value: unknown): value is OutputObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function timeoutMs({ common, host }: Session): number | undefined {
  const seconds = common.Timeout ?? Number.parseInt(host.env['XGW_TIMEOUT'] ?? '', 10);
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}

/** A table is laid out when the cmdlet has been silent for a while, so that one which follows a log shows what it has. */
function delayedWrite({ writer }: Session): CmdletContext['write'] {
  let timer: NodeJS.Timeout | undefined;
  return (object) => {
    writer.write(object);
    clearTimeout(timer);
    timer = setTimeout(() => writer.flush(), tableDelayMs).unref();
  };
}

const nobodyThere = (question: string): CodedError =>
  new CodedError('MandatoryParameterMissing', `${question}: there is nobody to ask.`, {
    reason: 'standard input or standard error is no terminal, or CI, XGW_NONINTERACTIVE or -NonInteractive is set',
  });

/** Bytes of one input. */
const maxInput = 64 * 1024 * 1024;

async function wholeInput(stdin: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > maxInput) throw new CodedError('InputUnreadable', `more than ${maxInput} bytes arrived.`);
  }
  return Buffer.concat(chunks);
}

async function wholeFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new CodedError('FileNotFound', `${file} cannot be read.`, {
      reason: code === 'ENOENT' ? 'there is no such file' : code,
      target: file,
      cause: error,
    });
  }
}
