/** Lists by key whose items end by themselves: bindings and publications. */
import type { Clock, Timer } from '../../../primitives/clock.ts';

export interface Expiring {
  /** On the clock's monotonic scale, in milliseconds. */
  readonly expiresAt: number;
}

export interface ExpiringTable<T extends Expiring> {
  /** The live items, in the order they were put. */
  of(key: string): readonly T[];
  /** Replaces all items of a key at once. */
  replace(key: string, items: readonly T[]): void;
  /** The keys with live items. */
  keys(): readonly string[];
  close(): void;
}

/** @param onChange Called after each replacement and after an item has expired, with the live items before and after. */
export function createExpiringTable<T extends Expiring>(
  clock: Clock,
  onChange: (key: string, before: readonly T[], after: readonly T[]) => void,
): ExpiringTable<T> {
  const entries = new Map<string, { readonly items: readonly T[]; readonly timer: Timer }>();

  function live(key: string): readonly T[] {
    const now = clock.now();
    return (entries.get(key)?.items ?? []).filter(({ expiresAt }) => expiresAt > now);
  }

  function replace(key: string, items: readonly T[]): void {
    const before = entries.get(key);
    before?.timer.cancel();
    if (items.length === 0) entries.delete(key);
    else entries.set(key, { items, timer: expiry(key, items) });
    onChange(key, before?.items ?? [], items);
  }

  function expiry(key: string, items: readonly T[]): Timer {
    const first = Math.min(...items.map(({ expiresAt }) => expiresAt));
    return clock.after(Math.max(first - clock.now(), 0), () => replace(key, live(key)));
  }

  return {
    of: live,
    replace,
    keys: () => [...entries.keys()].filter((key) => live(key).length > 0),
    close() {
      for (const { timer } of entries.values()) timer.cancel();
      entries.clear();
    },
  };
}

/** The list with room for one more: when it is full, the item that expires first leaves. */
export function withRoom<T extends Expiring>(items: readonly T[], max: number): readonly T[] {
  if (items.length < max) return items;
  const first = Math.min(...items.map(({ expiresAt }) => expiresAt));
  const leaving = items.find(({ expiresAt }) => expiresAt === first);
  return items.filter((item) => item !== leaving);
}
