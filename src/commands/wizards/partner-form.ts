/**
 * The partner form: New-XmppFederatedPartner without any word, on a terminal. It asks seven questions, shows the command line that the
 * answers amount to, and hands over exactly its values; nothing is kept before.
 */

import { partnerDefaults } from '../../config/defaults.ts';
import { printValue } from '../../config/property-difference.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Cmdlet, CmdletContext } from '../host/cmdlet.ts';
import { itemsOf } from '../host/list-change.ts';
import { phrases } from '../host/phrases.ts';
import { effectiveMethods, negotiationIn, pageCount, partnerPages } from './partner-pages.ts';
import { bound, type CommandLine, printedLine } from './perform-line.ts';
import {
  type Answers,
  backWord,
  countingAnswers,
  firstState,
  isComplete,
  lastHeading,
  noteAt,
  promptAt,
  step,
  type WizardState,
} from './step-driver.ts';

const numbering = { before: 0, all: pageCount };

/** @param defaults - Of settings.yaml. @returns The values of the parameters. @throws CodedError `Interrupted` for somebody who cancels */
export async function partnerForm(
  cmdlet: Cmdlet,
  context: CmdletContext,
  defaults: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const configuration = context.store.read();
  const pagesFor = ({ answers }: WizardState) => partnerPages(answers, configuration, context.force, context.localize);
  const offered = offeredAnswers(defaults);
  let state = firstState(offered);
  for (let isFresh = true; ; ) {
    const pages = pagesFor(state);
    if (!isComplete(pages, state)) {
      state = await answered(state, pages, isFresh, context);
      isFresh = false;
      continue;
    }
    const answers = countingAnswers(pages, state);
    const line = { cmdlet, tokens: tokensOf(answers, offered) };
    const decided = await summary(answers, line, context);
    if (decided === 'commit') return bound(line).values;
    state = decided === 'back' ? step(pages, state, { type: 'back' }) : firstState(answers);
    isFresh = true;
  }
}

/** What holds where nothing is typed, as answers. */
function offeredAnswers(defaults: Readonly<Record<string, unknown>>): Answers {
  const { tlsNegotiation, saslNegotiation, supportDialbackNegotiation } = partnerDefaults;
  const builtIn = {
    TlsNegotiation: tlsNegotiation,
    SaslNegotiation: saslNegotiation,
    SupportDialbackNegotiation: supportDialbackNegotiation,
  };
  const asked = ['Description', 'AdditionalDomains', 'PartnerType', ...Object.keys(builtIn)];
  const all = Object.entries({ ...builtIn, ...defaults }).filter(([name]) => asked.includes(name));
  return Object.fromEntries(all.map(([name, value]) => [name, answerOf(value ?? '')]));
}

const answerOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : value === '' ? '' : printValue(value);

async function answered(
  state: WizardState,
  pages: ReturnType<typeof partnerPages>,
  isFresh: boolean,
  context: CmdletContext,
): Promise<WizardState> {
  const { header, question } = promptAt(pages, state, numbering, { isFresh, localize: context.localize });
  for (const line of header) context.say(line);
  const answer = await context.ask(question);
  if (answer === undefined || answer === backWord) return step(pages, state, { type: 'back' });
  // What is chosen from a list is not judged by the prompt.
  const refusal = question.choices === undefined ? undefined : question.refuse?.(answer);
  const said = refusal ?? noteAt(pages, state, answer);
  if (said !== undefined) context.say(`  ${said}`);
  return refusal === undefined ? step(pages, state, { type: 'answered', text: answer.trim() }) : state;
}

/** What is typed for the answers: those that hold anyway are left out, but for the type, which everybody should see. */
function tokensOf(answers: Answers, offered: Answers): readonly string[] {
  const { Identity = '', PartnerType = '', ...others } = answers;
  const said = Object.entries(others).filter(([name, answer]) => answer !== (offered[name] ?? ''));
  return [Identity, '-PartnerType', PartnerType, ...said.flatMap(([name, answer]) => typed(name, answer))];
}

function typed(name: string, answer: string): readonly string[] {
  const value = name === 'AdditionalDomains' ? itemsOf(answer).join(',') : answer;
  // What begins with a hyphen would be taken for the next parameter.
  if (value.startsWith('-')) return [`-${name}:${value}`];
  return [`-${name}`, /^(?:True|False)$/.test(value) && name !== 'Description' ? value.toLowerCase() : value];
}

const choices = [
  { value: 'Commit', meaning: phrases.makesThePartner },
  { value: 'Edit', meaning: phrases.questionsAgain },
  { value: 'Cancel', meaning: phrases.endsUnchanged },
];

async function summary(
  answers: Answers,
  line: CommandLine,
  context: CmdletContext,
): Promise<'commit' | 'edit' | 'back'> {
  context.say('');
  context.say(lastHeading(pageCount, phrases.summary, context));
  for (const [name, answer] of Object.entries(answers)) {
    if (answer !== '') context.say(`  ${name.padEnd(27)} ${answer}`);
  }
  context.say(`  ${effectiveMethods(negotiationIn(answers), context.localize)}`);
  context.say(`\n${printedLine(line, context)}\n`);
  const answer = await context.ask({ message: phrases.whatNow, choices, initial: 'Commit', mayGoBack: true });
  if (answer === undefined) return 'back';
  if (answer === 'Cancel') throw new CodedError('Interrupted', 'cancelled at the summary; nothing was changed.');
  return answer === 'Edit' ? 'edit' : 'commit';
}
