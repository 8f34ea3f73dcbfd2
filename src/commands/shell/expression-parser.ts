/** Values with operators between them, in PowerShell's order: lists bind closest, then + and -, comparisons, and -and -or last. */
import type { Cursor } from './cursor.ts';
import type { Grammar } from './grammar.ts';
import { type BinaryOperator, comparisons, type Expression } from './syntax.ts';

export function parseExpression(cursor: Cursor, grammar: Grammar): Expression {
  cursor.skipLines();
  return cursor.nested(() => binary(cursor, grammar, 0));
}

const operatorWord = /-([A-Za-z]+)(?![A-Za-z0-9-])/y;

type Words = ReadonlyMap<string, BinaryOperator>;
const wordsOf = (operators: readonly BinaryOperator[]): Words => new Map(operators.map((each) => [each, each]));

/** From the loosest to the closest. */
const levels: readonly Words[] = [
  wordsOf(['and', 'or']),
  new Map([...comparisons.flatMap((each) => [[each, each] as const, [`i${each}`, each] as const])]),
  wordsOf(['+', '-']),
];

function binary(cursor: Cursor, grammar: Grammar, level: number): Expression {
  const words = levels[level];
  if (!words) return parseList(cursor, grammar);
  let left = binary(cursor, grammar, level + 1);
  for (let chained = 0; ; chained += 1) {
    const at = cursor.at;
    const operator = takeOperator(cursor, words);
    if (operator === undefined) return left;
    // The tree of a long row is as deep as the row is long, and it is walked by calls.
    if (chained > maxRow) throw cursor.unsupported(`more than ${maxRow} operators in a row`, at);
    cursor.skipLines();
    left = { kind: 'binary', operator, left, right: binary(cursor, grammar, level + 1), at };
  }
}

/** Operators of one level in a row. */
export const maxRow = 256;

function takeOperator(cursor: Cursor, words: Words): BinaryOperator | undefined {
  const before = cursor.at;
  cursor.skipBlanks();
  const sign = words.get(cursor.peek());
  const isWord = /^-[A-Za-z]/.test(cursor.text.slice(cursor.at, cursor.at + 2));
  if (sign !== undefined && !isWord) {
    cursor.at += 1;
    return sign;
  }
  const [, word = ''] = (isWord && cursor.match(operatorWord)) || [];
  const operator = words.get(word.toLowerCase());
  if (operator !== undefined && word !== '') return operator;
  cursor.at = before;
  return undefined;
}

/** What stands behind a whole expression and is no operator of this language. */
export function refuseForeignOperator(cursor: Cursor): void {
  const at = cursor.at;
  const [whole] = cursor.match(/-[A-Za-z]+|[*/%]=?|\.\.|\+\+|--|[+*/%-]?=|\?\?=?|\?(?=\s)/y) ?? [];
  if (whole !== undefined) throw cursor.unsupported(`the operator ${whole}`, at);
}

function parseList(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  const first = parseUnary(cursor, grammar);
  const items = [first];
  for (;;) {
    const before = cursor.at;
    cursor.skipBlanks();
    if (!cursor.take(',')) {
      cursor.at = before;
      return items.length === 1 ? first : { kind: 'list', items, at };
    }
    cursor.skipLines();
    items.push(parseUnary(cursor, grammar));
  }
}

function parseUnary(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  const isNot = cursor.match(/!|-not(?![A-Za-z0-9-])/iy) !== undefined;
  if (!isNot && !(cursor.peek() === '-' && /[0-9$(]/.test(cursor.peek(1)))) return grammar.primary(cursor);
  if (!isNot) cursor.at += 1;
  cursor.skipBlanks();
  const of = cursor.nested(() => parseUnary(cursor, grammar));
  return { kind: isNot ? 'not' : 'negative', of, at };
}
