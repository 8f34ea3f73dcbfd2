/** The rules of the language that need each other, so that each file knows only this list. */
import type { Cursor } from './cursor.ts';
import type { Block, Expression, Pipeline } from './syntax.ts';

export interface Grammar {
  /** `$( )` */
  readonly subexpression: (cursor: Cursor) => Expression;
  readonly variable: (cursor: Cursor) => Expression;
  /** A variable, quoted text, bracket or brace, with the properties and indexes behind it. */
  readonly primary: (cursor: Cursor) => Expression;
  /** A value between operators. */
  readonly expression: (cursor: Cursor) => Expression;
  readonly pipeline: (cursor: Cursor) => Pipeline;
  /** Statements up to the closing word, which is taken. */
  readonly statements: (cursor: Cursor, until: ')' | '}') => Block;
}
