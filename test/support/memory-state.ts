/** Run-time state in memory that several gateways of a test can follow each other on; a test may hold writes back. */
import type { StateEntry, StateKind, StateStore } from '../../src/primitives/state-store.ts';

export interface MemoryState extends StateStore {
  /** From now on nothing is durable, until `release`. */
  hold(): void;
  release(): void;
  /** From now on the disk takes nothing, until it is told otherwise. */
  refuse(isRefused: boolean): void;
  /** As it would be found after a crash. */
  readonly records: ReadonlyMap<string, unknown>;
}

export function memoryState(given: readonly (readonly [string, unknown])[] = []): MemoryState {
  const records = new Map<string, unknown>(given);
  const late: (readonly [string, unknown])[] = [];
  let held: { readonly promise: Promise<boolean>; readonly release: (isWritten: boolean) => void } | undefined;
  let isRefused = false;
  const keep = (key: string, value: unknown): void => {
    if (value === undefined) records.delete(key);
    else records.set(key, value);
  };
  return {
    records,
    *entries(kind: StateKind): Iterable<StateEntry> {
      for (const [key, value] of records) if (key.startsWith(kind)) yield { key: key.slice(kind.length + 1), value };
    },
    write(kind, key, value) {
      const copy: unknown = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
      if (held === undefined && !isRefused) keep(`${kind} ${key}`, copy);
      else late.push([`${kind} ${key}`, copy]);
    },
    durable() {
      if (isRefused) return Promise.resolve(false);
      return late.length === 0 ? undefined : held?.promise;
    },
    hold() {
      let release: (isWritten: boolean) => void = () => undefined;
      const promise = new Promise<boolean>((resolve) => {
        release = resolve;
      });
      held = { promise, release };
    },
    release() {
      for (const [key, value] of late.splice(0)) keep(key, value);
      held?.release(true);
      held = undefined;
    },
    refuse(refused) {
      isRefused = refused;
    },
  };
}
