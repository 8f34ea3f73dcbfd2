/** The smallest values of an expression: variables, quoted texts, numbers, brackets, `@( )`, `@{ }`, script blocks, and what follows a dot. */
import type { Cursor } from './cursor.ts';
import type { Grammar } from './grammar.ts';
import { doubleQuote, parseDoubleQuoted, parseSingleQuoted, singleQuote } from './quoted-text.ts';
import type { Expression, HashtableEntry } from './syntax.ts';

const variableName = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|(\?))/y;

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Variables of PowerShell that have no meaning here: nothing would tell that they are empty. */
const foreignVariables = new Set(
  'args env home host input matches myinvocation pid pscmdlet psboundparameters pscommandpath psscriptroot psversiontable pwd this'.split(
    ' ',
  ),
);

export function parseVariable(cursor: Cursor): Expression {
  const at = cursor.at;
  const [, word, status] = cursor.match(variableName) ?? [];
  if (word === undefined && status === undefined) throw cursor.unsupported(`the variable ${sampleOf(cursor)}`, at);
  const name = word ?? '?';
  if (/^:[\w:]/.test(cursor.text.slice(cursor.at, cursor.at + 2))) {
    throw cursor.unsupported(`the scope or drive $${name}:`, at, 'variables have plain names');
  }
  const key = name.toLowerCase();
  const constant = constants.get(key);
  if (constant !== undefined) return { kind: 'literal', value: constant, at };
  if (foreignVariables.has(key)) throw cursor.unsupported(`the variable $${name}`, at);
  return { kind: 'variable', name: key === 'psitem' ? '_' : key, at };
}

const sampleOf = (cursor: Cursor): string => cursor.text.slice(cursor.at, cursor.at + 8).split(/\s/)[0] ?? '';

/** `$( )` */
export function parseSubexpression(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  cursor.at += 2;
  return { kind: 'sub', body: cursor.nested(() => grammar.statements(cursor, ')')), at };
}

/** A value with its `.Property` and `[index]`. */
export function parsePrimary(cursor: Cursor, grammar: Grammar): Expression {
  let value = parseBarePrimary(cursor, grammar);
  for (;;) {
    const next = cursor.peek();
    if (next === '.' && /[\w"'$]/.test(cursor.peek(1))) value = parseProperty(cursor, value);
    else if (next === '[') value = parseIndex(cursor, grammar, value);
    else if (cursor.looksAt('::')) throw cursor.unsupported('a static member of .NET');
    else return value;
  }
}

const propertyName = /\.([A-Za-z_][A-Za-z0-9_]*)/y;

function parseProperty(cursor: Cursor, of: Expression): Expression {
  const at = cursor.at;
  const [, name] = cursor.match(propertyName) ?? [];
  if (name === undefined) throw cursor.unsupported('a property that is not a plain name', at);
  if (cursor.peek() === '(') throw cursor.unsupported(`the method .${name}()`, at, 'objects have properties only');
  return { kind: 'property', of, name, at };
}

function parseIndex(cursor: Cursor, grammar: Grammar, of: Expression): Expression {
  const at = cursor.at;
  cursor.at += 1;
  const index = cursor.nested(() => grammar.expression(cursor));
  cursor.skipLines();
  cursor.expect(']', 'the end of the index');
  return { kind: 'index', of, index, at };
}

const number = /[0-9]+(?:\.[0-9]+)?(?![A-Za-z0-9_])/y;
/** Digits of a number: more than these are not exact. */
const maxDigits = 15;

function parseBarePrimary(cursor: Cursor, grammar: Grammar): Expression {
  const next = cursor.peek();
  if (doubleQuote.test(next)) return cursor.nested(() => parseDoubleQuoted(cursor, grammar));
  if (singleQuote.test(next)) return parseSingleQuoted(cursor);
  if (next === '$') {
    return cursor.looksAt('$(') ? parseSubexpression(cursor, grammar) : parseVariable(cursor);
  }
  if (next === '(') return parseParentheses(cursor, grammar);
  if (next === '@') return parseAt(cursor, grammar);
  if (next === '{') return parseBlock(cursor, grammar);
  return parseNumber(cursor);
}

function parseNumber(cursor: Cursor): Expression {
  const at = cursor.at;
  const next = cursor.peek();
  if (next === '[') throw cursor.unsupported('a type of .NET');
  const [digits] = cursor.match(number) ?? [];
  if (digits !== undefined && digits.length <= maxDigits) return { kind: 'literal', value: Number(digits), at };
  if (/[0-9]/.test(next)) throw cursor.unsupported('this form of a number', at);
  throw cursor.fault(cursor.isAtEnd ? 'a value is missing' : `a value was expected here; text needs quotes`, at);
}

function parseParentheses(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  cursor.at += 1;
  cursor.skipLines();
  if (cursor.peek() === ')') throw cursor.fault('the parentheses are empty', at);
  const pipeline = cursor.nested(() => grammar.pipeline(cursor));
  cursor.skipLines();
  if (!cursor.take(')')) throw cursor.fault('the closing parenthesis is missing: )');
  return { kind: 'sub', body: [{ kind: 'chain', links: [{ after: undefined, pipeline }], at }], at };
}

function parseAt(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  if (cursor.take('@(')) return { kind: 'array', body: cursor.nested(() => grammar.statements(cursor, ')')), at };
  if (cursor.take('@{')) return { kind: 'hashtable', entries: cursor.nested(() => parseEntries(cursor, grammar)), at };
  if (/['"]/.test(cursor.peek(1))) throw cursor.unsupported('a here-string');
  throw cursor.fault('@ begins a list @( ), a hashtable @{ }, or in a command a splatted @name');
}

function parseEntries(cursor: Cursor, grammar: Grammar): readonly HashtableEntry[] {
  const entries: HashtableEntry[] = [];
  for (cursor.skipTerminators(); !cursor.take('}'); cursor.skipTerminators()) {
    const key = parseKey(cursor, grammar);
    cursor.skipBlanks();
    cursor.expect('=', 'the sign between key and value of the hashtable');
    cursor.skipLines();
    entries.push({ key, value: grammar.pipeline(cursor) });
    cursor.skipBlanks();
    if (!/^[;}\r\n]?$/.test(cursor.peek())) throw cursor.fault('a hashtable ends with }');
  }
  return entries;
}

const bareKey = /[A-Za-z_][A-Za-z0-9_:*-]*/y;

function parseKey(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  const [word] = cursor.match(bareKey) ?? [];
  if (cursor.isAtEnd && word === undefined) throw cursor.fault('the hashtable @{ is not closed');
  return word === undefined ? grammar.primary(cursor) : { kind: 'literal', value: word, at };
}

function parseBlock(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  cursor.at += 1;
  const body = cursor.nested(() => grammar.statements(cursor, '}'));
  return { kind: 'block', body, text: cursor.text.slice(at, cursor.at), at };
}
