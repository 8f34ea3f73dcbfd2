/**
 * A text of the management shell's language becomes a syntax tree, or the first fault in it. Everything that the language does
 * not have is refused here, before a line of it is run. Linear in the length of the text.
 */
import { strict as assert } from 'node:assert';

import { ok, type Result, refuse } from '../../primitives/result.ts';
import { parsePipeline } from './command-parser.ts';
import { Cursor } from './cursor.ts';
import { parseExpression } from './expression-parser.ts';
import type { Grammar } from './grammar.ts';
import { parsePrimary, parseSubexpression, parseVariable } from './primary-parser.ts';
import { parseStatements } from './statement-parser.ts';
import type { Block } from './syntax.ts';
import { FoundFault, type SyntaxFault } from './syntax-fault.ts';

/** Characters of one script. */
export const maxScriptLength = 1024 * 1024;

const grammar: Grammar = {
  variable: parseVariable,
  subexpression: (cursor) => parseSubexpression(cursor, grammar),
  primary: (cursor) => parsePrimary(cursor, grammar),
  expression: (cursor) => parseExpression(cursor, grammar),
  pipeline: (cursor) => parsePipeline(cursor, grammar),
  statements: (cursor, until) => parseStatements(cursor, grammar, until),
};

export function parseScript(text: string): Result<Block, SyntaxFault> {
  const unfit = unfitText(text);
  if (unfit) return refuse(unfit);
  try {
    return ok(parseStatements(new Cursor(text), grammar, undefined));
  } catch (error) {
    if (!(error instanceof FoundFault)) throw error;
    assert(error.fault.at >= 0 && error.fault.at <= text.length);
    return refuse(error.fault);
  }
}

/** Control characters have no place in a script: NUL stands for values on their way to a cmdlet, the others hide what is run. */
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function unfitText(text: string): SyntaxFault | undefined {
  const fault = { id: 'UnsupportedSyntax', isIncomplete: false } as const;
  if (text.length > maxScriptLength) {
    return { ...fault, message: `a script has ${maxScriptLength} characters at most.`, at: maxScriptLength };
  }
  const at = text.search(control);
  return at < 0 ? undefined : { ...fault, message: 'this is a control character.', at };
}
