import { describe, expect, it } from '@jest/globals';

import {
  countingAnswers,
  firstState,
  isComplete,
  promptAt,
  step,
  type WizardPage,
  type WizardState,
} from '../../../src/commands/wizards/step-driver.ts';

const question = (parameter: string) => ({
  parameter,
  message: `The ${parameter}`,
  help: 'Help.',
  initial: () => `default ${parameter}`,
});

/** Colour is asked only when there is paint; a size must be a digit; the third page's limit depends on the first's size. */
const pages: readonly WizardPage[] = [
  {
    title: 'Size',
    questions: [
      { ...question('Size'), refuse: (answer) => (/^\d$/.test(answer) ? undefined : 'A digit, such as 5.') },
      { ...question('Paint'), choices: [{ value: 'yes' }, { value: 'no' }] },
    ],
  },
  { title: 'Colour', questions: [{ ...question('Colour'), applies: ({ Paint }) => Paint === 'yes' }] },
  {
    title: 'Limit',
    intro: ({ Size }) => [`The size is ${Size}.`],
    questions: [
      {
        ...question('Limit'),
        refuse: (answer, { Size = '0' }) => (Number(answer) <= Number(Size) ? undefined : `At most ${Size}.`),
      },
    ],
  },
];

const play = (state: WizardState, ...answers: readonly string[]): WizardState =>
  answers.reduce(
    (current, text) => step(pages, current, text === 'BACK' ? { type: 'back' } : { type: 'answered', text }),
    state,
  );
const numbering = { before: 1, all: 12 };
const asked = (state: WizardState): string => promptAt(pages, state, numbering).question.message;

describe('a wizard', () => {
  it('asks one question after the other and leaves out those that do not apply', () => {
    const state = play(firstState(), '5', 'no');
    expect(asked(state)).toBe('The Limit (-Limit)');
    const done = play(state, '3');
    expect(isComplete(pages, done)).toBe(true);
    expect(countingAnswers(pages, done)).toEqual({ Size: '5', Paint: 'no', Limit: '3' });
  });

  it('goes back over questions that were not asked, and never before the first one', () => {
    const state = play(firstState(), '5', 'no', 'BACK');
    expect(asked(state)).toBe('The Paint (-Paint)');
    expect(play(state, 'BACK', 'BACK', 'BACK').at).toBe(0);
  });

  it('keeps later answers when somebody goes back, as what Enter takes', () => {
    const back = play(firstState(), '5', 'yes', 'red', '3', 'BACK', 'BACK');
    expect(asked(back)).toBe('The Colour (-Colour)');
    expect(promptAt(pages, back, numbering).question.initial).toBe('red');
  });

  it('does not offer a kept answer that will not do any more', () => {
    const back = play(firstState(), '5', 'no', '4', 'BACK', 'BACK', 'BACK', '2', 'no');
    expect(asked(back)).toBe('The Limit (-Limit)');
    expect(promptAt(pages, back, numbering).question).toMatchObject({ initial: 'default Limit' });
    expect(promptAt(pages, back, numbering).question.refuse?.('4')).toBe('At most 2.');
  });

  it('an answer to a question that is no longer asked does not count', () => {
    const done = play(firstState(), '5', 'yes', 'red', '3', 'BACK', 'BACK', 'BACK', 'no', '3');
    expect(countingAnswers(pages, done)).toEqual({ Size: '5', Paint: 'no', Limit: '3' });
  });

  it('editing one page comes back to the end', () => {
    const done = play(firstState(), '5', 'yes', 'red', '3');
    const editing = step(pages, done, { type: 'edit', page: 1 });
    expect(asked(editing)).toBe('The Colour (-Colour)');
    const again = play(editing, 'blue');
    expect(isComplete(pages, again)).toBe(true);
    expect(again.answers).toMatchObject({ Colour: 'blue', Limit: '3' });
  });

  it('after an edit asks again where an answer will not do any more, and nowhere else', () => {
    const editing = step(pages, play(firstState(), '5', 'yes', 'red', '3'), { type: 'edit', page: 0 });
    const after = play(editing, '2', 'yes');
    expect(asked(after)).toBe('The Limit (-Limit)');
    expect(isComplete(pages, play(after, '1'))).toBe(true);
  });

  it('after an edit asks what has begun to apply', () => {
    const editing = step(pages, play(firstState(), '5', 'no', '3'), { type: 'edit', page: 0 });
    expect(asked(play(editing, '5', 'yes'))).toBe('The Colour (-Colour)');
  });

  it('shows the header of a page once, with the keys that work', () => {
    const headers = (state: WizardState) => promptAt(pages, state, numbering).header.filter((line) => line !== '');
    expect(headers(firstState())).toEqual(['Step 2 of 12: Size  (? help, Ctrl-C cancel)']);
    expect(headers(play(firstState(), '5'))).toEqual([]);
    expect(headers(play(firstState(), '5', 'no'))).toEqual([
      'Step 4 of 12: Limit  (Esc back, ? help, Ctrl-C cancel)',
      'The size is 5.',
    ]);
  });

  it('offers the way back as a choice, for those who hear the screen', () => {
    const { question } = promptAt(pages, play(firstState(), '5'), numbering);
    expect(question.choices?.map(({ value }) => value)).toEqual(['<', 'yes', 'no']);
    expect(promptAt(pages, firstState(), numbering).question.refuse?.('<')).toBe('A digit, such as 5.');
    expect(promptAt(pages, play(firstState(), '5', 'no'), numbering).question.refuse?.('<')).toBeUndefined();
  });
});
