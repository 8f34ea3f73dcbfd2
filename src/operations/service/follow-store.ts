/** A running gateway adopts each configuration of its store: by itself when the file changes, and at once when it is told to. */
import type { Configuration } from '../../config/configuration.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import type { LogEvent, OnLogEvent } from '../../primitives/log-event.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import { watchConfiguration } from '../../store/config-watch.ts';

export interface FollowedStore {
  /**
   * Reads the store now and adopts what it says, also when nothing has changed in it: what could not be had before is tried again.
   *
   * @returns Its revision, when it is in force.
   * @throws CodedError `ConfigurationDamaged`, `StoreDenied`: the last good one stays in force; `ServiceNotRunning` after `close`.
   */
  adoptNow(): Promise<number>;
  /** Nothing is adopted after this. */
  close(): void;
}

interface Following {
  readonly store: ConfigStore;
  readonly onEvent: OnLogEvent;
  readonly inForce: Configuration;
}

/** @param what - `SIGHUP: the configuration`. */
export const notLoadedEvent = ({ message }: Error, what: string): LogEvent => ({
  id: 'ConfigurationNotLoaded',
  level: 'error',
  component: 'store',
  message: `${what} was not loaded, the last good one stays in force: ${message}`,
});

const stopping = (): CodedError =>
  new CodedError('ServiceNotRunning', 'The gateway is stopping.', {
    reason: 'it takes no configuration any more',
    fix: 'xgw start-service',
  });

/** One after the other. What has changed since `inForce` was read is adopted first. */
export async function followStore(
  { store, onEvent, inForce }: Following,
  adopt: (next: Configuration) => Promise<void>,
): Promise<FollowedStore> {
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
  const notLoaded = (error: Error): void => onEvent(notLoadedEvent(error, 'the changed configuration'));
  const takeChange = (next: Configuration): void =>
    void take(next).catch((error: unknown) => {
      if (!isCodedError(error)) throw error;
      notLoaded(error);
    });
  const watch = watchConfiguration(store, takeChange, notLoaded);
  if (watch.current.revision !== inForce.revision) await take(watch.current);
  return {
    async adoptNow() {
      if (closed) throw stopping();
      const next = store.read();
      await take(next);
      if (closed) throw stopping();
      return next.revision;
    },
    close() {
      closed = true;
      watch.close();
    },
  };
}
