/**
 * Follows the folder of key files for a running gateway: a chain that was completed, or a file that was repaired, is no change of
 * the configuration. Where a folder cannot be watched, the next change of the configuration reads the files again.
 */
import { type FSWatcher, watch } from 'node:fs';

import { type Clock, realClock, type Timer } from '../primitives/clock.ts';

/** Milliseconds of silence after an event: importing a certificate writes several files, and then the configuration. */
const debounceMs = 200;

/** @param folder - Must exist. */
export function watchKeyFiles(folder: string, onChange: () => void, clock: Clock = realClock): { close(): void } {
  let debounce: Timer | undefined;
  let watcher: FSWatcher | undefined;
  const soon = (): void => {
    debounce?.cancel();
    debounce = clock.after(debounceMs, onChange);
  };
  try {
    watcher = watch(folder, { persistent: false }, soon).on('error', () => watcher?.close());
  } catch {
    // A file system without events, or the system's limit of watches.
  }
  return {
    close() {
      watcher?.close();
      debounce?.cancel();
    },
  };
}
