/** Commands and the pipes between them. Words are taken as they stand, so that the argument grammar of the cmdlets reads them as it does from any shell. */
import type { Cursor } from './cursor.ts';
import { parseExpression, refuseForeignOperator } from './expression-parser.ts';
import type { Grammar } from './grammar.ts';
import { doubleQuote, parseEscape, parseExpansion, singleQuote, TextParts } from './quoted-text.ts';
import type { Argument, Command, Expression, Pipeline } from './syntax.ts';

const endsCommand = /[\r\n;|&)}]/;

/** `first | second | third`; a line may end behind a `|`. */
export function parsePipeline(cursor: Cursor, grammar: Grammar): Pipeline {
  cursor.skipBlanks();
  const at = cursor.at;
  const stages: Pipeline['stages'][number][] = [parseFirst(cursor, grammar)];
  for (;;) {
    cursor.skipBlanks();
    if (cursor.looksAt('||') || !cursor.take('|')) return { stages, at };
    cursor.skipLines();
    if (/^[$"'(@{\d]/.test(cursor.peek())) throw cursor.fault('only a cmdlet can stand behind |');
    stages.push(parseCommand(cursor, grammar));
  }
}

function parseFirst(cursor: Cursor, grammar: Grammar): Pipeline['stages'][number] {
  const next = cursor.peek();
  const isExpression =
    /[$(@{!\d[,]/.test(next) ||
    doubleQuote.test(next) ||
    singleQuote.test(next) ||
    /^-(?:[\d$(]|not\b)/i.test(cursor.text.slice(cursor.at, cursor.at + 5));
  if (!isExpression) return parseCommand(cursor, grammar);
  const value = parseExpression(cursor, grammar);
  cursor.skipBlanks();
  refuseForeignOperator(cursor);
  refuseRedirection(cursor);
  return { kind: 'expression', value };
}

const commandName = /[A-Za-z][A-Za-z0-9_-]*(?![^\s;|&)}{(])|[?%](?=[\s{])/y;

function parseCommand(cursor: Cursor, grammar: Grammar): Command {
  const at = cursor.at;
  if (/^[&.]\s*["'$({\w]/.test(cursor.text.slice(at, at + 8))) {
    throw cursor.unsupported('the call of a program or script', at, 'external programs run in the real shell');
  }
  const [name] = cursor.match(commandName) ?? [];
  if (name === undefined) throw noCommand(cursor);
  const given: Argument[] = [];
  for (;;) {
    cursor.skipBlanks();
    refuseRedirection(cursor);
    if (cursor.isAtEnd || endsCommand.test(cursor.peek())) break;
    given.push(parseArgument(cursor, grammar));
  }
  // Lines of the documentation begin with the program's name.
  if (name.toLowerCase() === 'xgw') return withoutProgram(given, cursor, at);
  return { kind: 'command', name, arguments: given, at };
}

function noCommand(cursor: Cursor): Error {
  if (cursor.isAtEnd || endsCommand.test(cursor.peek())) return cursor.fault('a cmdlet is missing here');
  const word = cursor.text.slice(cursor.at, cursor.at + 40).split(/[\s;|]/)[0] ?? '';
  return cursor.unsupported(`"${word}" as a command`, cursor.at, 'external programs run in the real shell');
}

function withoutProgram([first, ...rest]: readonly Argument[], cursor: Cursor, at: number): Command {
  if (first?.kind !== 'value' || first.value.kind !== 'bare') throw cursor.fault('a cmdlet is missing behind xgw', at);
  return { kind: 'command', name: first.value.text, arguments: rest, at: first.at };
}

function refuseRedirection(cursor: Cursor): void {
  const found = /^(?:[1-6*]?>|<(?!#))/.exec(cursor.text.slice(cursor.at, cursor.at + 2));
  if (found) throw cursor.unsupported('redirection', cursor.at, 'write | out-file <path>');
}

const parameterWord = /(?:--?|[\u2013\u2014\u2015])[A-Za-z?][A-Za-z0-9_-]*[:=]?/y;
const splatWord = /@([A-Za-z_][A-Za-z0-9_]*)(?=[\s;|&)}]|$)/y;

function parseArgument(cursor: Cursor, grammar: Grammar): Argument {
  const at = cursor.at;
  const [, splatted] = cursor.match(splatWord) ?? [];
  if (splatted !== undefined) return { kind: 'splat', name: splatted.toLowerCase(), at };
  const [word] = cursor.match(parameterWord) ?? [];
  if (word === undefined) return { kind: 'value', value: parseValue(cursor, grammar), at };
  const isJoined = /[:=]$/.test(word);
  if (isJoined && !isWordEnd(cursor)) return { kind: 'parameter', word, value: parseValue(cursor, grammar), at };
  if (isWordEnd(cursor)) return { kind: 'parameter', word, at };
  // A word such as -x.y or -a,b is a value after all.
  cursor.at = at;
  return { kind: 'value', value: parseValue(cursor, grammar), at };
}

const isWordEnd = (cursor: Cursor): boolean => cursor.isAtEnd || /[\s;|&)}]/.test(cursor.peek());

/** One item, or several with commas between them. */
function parseValue(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  const items = [parseItem(cursor, grammar)];
  for (;;) {
    const before = cursor.at;
    cursor.skipBlanks();
    if (!cursor.take(',')) {
      cursor.at = before;
      break;
    }
    cursor.skipLines();
    items.push(parseItem(cursor, grammar));
  }
  const [first] = items;
  if (items.length === 1 && first) return first;
  const words = items.map((item) => (item.kind === 'bare' ? item.text : undefined));
  return words.includes(undefined) ? { kind: 'list', items, at } : { kind: 'bare', text: words.join(','), at };
}

function parseItem(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  const next = cursor.peek();
  if (!/[$({@]/.test(next) && !doubleQuote.test(next) && !singleQuote.test(next)) return parseWord(cursor, grammar);
  if (next === '$' && !/[A-Za-z_?({]/.test(cursor.peek(1))) return parseWord(cursor, grammar);
  const value = grammar.primary(cursor);
  if (isWordEnd(cursor) || cursor.peek() === ',') return value;
  throw cursor.unsupported('a word of several parts', at, 'write all of it in double quotes');
}

const wordBody = /[^\s;|&(){}<>,"'\u201c\u201d\u201e\u2018\u2019\u201a\u201b`$]+/y;

function parseWord(cursor: Cursor, grammar: Grammar): Expression {
  const at = cursor.at;
  const parts = new TextParts();
  for (;;) {
    const plain = cursor.match(wordBody);
    if (plain) parts.add(plain[0]);
    const next = cursor.peek();
    if (next === '`') parts.add(parseEscape(cursor));
    else if (next === '$') parts.add(parseExpansion(cursor, grammar) ?? '$');
    else break;
  }
  if (isWordEnd(cursor) || cursor.peek() === ',') {
    if (cursor.at === at) throw cursor.fault('a value is missing', at);
    return parts.isPlain ? { kind: 'bare', text: parts.plain, at } : parts.expression(at);
  }
  throw cursor.unsupported('a word of several parts', at, 'write all of it in double quotes');
}
