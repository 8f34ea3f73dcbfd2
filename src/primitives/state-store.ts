/**
 * Run-time state that outlives the process: what has happened, apart from what is configured. This is the port; the gateway
 * writes through it and knows no file, `store/` keeps it on disk.
 */

export interface StateEntry {
  readonly key: string;
  /** JSON data, as it was written; whoever reads it checks it. */
  readonly value: unknown;
}

/** Records of one kind have a shape of their own. */
export type StateKind = 'presence-link' | 'queued-message' | 'received-message' | 'sent-message' | 'notice';

export interface StateStore {
  /** All records of a kind that were there at the start, in no order that means anything. */
  entries(kind: StateKind): Iterable<StateEntry>;
  /**
   * Reaches the disk together with what else is written in the next milliseconds, all of it or nothing.
   *
   * @param key - 200 characters at most.
   * @param value - undefined forgets the record.
   */
  write(kind: StateKind, key: string, value: unknown): void;
  /**
   * Resolves with true when everything written so far survives a crash; nothing when it does already. With false when the
   * disk takes nothing: the gateway goes on, the store reports that and writes later what it could not write.
   */
  durable(): Promise<boolean> | undefined;
}

/** Keeps nothing: for those who have no folder. */
export const volatileState: StateStore = { entries: () => [], write: () => undefined, durable: () => undefined };
