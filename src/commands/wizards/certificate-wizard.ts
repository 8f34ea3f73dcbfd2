/**
 * The certificate wizard: the deployment wizard's pages on a terminal. It asks, shows the command line that the answers amount to,
 * and performs exactly that line; with -WhatIf no key is made. Requests that wait for their certificate come first.
 */
import { writeOutputFile } from '../../operations/output-file.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { Cmdlet, CmdletContext } from '../host/cmdlet.ts';
import { commandLine } from '../host/command-line.ts';
import { certificateNames } from '../settings/new-certificate-request.ts';
import { requestTokens } from './certificate-command.ts';
import { type CertificateFacts, certificateFacts } from './certificate-facts.ts';
import { certificatePages, pageCount } from './certificate-pages.ts';
import { askTask, type Task, taskLine } from './certificate-tasks.ts';
import { bound, type CommandLine, performLine } from './perform-line.ts';
import {
  type Answers,
  backWord,
  countingAnswers,
  firstState,
  isComplete,
  noteAt,
  promptAt,
  step,
  type WizardPage,
  type WizardState,
} from './step-driver.ts';

/** Pages before those that are data. */
const numbering = { before: 1, all: pageCount };

/** @param request - Request-Certificate, whose file loads this one. @throws CodedError `MandatoryParameterMissing` off a terminal, `Interrupted` */
export async function certificateWizard(request: Cmdlet, context: CmdletContext): Promise<void> {
  if (!context.interactive) throw nobodyThere();
  for (;;) {
    const facts = certificateFacts(context.store.read(), openKeyStore(context.store.folder));
    context.say(`Step 1 of ${pageCount}: Available Certificate Tasks  (Ctrl-C cancel)`);
    const task = await askTask(facts, context);
    const isDone =
      task === 'create' ? await createRequest(request, facts, context) : await otherTask(task, facts, context);
    if (isDone) return;
  }
}

const nobodyThere = (): CodedError =>
  new CodedError('MandatoryParameterMissing', 'The certificate wizard asks, and nobody is there to answer.', {
    reason: '-Type, and -Output or -CA, are missing, and standard input or standard error is no terminal',
    fix: [
      'xgw request-certificate -New -Type ExternalEdge -Output edge.csr',
      'xgw request-certificate -New -Type ExternalEdge -CA local',
    ],
    target: 'Output',
  });

/** @returns Whether it was done; false when somebody went back to the tasks. */
async function otherTask(
  task: Exclude<Task, 'create'>,
  facts: CertificateFacts,
  context: CmdletContext,
): Promise<boolean> {
  const line = await taskLine(task, facts, context);
  if (line === undefined) return false;
  context.say(`\n${printed(line, context)}`);
  await performLine(line, context);
  return true;
}

async function createRequest(request: Cmdlet, facts: CertificateFacts, context: CmdletContext): Promise<boolean> {
  const lineFor = (answers: Answers): CommandLine => ({ cmdlet: request, tokens: requestTokens(answers) });
  const pages: readonly WizardPage[] = certificatePages(facts, (answers) => namesFor(lineFor(answers), context));
  let state: WizardState | undefined = firstState();
  for (;;) {
    state = await answered(pages, state, context);
    if (state === undefined) return false;
    const answers = countingAnswers(pages, state);
    const line = lineFor(answers);
    const next = await summary({ pages, state, line }, context);
    if (next !== 'request') {
      state = next;
      continue;
    }
    await performLine(line, context);
    if (!context.whatIf && answers['CA'] !== 'local') await offerView(context);
    return true;
  }
}

