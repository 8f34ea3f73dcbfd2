/** The last page before something is done: every answer, every name with its reason, the command lines, and what to do with them. */
import { writeOutputFile } from '../../operations/output-file.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { pageCount } from './certificate-pages.ts';
import { type CommandLine, printedLine } from './perform-line.ts';
import { countingAnswers, step, type WizardPage, type WizardState } from './step-driver.ts';

export interface Summary {
  readonly pages: readonly WizardPage[];
  readonly state: WizardState;
  /** One a line, each with its reason. */
  readonly names: readonly string[];
  /** In the order in which they are performed. */
  readonly lines: readonly CommandLine[];
}

const summaryChoices = [
  { value: 'Request', meaning: 'Performs the command line above.' },
  { value: 'Edit step', meaning: 'Does one page again.' },
  { value: 'Save as script', meaning: 'Writes the command line into a file.' },
  { value: 'Cancel', meaning: 'Ends; nothing is changed.' },
];

/** @returns The state to go on asking from, or what was decided. */
export async function askSummary(
  { pages, state, names, lines }: Summary,
  context: CmdletContext,
): Promise<WizardState | 'request' | 'cancel'> {
  const script = lines.map((line) => printedLine(line, context));
  context.say('');
  context.say(`Step ${pageCount} of ${pageCount}: Certificate Request Summary  (Esc back, Ctrl-C cancel)`);
  const answers = Object.entries(countingAnswers(pages, state)).filter(([, answer]) => answer !== '');
  for (const [parameter, answer] of answers) context.say(`  ${parameter.padEnd(21)} ${answer}`);
  for (const name of names) context.say(name);
  context.say(`\n${script.join('\n')}\n`);
  const answer = await context.ask({
    message: 'What now',
    choices: summaryChoices,
    initial: 'Request',
    mayGoBack: true,
  });
  switch (answer) {
    case 'Request':
      return 'request';
    case 'Edit step':
      return step(pages, state, { type: 'edit', page: await askPage(pages, context) });
    case 'Save as script':
      await saveScript(script, context);
      return state;
    case undefined:
      return step(pages, state, { type: 'back' });
    default:
      return 'cancel';
  }
}

export const cancelled = (): CodedError =>
  new CodedError('Interrupted', 'cancelled at the summary; nothing was changed.');

async function askPage(pages: readonly WizardPage[], context: CmdletContext): Promise<number> {
  const choices = pages.map(({ title }) => ({ value: title }));
  const title = await context.ask({ message: 'Which page', choices, initial: choices[0]?.value ?? '' });
  return Math.max(
    0,
    choices.findIndex(({ value }) => value === title),
  );
}

async function saveScript(script: readonly string[], context: CmdletContext): Promise<void> {
  const initial = './request-certificate.sh';
  const file = await context.ask({ message: 'File for the script', initial, mayGoBack: true });
  if (file === undefined || file === '') return;
  if (context.whatIf) return context.say(`What if: ${file} would hold that.`);
  writeOutputFile(file, ['#!/bin/sh', ...script, ''].join('\n'), 0o644);
  context.say(`  ${file} written. Run it with: sh ${file}`);
}
