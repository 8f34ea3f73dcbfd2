/** A question to the person at the terminal, and the answers that it takes. */
import type { Localize } from './localized-text.ts';

/** What is asked for one value. The answer is text that the value's type reads, as on the command line. */
export interface Question {
  /** `Partner type (-PartnerType)` */
  readonly message: string;
  /** Shown for `?` and `!?`. */
  readonly help?: string;
  /** The answers to choose from, each with a line that says what it means. */
  readonly choices?: readonly { readonly value: string; readonly meaning?: string }[];
  readonly initial?: string;
  /** `initial` can be changed in place, letter by letter. */
  readonly edits?: boolean;
  /** Esc goes back. */
  readonly mayGoBack?: boolean;
  /** One sentence in place of an answer that will not do. */
  refuse?(answer: string): string | undefined;
}

/** The question in the language of the person. What is answered stays what the parameter takes. */
export function localizedQuestion(question: Question, localize: Localize): Question {
  const { message, help, choices, refuse } = question;
  // `Partner type (-PartnerType)`: the name in parentheses is what would be typed.
  const [, text = message, parameter = ''] = /^(.+?)( \([^()]*\))?$/su.exec(message) ?? [];
  return {
    ...question,
    message: localize(text) + parameter,
    ...(help === undefined ? {} : { help: localize(help) }),
    ...(choices && { choices: choices.map((choice) => localizedChoice(choice, localize)) }),
    ...(refuse && { refuse: (answer) => localizedRefusal(refuse(answer), localize) }),
  };
}

type Choice = NonNullable<Question['choices']>[number];

const localizedChoice = ({ value, meaning }: Choice, localize: Localize): Choice =>
  meaning === undefined ? { value } : { value, meaning: localize(meaning) };

const localizedRefusal = (refusal: string | undefined, localize: Localize): string | undefined =>
  refusal === undefined ? undefined : localize(refusal);
