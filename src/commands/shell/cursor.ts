/** A place in a script that moves forward: characters, blanks, comments, and the limits of nesting. Reads each character a bounded number of times. */
import { FoundFault } from './syntax-fault.ts';

/** Levels of braces, brackets, parentheses and quotes inside of each other. */
export const maxNesting = 64;

export class Cursor {
  readonly text: string;
  at = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  looksAt(word: string): boolean {
    return this.text.startsWith(word, this.at);
  }

  /** Moves behind the word when it is next. */
  take(word: string): boolean {
    if (!this.looksAt(word)) return false;
    this.at += word.length;
    return true;
  }

  /** Moves behind what a sticky expression finds here. */
  match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text) ?? undefined;
    if (found) this.at += found[0].length;
    return found;
  }

  /** Blanks, comments and continued lines; line breaks are statements' ends and stay. */
  skipBlanks(): void {
    for (;;) {
      this.match(blanks);
      if (this.looksAt('<#')) this.#skipBlockComment();
      else if (this.peek() === '#') this.match(restOfLine);
      else return;
    }
  }

  /** Line breaks too, where a line cannot end. */
  skipLines(): void {
    do this.skipBlanks();
    while (this.match(lineBreaks));
  }

  /** Semicolons too: between statements. */
  skipTerminators(): void {
    do this.skipLines();
    while (this.take(';'));
  }

  /** Runs a part of the parser one level deeper. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxNesting) throw this.unsupported(`more than ${maxNesting} levels inside of each other`);
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  expect(word: string, what: string): void {
    if (!this.take(word)) throw this.fault(`${what} is missing: ${word}`);
  }

  /** A fault here; incomplete when the text ends here. */
  fault(message: string, at = this.at): FoundFault {
    const sentence = /[.?!]$/.test(message) ? message : `${message}.`;
    return new FoundFault({ id: 'SyntaxError', message: sentence, at, isIncomplete: this.isAtEnd });
  }

  unsupported(what: string, at = this.at, instead = ''): FoundFault {
    const message = `${what}: that is not in the language of the management shell${instead === '' ? '' : `; ${instead}`}.`;
    return new FoundFault({ id: 'UnsupportedSyntax', message, at, isIncomplete: false });
  }

  #skipBlockComment(): void {
    const start = this.at;
    const end = this.text.indexOf('#>', start + 2);
    this.at = end < 0 ? this.text.length : end + 2;
    if (end < 0) throw this.fault('the comment <# is not closed', start);
  }
}

/** A backtick at the end of a line continues it. */
const blanks = /(?:[ \t\f\v\u00a0\ufeff]|`\r?\n)*/y;
const restOfLine = /[^\n]*/y;
const lineBreaks = /(?:\r?\n)+/y;
