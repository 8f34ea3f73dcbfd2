/**
 * What a list on the command line says: `a,b;c` with quoted items, and PowerShell's list modifier in every spelling that a
 * shell lets through. Only text; the types of the items are `parameters.ts`.
 */
import type { FailureId } from '../../primitives/failures.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';

/** What a set- cmdlet shall do to a list: replace it, or add and remove. `replace` excludes the other two. */
export interface ListChange<T> {
  readonly replace?: readonly T[];
  readonly add: readonly T[];
  readonly remove: readonly T[];
}

/** The list after the change, without duplicates, in the order in which items came. Items compare with `===`. */
export function changedList<T>(current: readonly T[], change: ListChange<T>): readonly T[] {
  if (change.replace) return change.replace;
  const kept = current.filter((item) => !change.remove.includes(item));
  return [...kept, ...change.add.filter((item) => !kept.includes(item))];
}

/** Items separate at commas, semicolons and white space outside of quotes; a sign before a quote belongs to the item. */
export function itemsOf(text: string): string[] {
  const items = text.matchAll(/([+-]?)(?:"([^"]*)"|'([^']*)'|([^\s,;"']+))/g);
  const words = [...items].map(([, sign = '', double, single, plain = '']) => sign + (double ?? single ?? plain));
  return words.filter((word) => word !== '');
}

/** The items of a plain list; `$null`, `@()` and the empty text have none. */
export function readList(text: string): readonly string[] {
  return /^\s*\$null\s*$/i.test(text) ? [] : itemsOf(unwrapArray(text));
}

/**
 * Reads `a,b` (replace), `+a,-b`, `@{Add="a","b";Remove="c"}`, and `$null` (replace by nothing).
 *
 * @param isItem - Whether a word is an item as it stands: in base64 a `+` at the beginning is no sign.
 */
export function readListChange(
  text: string,
  isItem: (word: string) => boolean = () => false,
): Result<ListChange<string>, string> {
  const [, modifier] = /^@\{(.*)\}$/s.exec(text.trim()) ?? [];
  if (modifier !== undefined) return readModifier(modifier);
  const items = readList(text);
  const signed = items.filter((item) => /^[+-]/.test(item) && !isItem(item));
  if (signed.length === 0) return ok({ replace: items, add: [], remove: [] });
  if (signed.length < items.length) {
    return refuse('signed and unsigned items cannot be mixed: +x and -y change the list, a plain list replaces it.');
  }
  const having = (sign: string): string[] => items.filter((item) => item.startsWith(sign)).map((item) => item.slice(1));
  return ok({ add: having('+'), remove: having('-') });
}

function readModifier(body: string): Result<ListChange<string>, string> {
  const entries = [...body.matchAll(/([A-Za-z]+)\s*=\s*((?:"[^"]*"|'[^']*'|[^;="'])*)(?:;|$)/g)];
  const change = new Map(entries.map(([, key = '', values = '']) => [key.toLowerCase(), readList(values)]));
  const isKnown = [...change.keys()].every((key) => ['add', 'remove', 'replace'].includes(key));
  if (!isKnown || change.size === 0) return refuse(`@{${body}} is no list change; it takes Add, Remove and Replace.`);
  const replace = change.get('replace');
  if (replace && change.size > 1) return refuse('Replace stands alone in a list change.');
  return ok(
    replace ? { replace, add: [], remove: [] } : { add: change.get('add') ?? [], remove: change.get('remove') ?? [] },
  );
}

const unwrapArray = (text: string): string => text.trim().replace(/^@\((.*)\)$/s, '$1');

export interface Wreckage {
  readonly id: FailureId;
  readonly sentence: string;
}

/** What a shell leaves of a list modifier that was not quoted: PowerShell's text, bash's brace expansion, the cut at `;`. */
export function wreckageOf(text: string): Wreckage | undefined {
  if (/^System\.Collections\.Hashtable$/i.test(text.trim())) {
    const sentence = 'PowerShell turned the hashtable into the text "System.Collections.Hashtable".';
    return { id: 'HashtableStringified', sentence };
  }
  if (/^@(?:Add|Remove|Replace)=/i.test(text)) {
    return { id: 'ListModifierBroken', sentence: 'the shell expanded the braces of @{...} before they arrived.' };
  }
  if (/^@\{[^}]*$/.test(text)) {
    return {
      id: 'ListModifierBroken',
      sentence: 'the closing brace of @{...} is missing: the shell cut it at the ";".',
    };
  }
  return undefined;
}