/** All questions from here to the summary. @returns undefined for somebody who went back beyond the first. */
async function answered(
  pages: readonly WizardPage[],
  from: WizardState,
  context: CmdletContext,
): Promise<WizardState | undefined> {
  let state = from;
  while (!isComplete(pages, state)) {
    const { header, question } = promptAt(pages, state, numbering);
    for (const line of header) context.say(line);
    const answer = await context.ask({ ...question, mayGoBack: true });
    const goesBack = answer === undefined || answer === backWord;
    if (goesBack && question.mayGoBack !== true) return undefined;
    const note = goesBack ? undefined : noteAt(pages, state, answer);
    if (note !== undefined) context.say(`  ${note}`);
    state = step(pages, state, goesBack ? { type: 'back' } : { type: 'answered', text: answer.trim() });
  }
  return state;
}

interface Summary {
  readonly pages: readonly WizardPage[];
  readonly state: WizardState;
  readonly line: CommandLine;
}

const printed = ({ cmdlet, tokens }: CommandLine, { whatIf }: CmdletContext): string =>
  commandLine(cmdlet.name, [...tokens, ...(whatIf ? ['-WhatIf'] : [])]);

const summaryChoices = [
  { value: 'Request', meaning: 'Performs the command line above.' },
  { value: 'Edit step', meaning: 'Does one page again.' },
  { value: 'Save as script', meaning: 'Writes the command line into a file.' },
  { value: 'Cancel', meaning: 'Ends; nothing is changed.' },
];

/** @returns The state to go on asking from, or that it is to be performed. */
async function summary({ pages, state, line }: Summary, context: CmdletContext): Promise<WizardState | 'request'> {
  context.say('');
  context.say(`Step ${pageCount} of ${pageCount}: Certificate Request Summary  (Esc back, Ctrl-C cancel)`);
  const answers = Object.entries(countingAnswers(pages, state)).filter(([, answer]) => answer !== '');
  for (const [parameter, answer] of answers) context.say(`  ${parameter.padEnd(21)} ${answer}`);
  for (const name of namesFor(line, context)) context.say(name);
  context.say(`\n${printed(line, context)}\n`);
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
      await saveScript(printed(line, context), context);
      return state;
    case undefined:
      return step(pages, state, { type: 'back' });
    default:
      throw new CodedError('Interrupted', 'cancelled at the summary; nothing was changed.');
  }
}

async function askPage(pages: readonly WizardPage[], context: CmdletContext): Promise<number> {
  const choices = pages.map(({ title }) => ({ value: title }));
  const title = await context.ask({ message: 'Which page', choices, initial: choices[0]?.value ?? '' });
  return Math.max(
    0,
    choices.findIndex(({ value }) => value === title),
  );
}

async function saveScript(line: string, context: CmdletContext): Promise<void> {
  const initial = './request-certificate.sh';
  const file = await context.ask({ message: 'File for the script', initial, mayGoBack: true });
  if (file === undefined || file === '') return;
  if (context.whatIf) return context.say(`What if: ${file} would hold that line.`);
  writeOutputFile(file, `#!/bin/sh\n${line}\n`, 0o644);
  context.say(`  ${file} written. Run it with: sh ${file}`);
}

/** The names a line asks for, one a line with its reason; or why it cannot. */
function namesFor(line: CommandLine, context: CmdletContext): readonly string[] {
  try {
    return certificateNames(bound(line).values, context).map(({ name, reason }) => `  ${name.padEnd(40)} ${reason}`);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [`  ${error.message} ${error.reason ?? ''}`.trimEnd()];
  }
}

/** The seed's last page: the request, decoded. */
async function offerView(context: CmdletContext): Promise<void> {
  const choices = [{ value: 'Finish' }, { value: 'View', meaning: 'Shows the request, read from the request itself.' }];
  const answer = await context.ask({ message: 'Certificate Request File', choices, initial: 'Finish' });
  if (answer !== 'View') return;
  const requests = Object.values(context.store.read().certificateRequests);
  const { requestLines } = await import('../settings/request-contents.ts');
  const last = requests.at(-1);
  if (last !== undefined) for (const line of requestLines(last.requestId, context)) context.say(line);
}
