/** A running gateway adopts each configuration of its store: by itself when the file changes, and at once when it is told to. */
import type { Configuration } from '../../config/configuration.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import { watchConfiguration } from '../../store/config-watch.ts';

export interface FollowedStore {
  /** The last good configuration that was read. */
  readonly current: Configuration;
  /**
   * Reads the store now and adopts what it says, also when nothing has changed in it: what could not be had before is tried again.
   *
   * @returns Its revision, when it is in force. @throws CodedError `ConfigurationDamaged`, `StoreDenied`; the last good one stays in force then.
   */
  adoptNow(): Promise<number>;
  /** Nothing is adopted after this. */
  close(): void;
}

interface Following {
  readonly store: ConfigStore;
  readonly onEvent: OnLogEvent;
}

/** One after the other, each with the newest configuration. */
export function followStore(
  { store, onEvent }: Following,
  adopt: (next: Configuration) => Promise<void>,
): FollowedStore {
  let adopting = Promise.resolve();
  let closed = false;
  const adoptNext = async (before: Promise<void>, next: Configuration): Promise<void> => {
    await before.catch(() => undefined);
    if (!closed) await adopt(next);
  };
  const take = (next: Configuration): Promise<void> => {
    adopting = adoptNext(adopting, next);
    return adopting;
  };
  const notLoaded = ({ message }: Error): void =>
    onEvent({
      id: 'ConfigurationNotLoaded',
      level: 'error',
      component: 'store',
      message: `the changed configuration was not loaded, the last good one stays in force: ${message}`,
    });
  const watch = watchConfiguration(store, (next) => void take(next), notLoaded);
  return {
    get current() {
      return watch.current;
    },
    async adoptNow() {
      const next = store.read();
      await take(next);
      return next.revision;
    },
    close() {
      closed = true;
      watch.close();
    },
  };
}
