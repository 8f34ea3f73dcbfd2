/**
 * YAML 1.2 with its core schema, and so JSON: one document of plain values, or the same with the place of each. Refuses what a
 * file that people write never needs and a hostile one would use: keys given twice, aliases where nobody asked for them, tags,
 * keys that are no text, depth. The only file that knows yaml, which is loaded with the first document. [YAML 1.2.2 §10.3]
 */
import type * as Yaml from 'yaml';

import { ok, type Result, refuse } from './result.ts';

/** Where a document is not what it must be. Both count from 1. */
export interface YamlFault {
  readonly sentence: string;
  readonly line: number;
  readonly column: number;
}

export type Place = Pick<YamlFault, 'line' | 'column'>;

/** Where something begins, and its characters in the text: from `start` to before `end`. */
interface Located extends Place {
  readonly start: number;
  readonly end: number;
}

/** A value, and where it is. `isFlow`: in brackets or braces. */
export type LocatedValue = Located &
  (
    | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
    | { readonly kind: 'list'; readonly isFlow: boolean; readonly items: readonly LocatedValue[] }
    | { readonly kind: 'map'; readonly isFlow: boolean; readonly entries: readonly LocatedEntry[] }
  );
export interface LocatedEntry {
  readonly name: string;
  /** Of the name. */
  readonly place: Located;
  readonly value: LocatedValue;
}

/** What could be read, and what is wrong with it. */
export interface LocatedDocument {
  /** Undefined where the form itself is wrong. */
  readonly value: LocatedValue | undefined;
  readonly faults: readonly YamlFault[];
}

/** What a document holds. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | YamlMap;
export interface YamlMap {
  readonly [name: string]: YamlValue;
}

/** Characters. A configuration of 10 000 partners has three million. Source: own choice. */
export const maxYamlCharacters = 8 * 1024 * 1024;
/** Levels of lists and maps. Source: own choice. */
export const maxYamlDepth = 32;
/** Values, those behind aliases counted each time: a few lines can stand for thousands of millions. Source: own choice. */
export const maxYamlValues = 1_000_000;
/** More than anybody mends at once. */
const maxFaults = 50;

class Fault extends Error {
  readonly at: number;
  constructor(sentence: string, at: number) {
    super(sentence);
    this.at = at;
  }
}

/** @returns The value of the only document, null for an empty one; or the first fault. */
export async function readYaml(text: string): Promise<Result<YamlValue, YamlFault>> {
  const { value, faults } = await readLocatedYaml(text, false);
  const [fault] = faults;
  return value === undefined || fault !== undefined
    ? refuse(fault ?? { sentence: 'it cannot be read', line: 1, column: 1 })
    : ok(plainValue(value));
}

/**
 * The only document with all places, and every fault. Of a key that is there twice the first counts.
 *
 * @param aliases - Whether `*name` may stand for what `&name` marks.
 */
export async function readLocatedYaml(text: string, aliases: boolean): Promise<LocatedDocument> {
  if (text.length > maxYamlCharacters) {
    return {
      value: undefined,
      faults: [{ sentence: `more than ${maxYamlCharacters} characters`, line: 1, column: 1 }],
    };
  }
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const placeOf = (at: number): Place => {
    const { line, col } = lines.linePos(at);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults: Fault[] = [];
  const value = attempted(() => new Composed(yaml, placeOf, aliases, faults).read(text, lines), faults);
  const named = faults.slice(0, maxFaults).map(({ message, at }) => ({ sentence: message, ...placeOf(at) }));
  return { value, faults: named };
}

function attempted<T>(read: () => T, faults: Fault[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    faults.push(error);
    return undefined;
  }
}

/** The values without their places. Names that mean something to JavaScript are names like others. */
export function plainValue(value: LocatedValue): YamlValue {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'list') return value.items.map(plainValue);
  return Object.fromEntries(value.entries.map((entry) => [entry.name, plainValue(entry.value)]));
}

/** One document, from the library's nodes to ours. */
class Composed {
  readonly #yaml: typeof Yaml;
  readonly #placeOf: (at: number) => Place;
  readonly #aliases: boolean;
  readonly #faults: Fault[];
  /** What is marked `&name`, complete, and how many values it is. */
  readonly #marked = new Map<string, { readonly value: LocatedValue; readonly values: number }>();
  #values = 0;

  constructor(yaml: typeof Yaml, placeOf: (at: number) => Place, aliases: boolean, faults: Fault[]) {
    this.#yaml = yaml;
    this.#placeOf = placeOf;
    this.#aliases = aliases;
    this.#faults = faults;
  }

