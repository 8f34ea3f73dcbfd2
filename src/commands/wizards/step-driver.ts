/**
 * A wizard as data and a pure step function: pages in order, one question after the other, Esc goes back. Answers given later are
 * kept when somebody goes back; each is judged again before it counts. Asking and performing are the caller's.
 */
import { strict as assert } from 'node:assert';

import { english, filledIn, type Localize } from '../host/localized-text.ts';
import { phrases } from '../host/phrases.ts';
import type { Question } from '../host/question.ts';

/** By parameter, as typed. */
export type Answers = Readonly<Record<string, string>>;

export interface WizardQuestion {
  /** The parameter of the cmdlet that the answer becomes. */
  readonly parameter: string;
  /** `Friendly name` */
  readonly message: string;
  readonly help: string;
  readonly choices?: readonly { readonly value: string; readonly meaning?: string }[];
  /** What is offered can be changed in place, letter by letter. */
  readonly edits?: boolean;
  /** Absent: always asked. An answer to a question that is not asked does not count. */
  applies?(answers: Answers): boolean;
  initial(answers: Answers): string;
  /** One sentence with an example in place of an answer that will not do. */
  refuse?(answer: string, answers: Answers): string | undefined;
  /** What to know about an answer that will do. */
  note?(answer: string, answers: Answers): string | undefined;
}

export interface WizardPage {
  readonly title: string;
  /** Lines shown before the first question. */
  intro?(answers: Answers): readonly string[];
  readonly questions: readonly WizardQuestion[];
}

export interface WizardState {
  /** Number of a question, over all pages; their count when all is answered. */
  readonly at: number;
  readonly answers: Answers;
  /** One page is done again, then back to the end: the others are asked only where their answer will not do any more. */
  readonly editing: boolean;
}

export type WizardEvent =
  | { readonly type: 'answered'; readonly text: string }
  | { readonly type: 'back' }
  | { readonly type: 'edit'; readonly page: number };

export const firstState = (answers: Answers = {}): WizardState => ({ at: 0, answers, editing: false });

/** Where somebody stopped with these answers: at the first question whose answer is missing or will not do any more. */
export function resumedState(pages: readonly WizardPage[], answers: Answers): WizardState {
  const all = places(pages);
  const at = all.findIndex((place) => isAsked(place, answers) && problemOf(place.question, answers) !== undefined);
  return { at: at < 0 ? all.length : at, answers, editing: false };
}

interface Place {
  readonly page: number;
  readonly question: WizardQuestion;
}

const places = (pages: readonly WizardPage[]): readonly Place[] =>
  pages.flatMap(({ questions }, page) => questions.map((question) => ({ page, question })));

const isAsked = ({ question }: Place, answers: Answers): boolean => question.applies?.(answers) ?? true;

export const isComplete = (pages: readonly WizardPage[], { at }: WizardState): boolean => at >= places(pages).length;

export function step(pages: readonly WizardPage[], state: WizardState, event: WizardEvent): WizardState {
  const all = places(pages);
  switch (event.type) {
    case 'answered': {
      const { question } = all[state.at] ?? assert.fail('an answer where nothing was asked');
      const answers = { ...state.answers, [question.parameter]: event.text };
      return forward(all, { ...state, answers });
    }
    case 'back': {
      const before = all.findLastIndex((place, index) => index < state.at && isAsked(place, state.answers));
      return before < 0 ? state : { ...state, at: before };
    }
    case 'edit': {
      const at = all.findIndex((place) => place.page >= event.page && isAsked(place, state.answers));
      return at < 0 ? state : { ...state, at, editing: true };
    }
  }
}

function forward(all: readonly Place[], state: WizardState): WizardState {
  const { answers, at, editing } = state;
  const page = all[at]?.page;
  const isNext = (place: Place, index: number): boolean => {
    if (!isAsked(place, answers)) return false;
    if (!editing) return index > at;
    return (index > at && place.page === page) || problemOf(place.question, answers) !== undefined;
  };
  const next = all.findIndex(isNext);
  return next < 0 ? { ...state, at: all.length, editing: false } : { ...state, at: next };
}

