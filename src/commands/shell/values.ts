/** Values of the management shell: objects of cmdlets, texts, numbers, truth values, lists, hashtables and script blocks, and what PowerShell makes of them. */

/** Own properties only; they compare without regard to case. */
export type Properties = Readonly<Record<string, unknown>>;

const hashtablePrototype = Object.create(null) as object;

/** A hashtable is an object like those of cmdlets, and binds like one; only `Count`, `Keys` and `Values` tell it apart. */
export function hashtable(entries: readonly (readonly [string, unknown])[]): Properties {
  const table = Object.create(hashtablePrototype) as Record<string, unknown>;
  for (const [key, value] of entries) table[key] = value;
  return table;
}

const isHashtable = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === hashtablePrototype;

export const isObject = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Code that a cmdlet runs for each object. */
export class ScriptBlock {
  readonly text: string;
  readonly #run: (item: unknown, emit: (value: unknown) => void) => Promise<void>;

  /** @param text - With its braces. @param run - With `$_` set to the item. */
  constructor(text: string, run: (item: unknown, emit: (value: unknown) => void) => Promise<void>) {
    this.text = text;
    this.#run = run;
  }

  async run(item: unknown, emit: (value: unknown) => void): Promise<void> {
    await this.#run(item, emit);
  }

  /** What it emits for the item: nothing, one value, or a list. */
  async valueFor(item: unknown): Promise<unknown> {
    const values: unknown[] = [];
    await this.#run(item, (value) => values.push(value));
    return collapsed(values);
  }
}

/** A pipe's output as a value. */
export const collapsed = (values: readonly unknown[]): unknown => (values.length > 1 ? values : (values[0] ?? null));

/** A value on its way into a pipe: lists go in one by one, nothing does not go in. */
export function enumerated(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return value === null || value === undefined ? [] : [value];
}

export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 1 || isTrue(value[0]);
  return value !== null && value !== undefined && value !== false && value !== 0 && value !== '';
}

/** As PowerShell puts it into a text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  if (value instanceof Date) return value.toISOString();
  if (value instanceof ScriptBlock) return value.text.slice(1, -1);
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return '';
  return `@{${Object.entries(value)
    .map(([name, each]) => `${name}=${textOf(each)}`)
    .join('; ')}}`;
}

/** A property without regard to case. Of a list: its length, or the property of each item. What is not there is null. */
export function propertyOf(value: unknown, name: string): unknown {
  const key = name.toLowerCase();
  if (Array.isArray(value)) return propertyOfList(value, key);
  const own = isObject(value) ? ownName(value, name) : undefined;
  if (isObject(value) && own !== undefined) return value[own] ?? null;
  if (isHashtable(value)) return ofHashtable(value, key);
  if (typeof value === 'string' && key === 'length') return value.length;
  return key === 'count' ? Number(value !== null && value !== undefined) : null;
}

function ofHashtable(table: Properties, key: string): unknown {
  if (key === 'keys') return Object.keys(table);
  if (key === 'values') return Object.values(table);
  return key === 'count' ? Object.keys(table).length : null;
}

/** The spelling that the object has. */
export function ownName(object: Properties, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const key = name.toLowerCase();
  return Object.keys(object).find((each) => each.toLowerCase() === key);
}

function propertyOfList(list: readonly unknown[], key: string): unknown {
  if (key === 'count' || key === 'length') return list.length;
  return collapsed(list.flatMap((item) => (isObject(item) ? enumerated(propertyOf(item, key)) : [])));
}

/** `[0]`, `[-1]`, or `["key"]` of a hashtable. What is not there is null. */
export function itemOf(value: unknown, index: unknown): unknown {
  if (isObject(value) && typeof index === 'string') {
    const own = ownName(value, index);
    return own === undefined ? null : (value[own] ?? null);
  }
  const at = numberOf(index);
  if (at === undefined || value === null || value === undefined) return null;
  const list = Array.isArray(value) || typeof value === 'string' ? value : [value];
  return (list as readonly unknown[]).at(Math.trunc(at)) ?? null;
}

/** Undefined for what is no number and no text of one. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value === null || value === undefined) return 0;
  return typeof value === 'string' && /^\s*[+-]?\d{1,15}(?:\.\d{1,15})?\s*$/.test(value) ? Number(value) : undefined;
}
