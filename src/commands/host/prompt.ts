/** Asks a person, on standard error. The only file that knows inquirer, which is loaded when the first question is asked. */
import { CodedError } from '../../primitives/errors.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { filledIn } from './localized-text.ts';
import { phrases } from './phrases.ts';
import { askHiddenPlain, askPlain, type PlainStreams } from './plain-prompt.ts';
import { localizedQuestion, type Question } from './question.ts';

export interface PromptStreams extends PlainStreams {
  /** Lines in place of a screen that is drawn again. */
  readonly plain: boolean;
}

/** @returns The answer, or undefined after Esc where that is allowed. @throws CodedError `Interrupted` after Ctrl-C. */
export async function ask(asked: Question, streams: PromptStreams): Promise<string | undefined> {
  const question = localizedQuestion(asked, streams.localize);
  if (streams.plain) return await askPlain(question, streams);
  for (;;) {
    const answer = await answerOrHelp(question, streams);
    if (!isHelp(answer)) return answer;
    streams.stderr.write(`  ${visibleText(question.help ?? streams.localize(phrases.noHelp))}\n`);
  }
}

/** PowerShell's `!?`, and what everybody else tries. */
const isHelp = (answer: string | undefined): boolean => answer === '?' || answer === '!?';

async function answerOrHelp(question: Question, streams: PromptStreams): Promise<string | undefined> {
  const { message, choices, initial, mayGoBack = false, edits = false } = question;
  const common = { name: 'answer' as const, message, default: initial };
  if (choices) {
    const named = choices.map(({ value, meaning }) => ({ value, name: value, description: meaning }));
    return await answerTo({ ...common, type: 'select', choices: named }, { mayGoBack, helps: true }, streams);
  }
  const validate = (answer: string): true | string => isHelp(answer) || (question.refuse?.(answer) ?? true);
  const input = { ...common, type: 'input', validate, ...(edits ? { prefill: 'editable' } : {}) };
  return await answerTo(input, { mayGoBack }, streams);
}

/** Hidden input. An empty answer is refused. */
export async function askHidden(message: string, streams: PromptStreams): Promise<string> {
  if (streams.plain) return await askHiddenPlain(message, streams);
  const validate = (answer: string): true | string => answer !== '' || streams.localize(phrases.nothingTyped);
  return (
    (await answerTo(
      { name: 'answer', type: 'password', mask: false, toggleMask: false, message, validate },
      {},
      streams,
    )) ?? ''
  );
}

/** How often two entries may differ. */
const maxAttempts = 3;

/** Hidden input, typed twice. @throws CodedError `InvalidValue` for somebody whose entries go on to differ */
export async function askNewSecret(message: string, streams: PromptStreams): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const secret = await askHidden(message, streams);
    if ((await askHidden(filledIn(streams.localize(phrases.again), { question: message }), streams)) === secret)
      return secret;
    if (attempt === maxAttempts) throw new CodedError('InvalidValue', 'the two entries differ.');
    streams.stderr.write(`  ${streams.localize(phrases.entriesDiffer)}\n`);
  }
}

type InquirerQuestion = Readonly<Record<string, unknown>> & { readonly name: 'answer' };

interface Keys {
  /** Esc ends the question without an answer. */
  readonly mayGoBack?: boolean;
  /** `?` is an answer where nothing can be typed. */
  readonly helps?: boolean;
}

async function answerTo(
  question: InquirerQuestion,
  { mayGoBack = false, helps = false }: Keys,
  streams: PromptStreams,
): Promise<string | undefined> {
  const { default: inquirer } = await import('inquirer');
  const [back, help] = [new AbortController(), new AbortController()];
  const onKey = (text: unknown, key: { readonly name?: string } | undefined): void => {
    if (mayGoBack && key?.name === 'escape') back.abort();
    if (helps && text === '?') help.abort();
  };
  const signal = AbortSignal.any([back.signal, help.signal, streams.signal]);
  // Inquirer's types know only terminals of node:tty.
  const options = { input: streams.stdin, output: streams.stderr, signal } as object;
  streams.stdin.on('keypress', onKey);
  try {
    const answers = (await inquirer.createPromptModule(options)([question] as never)) as { readonly answer: string };
    return answers.answer;
  } catch (error) {
    if (back.signal.aborted) return undefined;
    if (help.signal.aborted) return '?';
    const isStop = error instanceof Error && /^(ExitPrompt|AbortPrompt|CancelPrompt)Error$/.test(error.name);
    throw isStop ? new CodedError('Interrupted', 'stopped at a question; nothing was changed.') : error;
  } finally {
    streams.stdin.off('keypress', onKey);
    streams.stdin.pause();
  }
}
