/** A limit that somebody met, as the administrator reads it: of streams and of presence alike. */
import type { LogEvent } from '../primitives/log-event.ts';

export interface MetLimit {
  /** As docs/limits.md names it. */
  readonly limit: string;
  /** Who: an address, a bare JID, a domain, a partner. */
  readonly subject: string;
  /** How often since the last report, this time included. */
  readonly times: number;
  readonly reason: string;
}

/** Nothing for once. */
export const sinceLastReport = (times: number): string =>
  times === 1 ? '' : ` (${times} times since the last report)`;

export function limitEvent({ limit, subject, times, reason }: MetLimit, component: LogEvent['component']): LogEvent {
  return {
    id: 'LimitReached',
    level: 'warn',
    component,
    message: `${subject}: ${reason}${sinceLastReport(times)}`,
    facts: { limit, subject, times, reason },
  };
}
