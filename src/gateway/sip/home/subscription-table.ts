/** The notifier's subscriptions, found by dialog and by presentity, and counted by watcher. */
import { keyOfDialog } from '../dialog.ts';
import type { RunningSubscription } from './subscription-runner.ts';

export interface WatcherAndPresentity {
  /** Canonical addresses of record. */
  readonly watcherAor: string;
  readonly presentityUri: string;
}

export interface TableEntry extends WatcherAndPresentity {
  readonly running: RunningSubscription;
  /** The value of our Contact in this dialog. */
  readonly contact: string;
}

export interface SubscriptionTable {
  add(entry: TableEntry): void;
  remove(entry: TableEntry): void;
  find(dialogKey: string | undefined): TableEntry | undefined;
  to(presentityUri: string): readonly TableEntry[];
  countOf(watcherAor: string): number;
  close(): void;
}

export function createSubscriptionTable(): SubscriptionTable {
  const byDialog = new Map<string, TableEntry>();
  const byPresentity = new Map<string, Set<TableEntry>>();
  const counts = new Map<string, number>();

  return {
    add(entry) {
      byDialog.set(keyOfDialog(entry.running.dialog), entry);
      const others = byPresentity.get(entry.presentityUri) ?? new Set();
      byPresentity.set(entry.presentityUri, others.add(entry));
      counts.set(entry.watcherAor, (counts.get(entry.watcherAor) ?? 0) + 1);
    },
    remove(entry) {
      if (!byDialog.delete(keyOfDialog(entry.running.dialog))) return;
      const others = byPresentity.get(entry.presentityUri);
      others?.delete(entry);
      if (others?.size === 0) byPresentity.delete(entry.presentityUri);
      const left = (counts.get(entry.watcherAor) ?? 1) - 1;
      if (left === 0) counts.delete(entry.watcherAor);
      else counts.set(entry.watcherAor, left);
    },
    find: (dialogKey) => (dialogKey === undefined ? undefined : byDialog.get(dialogKey)),
    to: (presentityUri) => [...(byPresentity.get(presentityUri) ?? [])],
    countOf: (watcherAor) => counts.get(watcherAor) ?? 0,
    close() {
      for (const { running } of byDialog.values()) running.stop();
      byDialog.clear();
      byPresentity.clear();
      counts.clear();
    },
  };
}
