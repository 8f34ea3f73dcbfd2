/**
 * Questions as plain lines, for screen readers and for terminals that cannot be repainted: choices are numbered, an answer is a
 * line, and nothing on the screen changes after it was written. The terminal edits the line; `<` goes back, since a line has no Esc.
 */
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

import { CodedError } from '../../primitives/errors.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { filledIn, type Localize } from './localized-text.ts';
import { phrases } from './phrases.ts';
import type { Question } from './question.ts';

export interface PlainStreams {
  readonly stdin: Readable & { setRawMode?(isRaw: boolean): unknown };
  readonly stderr: Writable;
  /** Aborts the question. */
  readonly signal: AbortSignal;
  readonly localize: Localize;
}

/** What is typed in place of Esc. */
const backWord = '<';

/** @returns The answer, or undefined for somebody who goes back where that is allowed. @throws CodedError `Interrupted` at the end of input and after Ctrl-C */
export async function askPlain(question: Question, streams: PlainStreams): Promise<string | undefined> {
  const choices = (question.choices ?? []).filter(({ value }) => value !== backWord);
  const say = (line: string): void => void streams.stderr.write(`${line}\n`);
  say(visibleText(question.message));
  choices.forEach(({ value, meaning }, index) =>
    say(`  ${index + 1}  ${visibleText(value)}${meaning === undefined ? '' : `: ${visibleText(meaning)}`}`),
  );
  for (;;) {
    streams.stderr.write(promptOf(question, choices, streams.localize));
    const typed = (await readLine(streams)).trim();
    if (typed === backWord && question.mayGoBack === true) return undefined;
    const answer = typed === '' ? (question.initial ?? '') : typed;
    const chosen = choices.length === 0 ? answer : choiceOf(answer, choices);
    const refusal = refusalOf(typed, chosen, question, streams.localize);
    if (refusal === undefined) return chosen;
    say(`  ${refusal}`);
  }
}

/** Hidden: nothing of what is typed is shown. An empty answer is refused. */
export async function askHiddenPlain(message: string, streams: PlainStreams): Promise<string> {
  const { localize } = streams;
  for (;;) {
    streams.stderr.write(`${filledIn(localize(phrases.notShown), { question: visibleText(message) })} `);
    streams.stdin.setRawMode?.(true);
    const typed = await readLine(streams).finally(() => streams.stdin.setRawMode?.(false));
    streams.stderr.write('\n');
    if (typed !== '') return typed;
    streams.stderr.write(`  ${localize(phrases.nothingTyped)}\n`);
  }
}

type Choices = NonNullable<Question['choices']>;

function promptOf({ initial, mayGoBack, help }: Question, choices: Choices, localize: Localize): string {
  const number = choices.findIndex(({ value }) => value === initial) + 1;
  const preset = choices.length === 0 ? initial : number === 0 ? undefined : String(number);
  const keys = [
    ...(help === undefined ? [] : [localize(phrases.helpKey)]),
    ...(mayGoBack === true ? [filledIn(localize(phrases.backKey), { word: backWord })] : []),
  ];
  const what = [localize(choices.length === 0 ? phrases.answer : phrases.number), ...keys].join(', ');
  return `${what}${preset === undefined || preset === '' ? '' : ` [${visibleText(preset)}]`}: `;
}

/** By its number, or by its word in any case. */
const choiceOf = (answer: string, choices: Choices): string | undefined =>
  (choices[Number(answer) - 1] ?? choices.find(({ value }) => value.toLowerCase() === answer.toLowerCase()))?.value;

function refusalOf(
  typed: string,
  chosen: string | undefined,
  question: Question,
  localize: Localize,
): string | undefined {
  if (typed === '?' || typed === '!?') return question.help ?? localize(phrases.noHelp);
  if (chosen === undefined) return localize(phrases.noneOfTheNumbers);
  return question.choices === undefined ? question.refuse?.(chosen) : undefined;
}

const control = { interrupt: '\u0003', endOfText: '\u0004', backspace: /[\u0008\u007f]/, lineEnd: /[\r\n]/ };
/** Characters of one answer. */
const maxLine = 65_536;

/** One line; what came after it is left for the next question. In raw mode nobody else edits it. */
async function readLine({ stdin, signal }: PlainStreams): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let typed = '';
  return await new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      stdin.off('data', take).off('end', stopped);
      signal.removeEventListener('abort', stopped);
      stdin.pause();
      settle();
    };
    const stopped = (): void =>
      end(() => reject(new CodedError('Interrupted', 'stopped at a question; nothing was changed.')));
    const take = (bytes: Buffer): void => {
      const read = edited(typed, decoder.write(bytes));
      typed = read.line;
      if (read.isStopped) return stopped();
      if (read.rest === undefined && typed.length < maxLine) return;
      end(() => {
        if (read.rest) stdin.unshift(Buffer.from(read.rest));
        resolve(typed);
      });
    };
    stdin.on('data', take).once('end', stopped);
    signal.addEventListener('abort', stopped, { once: true });
    if (signal.aborted) stopped();
    else stdin.resume();
  });
}

interface Edited {
  readonly line: string;
  /** What came after the end of the line; undefined: it has not ended. */
  readonly rest?: string;
  readonly isStopped?: true;
}

/** The line after these keys. */
function edited(before: string, keys: string): Edited {
  const line = Array.from(before);
  for (const [index, key] of Array.from(keys).entries()) {
    if (key === control.interrupt || key === control.endOfText) return { line: '', isStopped: true };
    if (control.lineEnd.test(key)) {
      const rest = Array.from(keys)
        .slice(index + 1)
        .join('');
      return { line: line.join(''), rest: key === '\r' ? rest.replace(/^\n/, '') : rest };
    }
    if (control.backspace.test(key)) line.pop();
    else line.push(key);
  }
  return { line: line.join('') };
}
