/** Which events of the log an administrator asked for, as objects. */
import { type LogLevel, logLevels } from '../primitives/log-event.ts';
import { eachNewest, type LoggedEvent, type LogPosition, logEnd } from '../store/event-log-reader.ts';

export interface EventFilter {
  /** Events at this level and more severe ones. */
  readonly level: LogLevel;
  readonly component?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Only events at or after this time. */
  readonly since?: Date | undefined;
  /** Text that the event id, the message or a fact must contain, without regard to case. */
  readonly filter?: string | undefined;
  /** The newest so many. */
  readonly tail?: number | undefined;
}

export const matchesFilter = (event: LoggedEvent, filter: EventFilter): boolean =>
  logLevels.indexOf(event.level) <= logLevels.indexOf(filter.level) &&
  (filter.component === undefined || event.component === filter.component.toLowerCase()) &&
  (filter.correlationId === undefined || event.correlationId === filter.correlationId) &&
  (filter.since === undefined || event.time >= filter.since.toISOString()) &&
  (filter.filter === undefined || textsOf(event).some((text) => contains(text, filter.filter ?? '')));

const contains = (text: string, wanted: string): boolean => text.toLowerCase().includes(wanted.toLowerCase());

const textsOf = ({ id, message, facts = {} }: LoggedEvent): readonly string[] => [
  id,
  message,
  ...Object.values(facts).map((fact) => (typeof fact === 'string' ? fact : (JSON.stringify(fact) ?? ''))),
];

interface FoundEvents {
  /** Oldest first. */
  readonly events: readonly LoggedEvent[];
  /** Where a follower goes on. */
  readonly end: LogPosition;
}

export function findEvents(storeFolder: string, filter: EventFilter): FoundEvents {
  const end = logEnd(storeFolder);
  const found: LoggedEvent[] = [];
  const most = filter.tail ?? Number.POSITIVE_INFINITY;
  if (most > 0) {
    eachNewest(storeFolder, end, (event) => {
      if (matchesFilter(event, filter)) found.push(event);
      return found.length < most;
    });
  }
  return { events: found.toReversed(), end };
}

/** The event as get-eventlog emits it. */
export const eventObject = (event: LoggedEvent): Readonly<Record<string, unknown>> => ({
  Time: event.time,
  Level: event.level,
  Component: event.component,
  Event: event.id,
  Message: event.message,
  CorrelationId: event.correlationId ?? null,
  Facts: event.facts ?? {},
});
