/** A regular expression's text becomes the states of a machine that reads a text once. What such a machine cannot do is refused. */
import { CodedError } from '../../primitives/errors.ts';

/** Characters of a pattern, and states after `{n,m}` is written out. */
export const maxPattern = 1000;
export const maxStates = 10_000;

type Test = (character: string) => boolean;

/** `next` are states; a state without a test passes on at once. */
export interface State {
  readonly test?: Test;
  readonly edge?: 'start' | 'end' | 'word';
  readonly next: number[];
}

/** A part under construction: where it begins, and the states whose `next` is open. */
export interface Part {
  readonly first: number;
  readonly open: readonly number[];
}

export const refused = (pattern: string, reason: string): CodedError =>
  new CodedError('InvalidValue', `-match cannot use the pattern "${pattern.slice(0, 100)}".`, {
    reason: `${reason}; literals, . [ ] ( ) | * + ? { } ^ $ \\d \\w \\s \\b are understood`,
  });

/** Recursive descent over the characters; groups are at most `maxPattern` deep. */
export class PatternBuilder {
  readonly states: State[] = [];
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = Array.from(pattern);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  add(state: State): number {
    this.states.push(state);
    if (this.states.length > maxStates) throw this.#refuse('it repeats too much');
    return this.states.length - 1;
  }

  connect({ open }: Part, to: number): void {
    for (const from of open) this.states[from]?.next.push(to);
  }

  alternatives(): Part {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    const [only] = branches;
    if (branches.length === 1 && only) return only;
    const fork = this.add({ next: branches.map(({ first }) => first) });
    return { first: fork, open: branches.flatMap(({ open }) => open) };
  }

  #sequence(): Part {
    const start = this.add({ next: [] });
    let whole: Part = { first: start, open: [start] };
    while (!this.isAtEnd && !/[|)]/.test(this.#peek())) {
      const part = this.#repeated();
      this.connect(whole, part.first);
      whole = { first: start, open: part.open };
    }
    return whole;
  }

  #repeated(): Part {
    const from = this.#at;
    const part = this.#atom();
    const to = this.#at;
    const [least, most] = this.#repetition() ?? [1, 1];
    if (least === 1 && most === 1) return part;
    // Each further copy is read from the pattern again.
    const copy = (): Part => {
      const here = this.#at;
      this.#at = from;
      const again = this.#atom();
      this.#at = here;
      return again;
    };
    if (to === from) throw this.#refuse('nothing is repeated');
    return this.#copies(part, copy, least, most);
  }

  #copies(first: Part, copy: () => Part, least: number, most: number): Part {
    const start = this.add({ next: [] });
    let whole: Part = { first: start, open: [start] };
    const skips: number[] = [];
    const count = Math.max(most === Infinity ? Math.max(least, 1) : most, 0);
    for (let index = 0; index < count; index += 1) {
      const part = index === 0 ? first : copy();
      if (index >= least) skips.push(...whole.open);
      this.connect(whole, part.first);
      whole = { first: start, open: part.open };
      if (most === Infinity && index === count - 1) this.connect(part, part.first);
    }
    return { first: start, open: [...new Set([...whole.open, ...skips])] };
  }

  #repetition(): readonly [number, number] | undefined {
    const bounds = /^(?:([*+?])|\{(\d{1,3})(?:(,)(\d{0,3}))?\})(\??)/.exec(
      this.#characters.slice(this.#at, this.#at + 10).join(''),
    );
    if (!bounds) return undefined;
    const [whole, sign, least = '0', comma, most] = bounds;
    this.#at += whole.length;
    if (sign !== undefined) return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity];
    const highest = comma === undefined ? Number(least) : most ? Number(most) : Infinity;
    if (highest < Number(least)) throw this.#refuse('a repetition ends before it begins');
    return [Number(least), highest];
  }

  #atom(): Part {
    const next = this.#peek();
    this.#at += 1;
    switch (next) {
      case '(':
        return this.#group();
      case '[':
        return this.#single(this.#set());
      case '.':
        return this.#single((character) => character !== '\n');
      case '^':
        return this.#edge('start');
      case '$':
        return this.#edge('end');
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw this.#refuse('nothing is repeated');
      default:
        return this.#single(isLetter(next));
    }
  }

  #group(): Part {
    if (this.#peek() === '?' && !this.#take('?:')) throw this.#refuse('it has a group of a special kind');
    const part = this.alternatives();
    if (!this.#take(')')) throw this.#refuse('a parenthesis is not closed');
    return part;
  }

  #escape(): Part {
    const letter = this.#peek();
    this.#at += 1;
    if (letter === 'b') return this.#edge('word');
    const test = classes[letter];
    if (test) return this.#single(test);
    if (/[A-Za-z0-9]/.test(letter) || letter === '') throw this.#refuse(`it has \\${letter}`);
    return this.#single(isLetter(letter));
  }

  #set(): Test {
    const isNegative = this.#take('^');
    const tests: Test[] = [];
    do tests.push(this.#member());
    while (!this.#take(']'));
    return (character) => tests.some((test) => test(character)) !== isNegative;
  }

  /** One character of a set, escaped or not, or a range of them. */
  #member(): Test {
    const [least = '', dash = '', most = ']'] = this.#characters.slice(this.#at, this.#at + 3);
    if (least === '') throw this.#refuse('a bracket is not closed');
    const isEscaped = least === '\\';
    const isRange = !isEscaped && dash === '-' && most !== ']';
    this.#at += isRange ? 3 : isEscaped ? 2 : 1;
    if (isRange) return isBetween(least, most);
    return isEscaped ? (classes[dash] ?? isLetter(dash)) : isLetter(least);
  }

  #single(test: Test): Part {
    const state = this.add({ test, next: [] });
    return { first: state, open: [state] };
  }

  #edge(edge: NonNullable<State['edge']>): Part {
    const state = this.add({ edge, next: [] });
    return { first: state, open: [state] };
  }

  #peek(): string {
    return this.#characters[this.#at] ?? '';
  }

  #take(word: string): boolean {
    const isNext = Array.from(word).every((character, index) => this.#characters[this.#at + index] === character);
    if (isNext) this.#at += word.length;
    return isNext;
  }

  #refuse(reason: string): CodedError {
    return refused(this.#characters.join(''), reason);
  }
}

export const isWord: Test = (character) => /[\p{L}\p{N}_]/u.test(character);

/** The text is in lower case already. */
const isLetter = (letter: string): Test => {
  const wanted = letter.toLowerCase();
  return (character) => character === wanted;
};

const isBetween = (least: string, most: string): Test => {
  const upper = (character: string): string => character.toUpperCase();
  return (character) => [character, upper(character)].some((each) => least <= each && each <= most);
};

const classes: Readonly<Record<string, Test>> = {
  d: (character) => /[0-9]/.test(character),
  w: isWord,
  s: (character) => /\s/.test(character),
  D: (character) => !/[0-9]/.test(character),
  W: (character) => !isWord(character),
  S: (character) => !/\s/.test(character),
  t: (character) => character === '\t',
};
