/** Statements: chains of pipelines, assignments, if, foreach, try and exit. Every other keyword of PowerShell is refused by its name. */
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression-parser.ts';
import type { Grammar } from './grammar.ts';
import { parseVariable } from './primary-parser.ts';
import type { Block, Chain, Statement } from './syntax.ts';

/** The closing word is taken; undefined: up to the end of the text. */
export function parseStatements(cursor: Cursor, grammar: Grammar, until: ')' | '}' | undefined): Block {
  const statements: Statement[] = [];
  for (;;) {
    cursor.skipTerminators();
    if (until !== undefined && cursor.take(until)) return statements;
    if (cursor.isAtEnd) {
      if (until === undefined) return statements;
      throw cursor.fault(`the closing ${until} is missing`);
    }
    statements.push(parseStatement(cursor, grammar));
    if (!endsByItself.has(statements.at(-1)?.kind ?? '')) expectEnd(cursor, until);
  }
}

function expectEnd(cursor: Cursor, until: ')' | '}' | undefined): void {
  cursor.skipBlanks();
  if (cursor.isAtEnd || /[\r\n;]/.test(cursor.peek()) || cursor.peek() === until) return;
  if (cursor.peek() === '&') throw cursor.unsupported('a background job: &');
  throw cursor.fault(`"${cursor.peek()}" does not belong here`);
}

/** A brace ended them. */
const endsByItself: ReadonlySet<string> = new Set(['if', 'foreach', 'try']);

const keyword = /[A-Za-z]+(?![A-Za-z0-9_-])/y;

const foreignKeywords = new Set(
  `begin break class clean configuration continue data define do dynamicparam end enum filter for function hidden inlinescript
   parallel param process return sequence static switch throw trap until using var while workflow`.split(/\s+/),
);

const ours: Readonly<Record<string, (cursor: Cursor, grammar: Grammar, at: number) => Statement>> = {
  if: parseIf,
  foreach: parseForeach,
  try: parseTry,
  exit: parseExit,
};

function parseStatement(cursor: Cursor, grammar: Grammar): Statement {
  const at = cursor.at;
  const word = cursor.match(keyword)?.[0].toLowerCase() ?? '';
  cursor.skipBlanks();
  // `foreach` is the alias of a cmdlet, too.
  const isStatement = word !== 'foreach' || cursor.peek() === '(';
  const parse = Object.hasOwn(ours, word) && isStatement ? ours[word] : undefined;
  if (parse) return cursor.nested(() => parse(cursor, grammar, at));
  if (foreignKeywords.has(word)) throw cursor.unsupported(`the keyword ${word}`, at);
  cursor.at = at;
  const chain = (): Statement => ({ kind: 'chain', ...parseChain(cursor, grammar), at });
  return parseAssignment(cursor, grammar) ?? chain();
}

const assignmentSign = /\s*(\+?=)(?!=)/y;

function parseAssignment(cursor: Cursor, grammar: Grammar): Statement | undefined {
  const at = cursor.at;
  const [target] = cursor.match(/\$[A-Za-z_][A-Za-z0-9_:.]*(?:\[[^\]\n]{0,100}\])?(?=[ \t]*[-+*/%]?=)/y) ?? [];
  if (target === undefined) return undefined;
  cursor.at = at;
  const variable = parseVariable(cursor);
  const [, operator] = cursor.match(assignmentSign) ?? [];
  if (operator === undefined) throw cursor.unsupported(`the assignment to ${target}`, at, 'only $name = and += are');
  if (variable.kind !== 'variable' || ['?', '_', 'error', 'lastexitcode'].includes(variable.name)) {
    throw cursor.fault(`${target} cannot be assigned`, at);
  }
  cursor.skipLines();
  const value = parseChain(cursor, grammar);
  return { kind: 'assignment', name: variable.name, operator: operator === '=' ? '=' : '+=', value, at };
}

