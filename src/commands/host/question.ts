/** A question to the person at the terminal, and the answers that it takes. */

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
