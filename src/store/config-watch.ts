/**
 * Follows the store for a running gateway: the folder is watched, since an atomic write replaces the file; a slow poll is
 * the net for file systems that report nothing. A damaged or vanished file is a problem to report, and the last good
 * configuration stays in force.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../config/configuration.ts';
import { type Clock, realClock, type Timer } from '../primitives/clock.ts';
import { CodedError } from '../primitives/errors.ts';
import type { ConfigStore } from './config-store.ts';
import { storeFile } from './store-folder.ts';

export interface ConfigurationWatch {
  /** The last good configuration. The one at the start is here, not in `onChange`. */
  readonly current: Configuration;
  /** Nothing is called after this. */
  close(): void;
}

/** Milliseconds of silence after an event: a write is several events. */
const debounceMs = 50;
/** Milliseconds between two looks at the file without any event. */
const pollMs = 5000;

/** @throws CodedError what `store.read()` throws: a gateway does not start on a damaged store. */
export function watchConfiguration(
  store: ConfigStore,
  onChange: (configuration: Configuration) => void,
  onProblem: (error: Error) => void,
  clock: Clock = realClock,
): ConfigurationWatch {
  const file = storeFile(store.folder);
  // The look comes before the read: a change between the two is then noticed by the next look.
  let seen = lookAt(file);
  let current = store.read();
  let closed = false;
  let watcher: FSWatcher | undefined;
  let debounce: Timer | undefined;
  let poll: Timer | undefined;

  const check = (): void => {
    const now = lookAt(file);
    if (closed || now === seen) return;
    seen = now;
    try {
      if (now === undefined) throw vanished(file);
      const read = store.read();
      if (isDeepStrictEqual(read, current)) return;
      current = read;
    } catch (error) {
      onProblem(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    onChange(current);
  };
  const soon = (): void => {
    debounce?.cancel();
    if (!closed) debounce = clock.after(debounceMs, check);
  };
  const unwatch = (): void => {
    watcher?.close();
    watcher = undefined;
  };
  const pollAgain = (): void => {
    if (closed) return;
    watcher ??= watchFolder(store.folder, soon, unwatch);
    check();
    poll = clock.after(pollMs, pollAgain);
  };

  pollAgain();
  return {
    get current() {
      return current;
    },
    close() {
      closed = true;
      unwatch();
      debounce?.cancel();
      poll?.cancel();
    },
  };
}

/** Which file this is and how old; undefined when there is none. Every write makes a new one. */
function lookAt(file: string): string | undefined {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(file);
    return `${ino} ${mtimeMs} ${ctimeMs} ${size}`;
  } catch {
    return undefined;
  }
}

/** Undefined when the folder cannot be watched; the poll tries again. */
function watchFolder(folder: string, onEvent: () => void, onFailure: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, onEvent).on('error', onFailure);
  } catch {
    return undefined;
  }
}

const vanished = (file: string): CodedError =>
  new CodedError('ConfigurationDamaged', `${file} has disappeared; the last good configuration stays in force.`, {
    reason: 'somebody has removed or renamed it',
    fix: 'xgw get-configurationhistory',
    target: file,
  });