  /** @throws Fault for what leaves no document to look at. */
  read(text: string, lines: Yaml.LineCounter): LocatedValue | undefined {
    // The library compares each key with each: a fault of ours is found in one walk instead.
    const options = {
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    } as const;
    const tokens = [...new this.#yaml.Parser(lines.addNewLine).parse(text)];
    refuseDepth(tokens);
    const [document, second] = new this.#yaml.Composer(options).compose(tokens, true, text.length);
    if (second !== undefined) throw new Fault('a second document begins; one is read', second.range[0]);
    if (document === undefined) return this.#nothing(0);
    const wrong = [...document.errors, ...document.warnings];
    for (const { message, pos } of wrong) this.#faults.push(new Fault(decapitalised(message), pos[0]));
    return wrong.length > 0 ? undefined : this.#valueOf(document.contents, 0);
  }

  #valueOf(node: Yaml.ParsedNode | null, at: number): LocatedValue {
    const before = this.#values;
    this.#values += 1;
    if (node === null) return this.#nothing(at);
    const [start] = node.range;
    if (this.#yaml.isAlias(node)) return { ...this.#aliased(node), ...this.#located(node) };
    const value = this.#plainOf(node);
    if (this.#values > maxYamlValues) throw new Fault(`more than ${maxYamlValues} values`, start);
    if (node.anchor !== undefined) this.#marked.set(node.anchor, { value, values: this.#values - before });
    return value;
  }

  #nothing(at: number): LocatedValue {
    return { kind: 'scalar', value: null, ...this.#placeOf(at), start: at, end: at };
  }

  #located({ range: [start, end] }: Yaml.ParsedNode): Located {
    return { ...this.#placeOf(start), start, end };
  }

  #plainOf(node: Exclude<Yaml.ParsedNode, Yaml.Alias.Parsed>): LocatedValue {
    const located = this.#located(node);
    if (this.#yaml.isScalar(node)) {
      return { kind: 'scalar', value: node.value as string | number | boolean | null, ...located };
    }
    const isFlow = node.flow === true;
    if (this.#yaml.isMap(node)) return { kind: 'map', isFlow, entries: this.#entriesOf(node), ...located };
    return { kind: 'list', isFlow, items: node.items.map((item) => this.#valueOf(item, located.start)), ...located };
  }

  #entriesOf(node: Yaml.YAMLMap.Parsed): readonly LocatedEntry[] {
    const entries = new Map<string, LocatedEntry>();
    for (const { key, value } of node.items) {
      const [at, end] = key.range;
      if (!this.#yaml.isScalar(key) || typeof key.value !== 'string') {
        this.#faults.push(new Fault('a key is no text; put it into quotes', at));
      } else if (entries.has(key.value)) {
        this.#faults.push(new Fault(`the key ${JSON.stringify(key.value)} is there twice`, at));
      } else {
        const entry = { name: key.value, place: this.#located(key), value: this.#valueOf(value, end) };
        entries.set(key.value, entry);
      }
    }
    return [...entries.values()];
  }

  #aliased({ source, range: [at] }: Yaml.Alias.Parsed): LocatedValue {
    if (!this.#aliases) throw new Fault('aliases are not read; write the value out', at);
    const marked = this.#marked.get(source);
    if (marked === undefined) throw new Fault(`nothing before is marked &${source}`, at);
    this.#values += marked.values;
    if (this.#values > maxYamlValues) throw new Fault(`more than ${maxYamlValues} values`, at);
    return marked.value;
  }
}

/** Block style, as people write it, or in one line; what it says is read again as the same. */
export async function printYaml(value: unknown, isFlow = false): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(value, {
    version: '1.2',
    schema: 'core',
    lineWidth: 0,
    ...(isFlow ? { collectionStyle: 'flow', flowCollectionPadding: false } : {}),
  });
}

/** Before the library makes nodes of the tokens: it calls itself for each level, and a stack at its end can end the process. */
function refuseDepth(tokens: readonly Yaml.CST.Token[]): void {
  const open = tokens.map((token) => ({ token, depth: -1 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxYamlDepth) throw new Fault(`lists and maps are nested deeper than ${maxYamlDepth}`, token.offset);
    for (const inside of tokensIn(token)) open.push({ token: inside, depth: depth + 1 });
  }
}

function tokensIn(token: Yaml.CST.Token): readonly Yaml.CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value]).filter((each) => each !== undefined && each !== null);
}

const decapitalised = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

export const isYamlMap = (value: YamlValue): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
