/** Follows the event log as it grows, across a change of files, until told to stop. */
import { type LoggedEvent, type LogPosition, readEventsAfter } from '../store/event-log-reader.ts';
import { type EventFilter, matchesFilter } from './get-event-log.ts';

/** Milliseconds between two looks. A person reads along; half a second is at once. */
const lookMs = 500;

interface Follower {
  /** What is behind it is told. */
  readonly from: LogPosition;
  readonly signal: AbortSignal;
  onEvent(event: LoggedEvent): void;
}

/** Resolves when the signal aborts. */
export async function followEventLog(
  storeFolder: string,
  filter: EventFilter,
  { from, signal, onEvent }: Follower,
): Promise<void> {
  let position = from;
  const tell = (event: LoggedEvent): void => {
    if (matchesFilter(event, filter)) onEvent(event);
  };
  const look = (): void => {
    position = readEventsAfter(storeFolder, position, tell);
  };
  // Watching the file would miss what is written before the watch begins.
  const timer = setInterval(look, lookMs);
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(timer);
}
