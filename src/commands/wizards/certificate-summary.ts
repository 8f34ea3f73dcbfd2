/** The last page before something is done: every answer, every name with its reason, the command lines, and what to do with them. */

import { writeOutputFile } from '../../operations/output-file.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { filledIn } from '../host/localized-text.ts';
import { phrases } from '../host/phrases.ts';
import { pageCount } from './certificate-pages.ts';
import { type CommandLine, printedLine } from './perform-line.ts';
import { countingAnswers, lastHeading, step, type WizardPage, type WizardState } from './step-driver.ts';

export interface Summary {
  readonly pages: readonly WizardPage[];
  readonly state: WizardState;
  /** One a line, each with its reason. */
  readonly names: readonly string[];
  /** In the order in which they are performed. */
  readonly lines: readonly CommandLine[];
}

const summaryChoices = [
  { value: 'Request', meaning: phrases.performsTheLine },
  { value: 'Edit step', meaning: phrases.doesOnePageAgain },
  { value: 'Save as script', meaning: phrases.writesTheLine },
  { value: 'Cancel', meaning: phrases.endsUnchanged },
];

/** @returns The state to go on asking from, or what was decided. */
export async function askSummary(
  { pages, state, names, lines }: Summary,
  context: CmdletContext,
): Promise<WizardState | 'request' | 'cancel'> {
  const script = lines.map((line) => printedLine(line, context));
  context.say('');
  context.say(lastHeading(pageCount, phrases.requestSummary, context));
  const answers = Object.entries(countingAnswers(pages, state)).filter(([, answer]) => answer !== '');
  for (const [parameter, answer] of answers) context.say(`  ${parameter.padEnd(21)} ${answer}`);
  for (const name of names) context.say(name);
  context.say(`\n${script.join('\n')}\n`);
  const answer = await context.ask({
    message: phrases.whatNow,
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
  const choices = pages.map(({ title }) => ({ value: context.localize(title) }));
  const title = await context.ask({ message: phrases.whichPage, choices, initial: choices[0]?.value ?? '' });
  return Math.max(
    0,
    choices.findIndex(({ value }) => value === title),
  );
}

async function saveScript(script: readonly string[], context: CmdletContext): Promise<void> {
  const initial = './request-certificate.sh';
  const file = await context.ask({ message: phrases.fileForTheScript, initial, mayGoBack: true });
  if (file === undefined || file === '') return;
  const { localize, whatIf } = context;
  if (whatIf) return context.say(filledIn(localize(phrases.scriptWouldHold), { file }));
  writeOutputFile(file, ['#!/bin/sh', ...script, ''].join('\n'), 0o644);
  context.say(`  ${filledIn(localize(phrases.scriptWritten), { file, line: `sh ${file}` })}`);
}
