/** Follows the event log as it grows, across a change of files, until told to stop. */
import { closeSync, fstatSync, openSync, readSync, statSync, unwatchFile, watchFile } from 'node:fs';

import { eventLogFile, type LoggedEvent, parseLines } from '../store/event-log-reader.ts';
import { type EventFilter, matchesFilter } from './get-event-log.ts';

/** Milliseconds between two looks. A person reads along; half a second is at once. */
const lookMs = 500;

interface Follower {
  readonly signal: AbortSignal;
  onEvent(event: LoggedEvent): void;
}

/** Resolves when the signal aborts. Events written before the call are not repeated. */
export async function followEventLog(storeFolder: string, filter: EventFilter, follower: Follower): Promise<void> {
  const file = eventLogFile(storeFolder);
  let position = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const look = (): void => {
    const grown = wholeLinesFrom(file, position);
    position = grown.position;
    for (const event of parseLines(grown.text)) if (matchesFilter(event, filter)) follower.onEvent(event);
  };
  watchFile(file, { interval: lookMs }, look);
  await new Promise<void>((resolve) => {
    if (follower.signal.aborted) return resolve();
    follower.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  unwatchFile(file, look);
}

/** The whole lines behind `position`; a file that is shorter than that is a new one, read from its beginning. */
function wholeLinesFrom(file: string, position: number): { readonly position: number; readonly text: string } {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return { position: 0, text: '' };
  }
  try {
    const { size } = fstatSync(descriptor);
    const from = size < position ? 0 : position;
    const bytes = Buffer.alloc(size - from);
    const read = readSync(descriptor, bytes, 0, bytes.length, from);
    const end = bytes.subarray(0, read).lastIndexOf(0x0a) + 1;
    return { position: from + end, text: bytes.toString('utf8', 0, end) };
  } finally {
    closeSync(descriptor);
  }
}
