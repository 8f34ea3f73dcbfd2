/** What the event log says of next hops. */
import type { LogEvent } from '../primitives/log-event.ts';

export const nextHopUp = (nextHop: string): LogEvent => ({
  id: 'NextHopUp',
  level: 'info',
  component: 'sip',
  message: `the next hop ${nextHop} answers`,
  facts: { nextHop },
});

/** @param waitMs - Milliseconds until it is asked again. */
export function nextHopDown(nextHop: string, reason: string, waitMs: number): LogEvent {
  const retryAfter = Math.ceil(waitMs / 1000);
  return {
    id: 'NextHopDown',
    level: 'warn',
    component: 'sip',
    message: `the next hop ${nextHop} is down, it is asked again in ${retryAfter} s: ${reason}`,
    facts: { nextHop, reason, retryAfter },
  };
}

/** A message could not be handed over. @param nextHop - The last one that was tried. */
export const nextHopUnreachable = (nextHop: string, reason: string): LogEvent => ({
  id: 'NextHopUnreachable',
  level: 'warn',
  component: 'sip',
  message: `a message could not be handed to the next hop ${nextHop}: ${reason}`,
  facts: { nextHop, reason },
});
