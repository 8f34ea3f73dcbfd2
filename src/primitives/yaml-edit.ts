/**
 * Changes in a YAML text that people wrote: values are replaced, names added and taken out where they stand, and every other
 * character stays: comments, order, quotes, blank lines. The text has been read before; nothing in it is behind an alias.
 */
import { type LocatedEntry, type LocatedValue, printYaml, readLocatedYaml } from './yaml-document.ts';

export interface YamlEdit {
  /** Names from the top; all but the last one exist. */
  readonly path: readonly string[];
  /** Undefined: it goes. */
  readonly value: unknown;
}

/** A text, and how a value is written into one line of it. */
interface Source {
  readonly text: string;
  inline(value: unknown): Promise<string>;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Levels from the top: of two that are put into one place the deeper one comes first. */
  readonly depth?: number;
}

/** @returns The changed text; undefined when it cannot be read, or has no place for a change. */
export async function editedYaml(text: string, edits: readonly YamlEdit[]): Promise<string | undefined> {
  const { value, faults } = await readLocatedYaml(text, false);
  if (value === undefined || faults.length > 0) return undefined;
  const source: Source = isJson(text)
    ? { text, inline: (one) => Promise.resolve(JSON.stringify(one)) }
    : { text, inline: async (one) => (await printYaml(one, true)).trim() };
  const splices: Splice[] = [];
  for (const [above, together] of byParent(edits)) {
    const parent = entryAt(value, above);
    if (parent === undefined) return undefined;
    const made = await splicesIn(source, parent, together);
    splices.push(...made.map((splice) => ({ ...splice, depth: above.length })));
  }
  const backwards = splices.toSorted((a, b) => b.start - a.start || b.end - a.end || (a.depth ?? 0) - (b.depth ?? 0));
  return backwards.reduce((done, { start, end, text: by }) => done.slice(0, start) + by + done.slice(end), text);
}

/** Stays JSON. */
function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function byParent(edits: readonly YamlEdit[]): readonly (readonly [readonly string[], readonly YamlEdit[]])[] {
  const parents = new Map<string, readonly YamlEdit[]>();
  for (const edit of edits) {
    const key = JSON.stringify(edit.path.slice(0, -1));
    parents.set(key, [...(parents.get(key) ?? []), edit]);
  }
  return [...parents].map(([key, together]) => [JSON.parse(key) as readonly string[], together]);
}

interface Parent {
  readonly value: LocatedValue;
  readonly place: Pick<LocatedEntry['place'], 'end' | 'column'>;
  /** Whether it stands in braces. */
  readonly inFlow: boolean;
}

function entryAt(top: LocatedValue, path: readonly string[]): Parent | undefined {
  return path.reduce<Parent | undefined>(
    (above, name) => {
      if (above?.value.kind !== 'map') return undefined;
      const entry = above.value.entries.find((each) => each.name === name);
      return entry === undefined ? undefined : { ...entry, inFlow: above.value.isFlow };
    },
    { value: top, place: { end: top.start, column: -1 }, inFlow: false },
  );
}

async function splicesIn(source: Source, parent: Parent, edits: readonly YamlEdit[]): Promise<readonly Splice[]> {
  const entries = parent.value.kind === 'map' ? parent.value.entries : [];
  const wanted = new Map(edits.map(({ path, value }) => [path.at(-1) ?? '', value]));
  const isGone = ({ name }: LocatedEntry): boolean => wanted.has(name) && wanted.get(name) === undefined;
  const splices: Splice[] = [];
  for (const entry of entries) {
    const value = wanted.get(entry.name);
    if (value !== undefined) splices.push(await replacement(source, entry, value));
  }
  const known = new Set(entries.map(({ name }) => name));
  const added = [...wanted].filter(([name, value]) => value !== undefined && !known.has(name));
  const kept = entries.filter((entry) => !isGone(entry));
  return [
    ...splices,
    ...removals(source.text, parent.value, isGone),
    ...(added.length === 0 ? [] : [await addition(source, parent, kept, Object.fromEntries(added))]),
  ];
}

