/** The interactive management shell: a prompt, lines that go on while something is open, and errors that end nothing but the line. */
import { strict as assert } from 'node:assert';
import os from 'node:os';

import { isCodedError } from '../../primitives/errors.ts';
import type { Sources } from '../completion/complete.ts';
import { describeDefinitions } from '../completion/describe-definitions.ts';
import { storedNames } from '../completion/stored-names.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { isAccessible } from '../host/surroundings.ts';
import { completions } from './completion.ts';
import { type History, openHistory } from './history.ts';
import { LineReader, type ReadLine } from './line-reader.ts';
import { parseScript } from './parse-script.ts';
import { openScriptSession, type ScriptSession } from './script-session.ts';

/** What people type in other shells. */
const habits = new Map([
  ['?', 'help'],
  ['quit', 'exit'],
  ['logout', 'exit'],
]);

/** Ends with `exit`, Ctrl-D, or the end of the terminal. */
export async function runConsole(context: CmdletContext): Promise<void> {
  const { shell } = context;
  assert(shell, 'the bundle of this cmdlet carries no others');
  const { host } = shell;
  const session = openScriptSession(context);
  const history = openHistory(shell.folder);
  const reader = new LineReader({
    host,
    plain: isAccessible(host.env) || host.env['TERM'] === 'dumb',
    complete: completer(session),
  });
  context.hint('help shows the cmdlets, Tab completes, exit ends.');
  for (;;) {
    const text = await readText(reader, history, context);
    if (text === 'end') return;
    if (text === 'abandoned' || text.line.trim() === '') continue;
    const line = habits.get(text.line.trim().toLowerCase()) ?? text.line;
    const ended = await runLine(line, session, reader);
    if (ended) return context.endWith(ended.code ?? 0);
  }
}

function completer({ shell, variables }: ScriptSession): (line: string) => readonly [readonly string[], string] {
  let sources: Sources | undefined;
  return (line) => {
    sources ??= {
      definitions: describeDefinitions(shell.cmdlets),
      stored: (kind) => storedNames(kind, shell.folder),
    };
    return completions(line, sources, [...variables.keys()]);
  };
}

/** One line, and more of them while a quote, a brace or a pipe is open. */
async function readText(reader: LineReader, history: History, context: CmdletContext): Promise<ReadLine> {
  let text = '';
  for (;;) {
    const prompt = text === '' ? promptOf(context) : '>> ';
    const read = await interruptibleRead(reader, prompt, history, context);
    if (typeof read === 'string') return read;
    history.add(read.line);
    context.shell?.transcript.typed(prompt + read.line);
    text += (text === '' ? '' : '\n') + read.line;
    const parsed = parseScript(text);
    if (parsed.ok || !parsed.error.isIncomplete) return { line: text };
  }
}

const interruptibleRead = async (reader: LineReader, prompt: string, history: History, { shell }: CmdletContext) =>
  (await shell?.transcript.paused(
    async () => await shell.interruptible((signal) => reader.read(prompt, history.lines, signal)),
  )) ?? 'end';

/** `[XGW edge01 rev 41]> `; without a revision where the store cannot be read. */
function promptOf(context: CmdletContext): string {
  const machine = os.hostname().split('.')[0] ?? '';
  try {
    return `[XGW ${machine} rev ${context.store.read().revision}]> `;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return `[XGW ${machine}]> `;
  }
}

/** @returns Set when the shell shall end. */
async function runLine(text: string, session: ScriptSession, reader: LineReader) {
  try {
    const ended = await session.run(text);
    if (ended.by === 'failure') reader.forget();
    return ended.by === 'exit' ? ended : undefined;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    session.shell.report(error, 'xgw', text);
    reader.forget();
    return undefined;
  }
}
