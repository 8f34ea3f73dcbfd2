/** Asks a person, on standard error. The only file that knows inquirer, which is loaded when the first question is asked. */
import { CodedError } from '../../primitives/errors.ts';
import type { Question } from './cmdlet.ts';
import { askHiddenPlain, askPlain, type PlainStreams } from './plain-prompt.ts';

export interface PromptStreams extends PlainStreams {
  /** Lines in place of a screen that is drawn again. */
  readonly plain: boolean;
}

/** @returns The answer, or undefined after Esc where that is allowed. @throws CodedError `Interrupted` after Ctrl-C. */
export async function ask(question: Question, streams: PromptStreams): Promise<string | undefined> {
  if (streams.plain) return await askPlain(question, streams);
  const { message, choices, initial } = question;
  const validate = (answer: string): true | string => {
    if (answer === '?' || answer === '!?') return question.help ?? 'There is no help for this question.';
    return question.refuse?.(answer) ?? true;
  };
  const common = { name: 'answer' as const, message, default: initial };
  const input = { ...common, type: 'input', validate, ...(question.edits === true ? { prefill: 'editable' } : {}) };
  if (!choices) return await answerTo(input, question.mayGoBack === true, streams);
  const named = choices.map(({ value, meaning }) => ({ value, name: value, description: meaning }));
  return await answerTo({ ...common, type: 'select', choices: named }, question.mayGoBack === true, streams);
}

/** Hidden input. An empty answer is refused. */
export async function askHidden(message: string, streams: PromptStreams): Promise<string> {
  if (streams.plain) return await askHiddenPlain(message, streams);
  const validate = (answer: string): true | string => answer !== '' || 'Nothing was typed.';
  return (await answerTo({ name: 'answer', type: 'password', mask: true, message, validate }, false, streams)) ?? '';
}

type InquirerQuestion = Readonly<Record<string, unknown>> & { readonly name: 'answer' };

async function answerTo(
  question: InquirerQuestion,
  mayGoBack: boolean,
  streams: PromptStreams,
): Promise<string | undefined> {
  const { default: inquirer } = await import('inquirer');
  const back = new AbortController();
  const onKey = (_text: unknown, key: { readonly name?: string } | undefined): void => {
    if (mayGoBack && key?.name === 'escape') back.abort();
  };
  const signal = AbortSignal.any([back.signal, streams.signal]);
  // Inquirer's types know only terminals of node:tty.
  const options = { input: streams.stdin, output: streams.stderr, signal } as object;
  streams.stdin.on('keypress', onKey);
  try {
    const answers = (await inquirer.createPromptModule(options)([question] as never)) as { readonly answer: string };
    return answers.answer;
  } catch (error) {
    if (back.signal.aborted) return undefined;
    const isStop = error instanceof Error && /^(ExitPrompt|AbortPrompt|CancelPrompt)Error$/.test(error.name);
    throw isStop ? new CodedError('Interrupted', 'stopped at a question; nothing was changed.') : error;
  } finally {
    streams.stdin.off('keypress', onKey);
    streams.stdin.pause();
  }
}
