/**
 * The certificate wizard: the deployment wizard's pages on a terminal. It asks, shows the command line that the answers amount to,
 * and performs exactly that line; with -WhatIf no key is made. Requests that wait for their certificate come first.
 */

import { newSipDomain } from '../../operations/sip-domains.ts';
import { parseDomainName } from '../../primitives/domain-name.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import { certificateNames } from '../certificate/new-certificate-request.ts';
import type { Cmdlet, CmdletContext } from '../host/cmdlet.ts';
import { contextWith } from '../host/context-with.ts';
import { filledIn } from '../host/localized-text.ts';
import { phrases } from '../host/phrases.ts';
import newSipDomainCmdlet from '../new-sip-domain.ts';
import { newDomainAnswer, requestTokens } from './certificate-command.ts';
import { type CertificateFacts, certificateFacts } from './certificate-facts.ts';
import { certificatePages, pageCount } from './certificate-pages.ts';
import { askSummary, cancelled } from './certificate-summary.ts';
import { askTask, type Task, taskLine } from './certificate-tasks.ts';
import { type KeptAnswers, keptAnswers } from './kept-answers.ts';
import { bound, type CommandLine, performLine, printedLine } from './perform-line.ts';
import {
  type Answers,
  backWord,
  countingAnswers,
  firstState,
  isComplete,
  noteAt,
  promptAt,
  resumedState,
  step,
  type WizardPage,
  type WizardState,
} from './step-driver.ts';

/** Pages before those that are data. */
const numbering = { before: 1, all: pageCount };

/** @param request - Request-Certificate, whose file loads this one. @throws CodedError `MandatoryParameterMissing` off a terminal, `Interrupted` */
export async function certificateWizard(request: Cmdlet, context: CmdletContext): Promise<void> {
  if (!context.interactive) throw nobodyThere();
  const kept = keptAnswers('request-certificate', context);
  const left = await kept.offered();
  let answers: Answers = left ?? {};
  for (let resumes = left !== undefined; ; resumes = false) {
    const facts = certificateFacts(context.store.read(), openKeyStore(context.store.folder));
    const task = resumes ? 'create' : await tasks(facts, context);
    if (task !== 'create') {
      if (await otherTask(task, facts, context)) return;
      continue;
    }
    const outcome = await createRequest({ request, facts, kept, answers, resumes }, context);
    if (outcome === 'done') return;
    answers = outcome;
  }
}

async function tasks(facts: CertificateFacts, context: CmdletContext): Promise<Task> {
  const { localize } = context;
  const values = { page: 1, pages: pageCount, title: localize(phrases.certificateTasks) };
  context.say(`${filledIn(localize(phrases.step), values)}  ${localize(phrases.keysAtFirst)}`);
  return await askTask(facts, context);
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
  context.say(`\n${printedLine(line, context)}`);
  await performLine(line, context);
  return true;
}

interface Creation {
  readonly request: Cmdlet;
  readonly facts: CertificateFacts;
  readonly kept: KeptAnswers;
  /** Of an earlier time. */
  readonly answers: Answers;
  /** They are not asked again. */
  readonly resumes: boolean;
}

/** @returns The answers so far for somebody who went back to the tasks. */
async function createRequest(creation: Creation, context: CmdletContext): Promise<'done' | Answers> {
  const { facts, kept, answers: before } = creation;
  const names = (answers: Answers) => namesFor(requestLine(creation, answers), imagined(answers, context));
  const pages: readonly WizardPage[] = certificatePages(facts, names, context.localize);
  let state: WizardState = creation.resumes ? resumedState(pages, before) : firstState(before);
  for (;;) {
    const next = await answered(pages, state, kept, context);
    if (!isComplete(pages, next)) return next.answers;
    const answers = countingAnswers(pages, next);
    const lines = linesFor(creation, answers);
    const decided = await askSummary({ pages, state: next, names: names(answers), lines }, context);
    if (typeof decided !== 'string') {
      state = decided;
      continue;
    }
    if (decided === 'request') await perform(lines, answers, context);
    kept.forget();
    if (decided === 'cancel') throw cancelled();
    if (!context.whatIf && answers['CA'] !== 'local') await offerView(context);
    return 'done';
  }
}

const requestLine = ({ request, facts }: Creation, answers: Answers): CommandLine => ({
  cmdlet: request,
  tokens: requestTokens(answers, facts),
});

function linesFor(creation: Creation, answers: Answers): readonly CommandLine[] {
  const domain = answers[newDomainAnswer] ?? '';
  const creates = domain === '' ? [] : [{ cmdlet: newSipDomainCmdlet as Cmdlet, tokens: [domain] }];
  return [...creates, requestLine(creation, answers)];
}

/** The object of a domain that is made on the way would stand in the way of the request's. */
async function perform(lines: readonly CommandLine[], answers: Answers, context: CmdletContext): Promise<void> {
  const last = lines.at(-1);
  if (!context.whatIf) context.say(phrases.executing);
  const silent = contextWith(context, { write: () => undefined });
  for (const line of lines.slice(0, -1)) await performLine(line, silent);
  if (last !== undefined) await performLine(last, context.whatIf ? imagined(answers, context) : context);
}

/** The same surroundings, as if the SIP domain that is to be created were there. */
function imagined(answers: Answers, context: CmdletContext): CmdletContext {
  const domain = parseDomainName(answers[newDomainAnswer] ?? '');
  if (!domain.ok) return context;
  const { store } = context;
  const wanted = { identity: domain.value, isDefault: true };
  const read = () => newSipDomain(store.read(), wanted, 'leave');
  return contextWith(context, { store: { ...store, read } });
}

/** All questions from here to the summary. @returns Not complete for somebody who went back beyond the first. */
async function answered(
  pages: readonly WizardPage[],
  from: WizardState,
  kept: KeptAnswers,
  context: CmdletContext,
): Promise<WizardState> {
  let state = from;
  while (!isComplete(pages, state)) {
    const { localize } = context;
    const { header, question } = promptAt(pages, state, numbering, { isFresh: state === from, localize });
    for (const line of header) context.say(line);
    const answer = await context.ask({ ...question, mayGoBack: true });
    const goesBack = answer === undefined || answer === backWord;
    if (goesBack && question.mayGoBack !== true) return state;
    const note = goesBack ? undefined : noteAt(pages, state, answer);
    if (note !== undefined) context.say(`  ${note}`);
    state = step(pages, state, goesBack ? { type: 'back' } : { type: 'answered', text: answer.trim() });
    if (!goesBack) kept.keep(state.answers);
  }
  return state;
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
  const choices = [{ value: 'Finish' }, { value: 'View', meaning: phrases.showsTheRequest }];
  const answer = await context.ask({ message: 'Certificate Request File', choices, initial: 'Finish' });
  if (answer !== 'View') return;
  const requests = Object.values(context.store.read().certificateRequests);
  const { requestLines } = await import('../certificate/request-contents.ts');
  const last = requests.at(-1);
  if (last !== undefined) for (const line of requestLines(last.requestId, context)) context.say(line);
}
