/** Comparisons and sums, as PowerShell does them: the left value decides how both are compared, and a list on the left is filtered. */
import { wildcard } from '../../operations/wildcard.ts';
import { CodedError } from '../../primitives/errors.ts';
import { linearPattern } from './linear-pattern.ts';
import type { BinaryOperator, Comparison } from './syntax.ts';
import { enumerated, isTrue, numberOf, textOf } from './values.ts';

type Test = (left: unknown, right: unknown) => boolean;

const tests: Readonly<Record<Comparison, Test>> = {
  eq: (left, right) => isEqual(left, right),
  ne: (left, right) => !isEqual(left, right),
  gt: (left, right) => compare(left, right) > 0,
  lt: (left, right) => compare(left, right) < 0,
  ge: (left, right) => compare(left, right) >= 0,
  le: (left, right) => compare(left, right) <= 0,
  like: (left, right) => wildcard(textOf(right))(textOf(left)),
  notlike: (left, right) => !wildcard(textOf(right))(textOf(left)),
  match: (left, right) => linearPattern(textOf(right))(textOf(left)),
  notmatch: (left, right) => !linearPattern(textOf(right))(textOf(left)),
  contains: (left, right) => enumerated(left).some((each) => isEqual(each, right)),
  notcontains: (left, right) => !enumerated(left).some((each) => isEqual(each, right)),
  in: (left, right) => enumerated(right).some((each) => isEqual(each, left)),
  notin: (left, right) => !enumerated(right).some((each) => isEqual(each, left)),
};

const asksTheList: ReadonlySet<string> = new Set(['contains', 'notcontains', 'in', 'notin']);

/** @returns True or false; for a list on the left, the items that fit. */
export function compared(operator: Comparison, left: unknown, right: unknown): unknown {
  const test = tests[operator];
  if (!Array.isArray(left) || asksTheList.has(operator)) return test(left, right);
  return (left as readonly unknown[]).filter((each) => test(each, right));
}

/** Truth of a comparison: for a list, whether any item fits. */
export const holds = (operator: Comparison, left: unknown, right: unknown): boolean =>
  isTrue(compared(operator, left, right));

/** Text without regard to case; numbers and times by their size; null equals only itself. */
function isEqual(left: unknown, right: unknown): boolean {
  if (left === null || left === undefined || right === null || right === undefined) {
    return (left ?? null) === (right ?? null);
  }
  if (typeof left === 'boolean') return left === isTrueWord(right);
  if (typeof left === 'number') return left === numberOf(right);
  return compareText(left, right) === 0;
}

/** `-eq "False"` of a truth value is what somebody means who compares with what the list shows. */
const isTrueWord = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:false|0|no|\$false)$/i.test(value) ? false : isTrue(value);

/** Negative, zero or positive. */
export function compare(left: unknown, right: unknown): number {
  if (left instanceof Date || right instanceof Date) return timeOf(left) - timeOf(right);
  const [first, second] = [numberOf(left), numberOf(right)];
  const isNumeric = typeof left === 'number' || typeof left === 'boolean' || left === null || left === undefined;
  if (isNumeric && first !== undefined && second !== undefined) return first - second;
  return compareText(left, right);
}

const timeOf = (value: unknown): number => (value instanceof Date ? value : new Date(textOf(value))).getTime();

function compareText(left: unknown, right: unknown): number {
  const [first, second] = [textOf(left).toLowerCase(), textOf(right).toLowerCase()];
  return first === second ? 0 : first < second ? -1 : 1;
}

/** Characters of a text and items of a list that a sum may have. */
export const maxSum = 1_000_000;

/** Lists grow, texts are joined, numbers are added; the left value decides. @throws CodedError */
export function combined(operator: '+' | '-', left: unknown, right: unknown): unknown {
  if (operator === '-') return difference(left, right);
  if (Array.isArray(left)) return bounded([...(left as readonly unknown[]), ...enumerated(right)]);
  if (typeof left === 'string') return bounded(left + textOf(right));
  if (left === null || left === undefined) return right;
  const [first, second] = [numberOf(left), numberOf(right)];
  if (typeof left === 'number' && first !== undefined && second !== undefined) return first + second;
  throw noNumber(typeof left === 'number' ? right : left);
}

function difference(left: unknown, right: unknown): number {
  const [first, second] = [numberOf(left), numberOf(right)];
  if (first === undefined || second === undefined) throw noNumber(first === undefined ? left : right);
  return first - second;
}

function bounded<T extends { readonly length: number }>(sum: T): T {
  if (sum.length <= maxSum) return sum;
  throw new CodedError('ScriptLimitReached', `a text or a list has more than ${maxSum} characters or items.`);
}

const noNumber = (value: unknown): CodedError =>
  new CodedError('CannotConvertArgument', `"${textOf(value).slice(0, 100)}" is no number.`);

/** -and and -or are decided before their right side is looked at, so they are not here. */
export const applied = (operator: Exclude<BinaryOperator, 'and' | 'or'>, left: unknown, right: unknown): unknown =>
  operator === '+' || operator === '-' ? combined(operator, left, right) : compared(operator, left, right);
