/** What the words of a command line that is still being typed have said: the rules are those of `host/argv.ts`, and nothing is an error. */
import { findParameter } from '../host/parameter-name.ts';
import { type CmdletDescription, isParameter, type ParameterDescription } from './definitions.ts';

export interface BoundSoFar {
  /** Names of the parameters that were given, and their texts. */
  readonly given: ReadonlyMap<string, string>;
  /** The parameter whose value comes next. */
  readonly pending?: ParameterDescription;
  /** The parameter that a word without a name would go to. */
  readonly slot?: ParameterDescription;
  /** Behind `--` nothing names a parameter. */
  readonly onlyValues: boolean;
}

interface Reading {
  readonly given: Map<string, string>;
  readonly positionals: string[];
  pending: ParameterDescription | undefined;
  onlyValues: boolean;
}

export function boundSoFar(words: readonly string[], cmdlet: CmdletDescription): BoundSoFar {
  const reading: Reading = { given: new Map(), positionals: [], pending: undefined, onlyValues: false };
  for (const word of words) read(word, cmdlet, reading);
  const { given, positionals, pending, onlyValues } = reading;
  const free = cmdlet.parameters
    .filter(({ name, position }) => position !== undefined && !given.has(name))
    .toSorted((left, right) => (left.position ?? 0) - (right.position ?? 0));
  for (const text of positionals) {
    const slot = free.shift();
    if (slot) given.set(slot.name, text);
  }
  const [slot] = free;
  return { given, onlyValues, ...(pending ? { pending } : {}), ...(slot ? { slot } : {}) };
}

function read(word: string, cmdlet: CmdletDescription, reading: Reading): void {
  const { given, pending, onlyValues } = reading;
  if (word === '--' && !onlyValues) reading.onlyValues = true;
  else if (!onlyValues && isParameter(word)) readNamed(word, cmdlet, reading);
  else if (pending) {
    given.set(pending.name, (given.get(pending.name) ?? '') + word);
    // `a.com, b.com` arrives as two words.
    if (!(pending.type.kind === 'list' && word.endsWith(','))) reading.pending = undefined;
  } else reading.positionals.push(word);
}

function readNamed(word: string, cmdlet: CmdletDescription, reading: Reading): void {
  const { parameter, value } = namedIn(word, cmdlet);
  reading.pending = undefined;
  if (!parameter) return;
  reading.given.set(parameter.name, value ?? '');
  const isComplete = value === undefined ? parameter.type.kind === 'switch' : value !== '' || !word.endsWith(':');
  if (!isComplete) reading.pending = parameter;
}

export interface NamedWord {
  readonly parameter: ParameterDescription | undefined;
  /** Everything up to the value: `-tls:`, or the whole word when none has begun. */
  readonly head: string;
  readonly value: string | undefined;
}

/** `-tls:req` */
export function namedIn(word: string, { parameters }: CmdletDescription): NamedWord {
  const [head = word, name = '', separator] = /^\W+([^:=]*)([:=])?/.exec(word) ?? [];
  const byName = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter]));
  const found = findParameter(name, word.startsWith('--'), byName as never, false);
  const parameter = found.ok ? byName[found.value.name] : undefined;
  return { parameter, head, value: separator === undefined ? undefined : word.slice(head.length) };
}