async function replacement(source: Source, { place, value }: LocatedEntry, to: unknown): Promise<Splice> {
  const { text } = source;
  const printed = await source.inline(to);
  const start = value.start === value.end ? afterColon(text, place.end) : value.start;
  const isApart = /\s/.test(text[start - 1] ?? '');
  return { start, end: Math.max(start, endOf(value)), text: isApart ? printed : ` ${printed}` };
}

/** @param kept - What stays of the entries that there are. */
async function addition(source: Source, parent: Parent, kept: readonly LocatedEntry[], added: object): Promise<Splice> {
  const { text } = source;
  const { value, place, inFlow } = parent;
  const [first] = value.kind === 'map' ? value.entries : [];
  const last = value.kind === 'map' ? value.entries.at(-1) : undefined;
  if (value.kind === 'map' && !value.isFlow && first !== undefined) {
    const lines = block(await printYaml(added), first.place.column - 1);
    const after = kept.at(-1);
    if (after !== undefined) return insertion(lineEnd(text, entryEnd(after)), lines);
    return insertion(lineStart(text, first.place.start), `${lines.slice(1)}\n`);
  }
  const inline = await source.inline(added);
  if (value.kind === 'map' && last !== undefined) {
    return insertion(entryEnd(last), `${kept.length === 0 ? '' : ', '}${inline.slice(1, -1)}`);
  }
  // Nothing is in it yet: an empty map, a null that is written out, or nothing behind the colon.
  if (value.start < value.end) return { start: value.start, end: value.end, text: inline };
  if (inFlow) return insertion(afterColon(text, place.end), ` ${inline}`);
  return insertion(lineEnd(text, afterColon(text, place.end)), block(await printYaml(added), place.column + 1));
}

const insertion = (at: number, text: string): Splice => ({ start: at, end: at, text });

/** Lines of their own, behind the line that they follow. */
const block = (printed: string, indent: number): string =>
  printed
    .trimEnd()
    .split('\n')
    .map((line) => `\n${' '.repeat(Math.max(0, indent))}${line}`)
    .join('');

function removals(text: string, value: LocatedValue, isGone: (entry: LocatedEntry) => boolean): readonly Splice[] {
  if (value.kind !== 'map') return [];
  const { entries, isFlow } = value;
  const made = entries.flatMap((entry, index): Splice[] => {
    if (!isGone(entry)) return [];
    if (isFlow)
      return [{ start: entry.place.start, end: entries[index + 1]?.place.start ?? entryEnd(entry), text: '' }];
    const end = Math.min(text.length, lineEnd(text, entryEnd(entry)) + 1);
    return [{ start: lineStart(text, entry.place.start), end, text: '' }];
  });
  // Of the last ones in braces the comma before them goes too.
  const lastKept = entries.findLastIndex((entry) => !isGone(entry));
  const [kept, next] = [entries[lastKept], entries[lastKept + 1]];
  if (!isFlow || kept === undefined || next === undefined) return made;
  return [...made, { start: entryEnd(kept), end: next.place.start, text: '' }];
}

const entryEnd = ({ place, value }: LocatedEntry): number => Math.max(place.end, endOf(value));

const lineStart = (text: string, from: number): number => text.lastIndexOf('\n', from - 1) + 1;

/** A block ends with the last thing in it; what follows it are comments of what comes next. */
function endOf(value: LocatedValue): number {
  if (value.kind === 'scalar' || value.isFlow) return value.end;
  const last = value.kind === 'map' ? value.entries.at(-1) : undefined;
  if (last !== undefined) return entryEnd(last);
  const item = value.kind === 'list' ? value.items.at(-1) : undefined;
  return item === undefined ? value.end : endOf(item);
}

const afterColon = (text: string, from: number): number => text.indexOf(':', from) + 1;

function lineEnd(text: string, from: number): number {
  // A block scalar ends behind its line break already.
  if (text[from - 1] === '\n') return from - 1;
  const at = text.indexOf('\n', from);
  return at === -1 ? text.length : at;
}
