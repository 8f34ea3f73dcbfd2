/**
 * YAML 1.2 with its core schema, and so JSON: one document of plain values. Refuses what a file that people write never needs
 * and a hostile one would use: keys given twice, aliases, tags, keys that are no text, depth. The only file that knows yaml,
 * which is loaded when the first document is read. [YAML 1.2.2 §10.3]
 */
import type * as Yaml from 'yaml';

import { ok, type Result, refuse } from './result.ts';

/** Where a document is not what it must be. Both count from 1. */
export interface YamlFault {
  readonly sentence: string;
  readonly line: number;
  readonly column: number;
}

/** What a document holds. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | YamlMap;
export interface YamlMap {
  readonly [name: string]: YamlValue;
}

/** Characters. A configuration of 10 000 partners has three million. Source: own choice. */
const maxLength = 8 * 1024 * 1024;
/** Levels of lists and maps. Source: own choice. */
const maxDepth = 32;

class Fault extends Error {
  readonly at: number;
  constructor(sentence: string, at: number) {
    super(sentence);
    this.at = at;
  }
}

/** @returns The value of the only document, null for an empty one; or the first fault. */
export async function readYaml(text: string): Promise<Result<YamlValue, YamlFault>> {
  if (text.length > maxLength) return refuse({ sentence: `more than ${maxLength} characters`, line: 1, column: 1 });
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  try {
    return ok(readDocument(text, lines, yaml));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { line, col } = lines.linePos(error.at);
    return refuse({ sentence: error.message, line: Math.max(1, line), column: Math.max(1, col) });
  }
}

function readDocument(text: string, lineCounter: Yaml.LineCounter, yaml: typeof Yaml): YamlValue {
  // The library compares each key with each: a fault of ours is found in one walk instead.
  const options = {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  } as const;
  const tokens = [...new yaml.Parser(lineCounter.addNewLine).parse(text)];
  refuseDepth(tokens);
  const [document, second] = new yaml.Composer(options).compose(tokens, true, text.length);
  if (second !== undefined) throw new Fault('a second document begins; one is read', second.range[0]);
  if (document === undefined) return null;
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) throw new Fault(decapitalised(fault.message), fault.pos[0]);

  const nameOf = (key: Yaml.ParsedNode): string => {
    if (yaml.isScalar(key) && typeof key.value === 'string') return key.value;
    throw new Fault('a key is no text; put it into quotes', key.range[0]);
  };
  const valueOf = (node: Yaml.ParsedNode | null): YamlValue => {
    if (node === null) return null;
    if (yaml.isAlias(node)) throw new Fault('aliases are not read; write the value out', node.range[0]);
    if (yaml.isSeq(node)) return node.items.map(valueOf);
    if (!yaml.isMap(node)) return node.value as YamlValue;
    const entries = new Map<string, YamlValue>();
    for (const { key, value } of node.items) {
      const name = nameOf(key);
      if (entries.has(name)) throw new Fault(`the key ${JSON.stringify(name)} is there twice`, key.range[0]);
      entries.set(name, valueOf(value));
    }
    return Object.fromEntries(entries);
  };
  return valueOf(document.contents);
}

/** Before the library makes nodes of the tokens: it calls itself for each level, and a stack at its end can end the process. */
function refuseDepth(tokens: readonly Yaml.CST.Token[]): void {
  const open = tokens.map((token) => ({ token, depth: -1 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) throw new Fault(`lists and maps are nested deeper than ${maxDepth}`, token.offset);
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