/** Why the answer to a question does not count; undefined when it does. */
function problemOf({ parameter, choices, refuse }: WizardQuestion, answers: Answers): string | undefined {
  const answer = answers[parameter];
  if (answer === undefined) return 'It has not been answered.';
  if (choices !== undefined && !choices.some(({ value }) => value === answer))
    return `${answer} is no choice any more.`;
  return refuse?.(answer, answers);
}

/** Answers that count: those of questions that are asked. */
export function countingAnswers(pages: readonly WizardPage[], { answers }: WizardState): Answers {
  const asked = places(pages).filter((place) => isAsked(place, answers));
  return Object.fromEntries(
    asked.flatMap(({ question: { parameter } }) =>
      answers[parameter] === undefined ? [] : [[parameter, answers[parameter]]],
    ),
  );
}

export interface Prompt {
  /** `Step 6 of 12: Name and Security  (Esc back, ? help, Ctrl-C cancel)`; before the first question of a page. */
  readonly header: readonly string[];
  readonly question: Question;
}

/** What stands for Esc where a key cannot be pressed, or is not heard by a screen reader. */
export const backWord = '<';

/** How many pages came before these, and how many there are in all. */
export interface Numbering {
  readonly before: number;
  readonly all: number;
}

/** How it is shown. */
interface Showing {
  /** Somebody comes to this page anew: its header is shown at any question of it. */
  readonly isFresh?: boolean;
  readonly localize?: Localize;
}

export function promptAt(
  pages: readonly WizardPage[],
  state: WizardState,
  numbering: Numbering,
  { isFresh = false, localize = english }: Showing = {},
): Prompt {
  const all = places(pages);
  const { question, page } = all[state.at] ?? assert.fail('there is no question any more');
  const { answers } = state;
  const before = all.filter((each, index) => index < state.at && isAsked(each, answers));
  const mayGoBack = before.length > 0;
  const isFirst = before.every((each) => each.page !== page);
  const kept = problemOf(question, answers) === undefined ? answers[question.parameter] : undefined;
  const choices = question.choices && [...(mayGoBack ? [goBack] : []), ...question.choices];
  return {
    header: isFirst || isFresh ? headerOf(pages[page], { page, mayGoBack, answers }, numbering, localize) : [],
    question: {
      message: `${question.message} (-${question.parameter})`,
      help: question.help,
      initial: kept ?? question.initial(answers),
      mayGoBack,
      refuse: (answer) => (mayGoBack && answer === backWord ? undefined : question.refuse?.(answer, answers)),
      ...(choices ? { choices } : {}),
      edits: question.edits === true,
    },
  };
}

function headerOf(
  page: WizardPage | undefined,
  at: { readonly page: number; readonly mayGoBack: boolean; readonly answers: Answers },
  { before, all }: Numbering,
  localize: Localize,
): readonly string[] {
  const keys = localize(at.mayGoBack ? phrases.keysWithBack : phrases.keys);
  const values = { page: before + at.page + 1, pages: all, title: localize(page?.title ?? '') };
  const heading = filledIn(localize(phrases.step), values);
  return ['', `${heading}  ${keys}`, ...(page?.intro?.(at.answers) ?? [])];
}

/** `Step 4 of 4: Summary  (Esc back, Ctrl-C cancel)` */
export function lastHeading(pages: number, title: string, { localize }: { readonly localize: Localize }): string {
  const heading = filledIn(localize(phrases.step), { page: pages, pages, title: localize(title) });
  return `${heading}  ${localize(phrases.keysAtSummary)}`;
}

const goBack = { value: backWord, meaning: phrases.back };

export const noteAt = (
  pages: readonly WizardPage[],
  { at, answers }: WizardState,
  answer: string,
): string | undefined => places(pages)[at]?.question.note?.(answer, answers);
