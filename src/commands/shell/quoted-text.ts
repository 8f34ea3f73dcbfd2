/** Quoted texts, and words with variables in them: escapes, doubled quotes, `$name` and `$( )`. */
import type { Cursor } from './cursor.ts';
import type { Grammar } from './grammar.ts';
import type { Expression } from './syntax.ts';

/** Word processors turn quotes into others; PowerShell takes those too. */
export const doubleQuote = /["\u201c\u201d\u201e]/;
export const singleQuote = /['\u2018\u2019\u201a\u201b]/;

const singleBody = /[^'\u2018\u2019\u201a\u201b]*/y;

/** `'it''s'`: nothing is expanded. */
export function parseSingleQuoted(cursor: Cursor): Expression {
  const at = cursor.at;
  let value = '';
  do {
    // A doubled quote is one.
    if (value !== '' || cursor.at > at) value += "'";
    cursor.at += 1;
    value += cursor.match(singleBody)?.[0] ?? '';
    if (cursor.isAtEnd) throw cursor.fault("the quote ' is not closed", at);
    cursor.at += 1;
  } while (singleQuote.test(cursor.peek()));
  return { kind: 'literal', value, at };
}

const doubleBody = /[^"\u201c\u201d\u201e`$]+/y;

/** `"a $b $($c.D)"`, with backtick escapes. */
export function parseDoubleQuoted(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  const parts = new TextParts();
  cursor.at += 1;
  for (;;) {
    const plain = cursor.match(doubleBody);
    if (plain) parts.add(plain[0]);
    if (cursor.isAtEnd) throw cursor.fault('the quote " is not closed', at);
    if (doubleQuote.test(cursor.peek())) {
      cursor.at += 1;
      if (!doubleQuote.test(cursor.peek())) return parts.expression(at);
      parts.add('"');
      cursor.at += 1;
    } else if (cursor.peek() === '`') parts.add(parseEscape(cursor));
    else parts.add(parseExpansion(cursor, grammar) ?? '$');
  }
}

/** Collects what a text is made of; neighbouring characters are one part. */
export class TextParts {
  readonly #parts: (string | Expression)[] = [];
  #plain = '';

  add(part: string | Expression): void {
    if (typeof part === 'string') this.#plain += part;
    else {
      this.#flush();
      this.#parts.push(part);
    }
  }

  get isPlain(): boolean {
    return this.#parts.length === 0;
  }

  get plain(): string {
    return this.#plain;
  }

  expression(at: number): Expression {
    if (this.isPlain) return { kind: 'literal', value: this.#plain, at };
    this.#flush();
    return { kind: 'expandable', parts: this.#parts, at };
  }

  #flush(): void {
    if (this.#plain !== '') this.#parts.push(this.#plain);
    this.#plain = '';
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The character behind a backtick. */
export function parseEscape(cursor: Cursor): string {
  cursor.at += 1;
  if (cursor.isAtEnd) throw cursor.fault('nothing follows the backtick');
  if (/[0abefuv]/.test(cursor.peek())) throw cursor.unsupported(`the escape \`${cursor.peek()}`, cursor.at - 1);
  const character = String.fromCodePoint(cursor.text.codePointAt(cursor.at) ?? 0);
  cursor.at += character.length;
  return escapes[character] ?? character;
}

/** `$name` or `$( )`; undefined, and one character on, for a `$` that stands for itself. */
export function parseExpansion(cursor: Cursor, grammar: Grammar): Expression | undefined {
  if (cursor.looksAt('$(')) return grammar.subexpression(cursor);
  if (/[A-Za-z_{?]/.test(cursor.peek(1))) return grammar.variable(cursor);
  cursor.at += 1;
  return undefined;
}