function parseChain(cursor: Cursor, grammar: Grammar): Chain {
  const links: Chain['links'][number][] = [{ after: undefined, pipeline: grammar.pipeline(cursor) }];
  for (;;) {
    cursor.skipBlanks();
    const after = cursor.take('&&') ? '&&' : cursor.take('||') ? '||' : undefined;
    if (after === undefined) return { links };
    cursor.skipLines();
    links.push({ after, pipeline: grammar.pipeline(cursor) });
  }
}

function parseIf(cursor: Cursor, grammar: Grammar, at: number): Statement {
  const branches = [{ condition: parseCondition(cursor, grammar), body: parseBody(cursor, grammar) }];
  for (;;) {
    const word = nextKeyword(cursor, /(?:elseif|else)(?![A-Za-z0-9_-])/iy);
    if (word === undefined) return { kind: 'if', branches, at };
    if (word === 'else') return { kind: 'if', branches, otherwise: parseBody(cursor, grammar), at };
    branches.push({ condition: parseCondition(cursor, grammar), body: parseBody(cursor, grammar) });
  }
}

/** A word that goes on with the statement, on this line or a later one; the cursor stays where it is without it. */
function nextKeyword(cursor: Cursor, word: RegExp): string | undefined {
  const before = cursor.at;
  cursor.skipLines();
  const found = cursor.match(word)?.[0].toLowerCase();
  if (found === undefined) cursor.at = before;
  return found;
}

function parseCondition(cursor: Cursor, grammar: Grammar) {
  cursor.skipLines();
  cursor.expect('(', 'the condition in parentheses');
  cursor.skipLines();
  const condition = grammar.pipeline(cursor);
  cursor.skipLines();
  cursor.expect(')', 'the end of the condition');
  return condition;
}

function parseBody(cursor: Cursor, grammar: Grammar): Block {
  cursor.skipLines();
  cursor.expect('{', 'the block in braces');
  return cursor.nested(() => grammar.statements(cursor, '}'));
}

function parseForeach(cursor: Cursor, grammar: Grammar, at: number): Statement {
  cursor.expect('(', 'the condition in parentheses');
  cursor.skipLines();
  const place = cursor.at;
  const variable = parseVariable(cursor);
  if (variable.kind !== 'variable') throw cursor.fault('foreach needs a variable of its own', place);
  cursor.skipLines();
  if (cursor.match(/in(?![A-Za-z0-9_])/iy) === undefined) throw cursor.fault('the word in is missing');
  cursor.skipLines();
  const over = grammar.pipeline(cursor);
  cursor.skipLines();
  cursor.expect(')', 'the end of the condition');
  return { kind: 'foreach', name: variable.name, over, body: parseBody(cursor, grammar), at };
}

function parseTry(cursor: Cursor, grammar: Grammar, at: number): Statement {
  const body = parseBody(cursor, grammar);
  const hasCatch = nextKeyword(cursor, /catch(?![A-Za-z0-9_-])/iy) !== undefined;
  cursor.skipBlanks();
  if (hasCatch && cursor.peek() === '[')
    throw cursor.unsupported('catch of one type', cursor.at, '$_.Id tells what failed');
  const failed = hasCatch ? { failed: parseBody(cursor, grammar) } : {};
  const isFinal = nextKeyword(cursor, /finally(?![A-Za-z0-9_-])/iy) !== undefined;
  if (!hasCatch && !isFinal) throw cursor.fault('try needs a catch');
  return { kind: 'try', body, ...failed, ...(isFinal ? { finally: parseBody(cursor, grammar) } : {}), at };
}

function parseExit(cursor: Cursor, grammar: Grammar, at: number): Statement {
  cursor.skipBlanks();
  if (cursor.isAtEnd || /[\r\n;})]/.test(cursor.peek())) return { kind: 'exit', at };
  return { kind: 'exit', code: parseExpression(cursor, grammar), at };
}
