/** Which of the types that we can write a watcher gets, by its Accept header [RFC 3261 §20.1, RFC 2616 §14.1]. */
import type { Headers } from '../headers.ts';

/**
 * @param offered - The first is for everybody: it is meant by an Accept that is not there, and by wildcards. The others are for
 *   watchers that name them.
 * @param byWatcher - The watcher's order counts: the highest `q`, then the earliest. Else the order of `offered` does.
 * @returns Undefined: the watcher reads none of them.
 */
export function acceptedType(
  headers: Headers,
  offered: readonly [string, ...string[]],
  byWatcher = false,
): string | undefined {
  if (!headers.has('Accept')) return offered[0];
  const ranges = headers.getAll('Accept').map(readRange);
  const readable = offered.flatMap((type, index) => {
    const wildcards = index === 0 ? ['application/*', '*/*'] : [];
    // The most exact range speaks for a type.
    const found = [type, ...wildcards].map((name) => ranges.findIndex((range) => range.name === name));
    const place = found.find((at) => at >= 0);
    const quality = place === undefined ? 0 : (ranges[place]?.quality ?? 0);
    return place === undefined || quality === 0 ? [] : [{ type, quality, place }];
  });
  if (!byWatcher) return readable[0]?.type;
  return readable.toSorted((one, other) => other.quality - one.quality || one.place - other.place)[0]?.type;
}

/** A quality that cannot be read is none at all, as if it were not there. */
function readRange(range: string): { readonly name: string; readonly quality: number } {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.map((parameter) => /^q\s*=\s*([01](?:\.[0-9]{0,3})?)$/.exec(parameter)?.[1]).find(Boolean);
  return { name, quality: Math.min(Number(quality ?? '1'), 1) };
}
