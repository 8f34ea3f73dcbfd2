/** The syntax tree of the management shell's language. Every node knows where in the text it begins. */

interface Positioned {
  /** Offset of its first character. */
  readonly at: number;
}

/** Operators between two values; the evaluator knows what each does. */
export const comparisons = [
  ...(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'like', 'notlike', 'match', 'notmatch'] as const),
  ...(['in', 'notin', 'contains', 'notcontains'] as const),
] as const;

export type Comparison = (typeof comparisons)[number];
export type BinaryOperator = Comparison | 'and' | 'or' | '+' | '-';

export type Expression = Positioned &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    /** A word as it stands: the argument grammar of every cmdlet reads it. */
    | { readonly kind: 'bare'; readonly text: string }
    /** `"a $b c"`; a bare word with a variable in it too. */
    | { readonly kind: 'expandable'; readonly parts: readonly (string | Expression)[] }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'property'; readonly of: Expression; readonly name: string }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    /** `@( )`: always a list. */
    | { readonly kind: 'array'; readonly body: Block }
    /** `( )` and `$( )`: nothing, the one object, or a list. */
    | { readonly kind: 'sub'; readonly body: Block }
    | { readonly kind: 'hashtable'; readonly entries: readonly HashtableEntry[] }
    | { readonly kind: 'block'; readonly body: Block; readonly text: string }
    | { readonly kind: 'not'; readonly of: Expression }
    | { readonly kind: 'negative'; readonly of: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
  );

export interface HashtableEntry {
  readonly key: Expression;
  readonly value: Pipeline;
}

/** One word of a command: a parameter with what is attached to it, a value, or a hashtable that is splatted. */
export type Argument = Positioned &
  (
    | { readonly kind: 'parameter'; readonly word: string; readonly value?: Expression }
    | { readonly kind: 'value'; readonly value: Expression }
    | { readonly kind: 'splat'; readonly name: string }
  );

export interface Command extends Positioned {
  readonly kind: 'command';
  readonly name: string;
  readonly arguments: readonly Argument[];
}

export interface Pipeline extends Positioned {
  /** Only the first can be an expression. */
  readonly stages: readonly (Command | { readonly kind: 'expression'; readonly value: Expression })[];
}

/** `a && b || c`: each pipeline with what comes before it. */
export interface Chain {
  readonly links: readonly { readonly after: '&&' | '||' | undefined; readonly pipeline: Pipeline }[];
}

export type Block = readonly Statement[];

export type Statement = Positioned &
  (
    | ({ readonly kind: 'chain' } & Chain)
    | {
        readonly kind: 'assignment';
        readonly name: string;
        readonly operator: '=' | '+=';
        readonly value: Chain;
      }
    | {
        readonly kind: 'if';
        readonly branches: readonly { readonly condition: Pipeline; readonly body: Block }[];
        readonly otherwise?: Block;
      }
    | { readonly kind: 'foreach'; readonly name: string; readonly over: Pipeline; readonly body: Block }
    | { readonly kind: 'try'; readonly body: Block; readonly failed?: Block; readonly finally?: Block }
    | { readonly kind: 'exit'; readonly code?: Expression }
  );
