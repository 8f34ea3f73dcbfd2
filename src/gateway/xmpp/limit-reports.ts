/** Limits that are met again and again are told once a minute each, with how often: or the log would be the next thing to fill. */
import type { Clock } from '../../primitives/clock.ts';
import { RepeatedReports } from '../../primitives/repeated-reports.ts';
import type { S2sEvent } from './s2s-event.ts';

type OnEvent = (event: S2sEvent) => void;

/** Whoever enforces a limit reports each time; what passes here is what the administrator reads. */
export function thinnedLimitReports(onEvent: OnEvent, clock: Clock): OnEvent {
  const reports = new RepeatedReports(clock);
  return (event) => {
    if (event.type !== 'limit-reached') return onEvent(event);
    const times = reports.count(`${event.limit} ${event.subject}`);
    if (times !== undefined) onEvent({ ...event, times });
  };
}
