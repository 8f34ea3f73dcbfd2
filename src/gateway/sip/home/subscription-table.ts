/** The notifier's subscriptions, found by dialog and by presentity, and counted by watcher. */
import { keyOfDialog } from '../dialog.ts';
import type { RunningSubscription } from './subscription-runner.ts';

export interface WatcherAndPresentity {
  /** Canonical addresses of record. */
  readonly watcherAor: string;
  readonly presentityUri: string;
}

export interface TableEntry<State> extends WatcherAndPresentity {
  readonly running: RunningSubscription<State>;
  /** The value of our Contact in this dialog. */
  readonly contact: string;
  /** The type of its documents. */
  readonly contentType: string;
  /** When it was made, milliseconds on the clock's monotonic scale. */
  readonly since: number;
}

export interface SubscriptionTable<State> {
  add(entry: TableEntry<State>): void;
  remove(entry: TableEntry<State>): void;
  find(dialogKey: string | undefined): TableEntry<State> | undefined;
  to(presentityUri: string): readonly TableEntry<State>[];
  all(): readonly TableEntry<State>[];
  countOf(watcherAor: string): number;
  close(): void;
}

export function createSubscriptionTable<State>(): SubscriptionTable<State> {
  const byDialog = new Map<string, TableEntry<State>>();
  const byPresentity = new Map<string, Set<TableEntry<State>>>();
  const counts = new Map<string, number>();

  return {
    add(entry) {
      byDialog.set(keyOfDialog(entry.running.dialog()), entry);
      const others = byPresentity.get(entry.presentityUri) ?? new Set<TableEntry<State>>();
      byPresentity.set(entry.presentityUri, others.add(entry));
      counts.set(entry.watcherAor, (counts.get(entry.watcherAor) ?? 0) + 1);
    },
    remove(entry) {
      if (!byDialog.delete(keyOfDialog(entry.running.dialog()))) return;
      const others = byPresentity.get(entry.presentityUri);
      others?.delete(entry);
      if (others?.size === 0) byPresentity.delete(entry.presentityUri);
      const left = (counts.get(entry.watcherAor) ?? 1) - 1;
      if (left === 0) counts.delete(entry.watcherAor);
      else counts.set(entry.watcherAor, left);
    },
    find: (dialogKey) => (dialogKey === undefined ? undefined : byDialog.get(dialogKey)),
    to: (presentityUri) => [...(byPresentity.get(presentityUri) ?? [])],
    all: () => [...byDialog.values()],
    countOf: (watcherAor) => counts.get(watcherAor) ?? 0,
    close() {
      for (const { running } of byDialog.values()) running.stop();
      byDialog.clear();
      byPresentity.clear();
      counts.clear();
    },
  };
}
