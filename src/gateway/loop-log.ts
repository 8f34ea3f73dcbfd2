/** A message that came back, for the administrator: two routes, or a route and a forwarding, point at each other. */
import type { LogEvent } from '../primitives/log-event.ts';
import type { Circling, TrailEnds } from './sip/loop-guard.ts';

export const loopDetected = (
  component: 'sip' | 'xmpp',
  { from, to }: TrailEnds,
  { status, reason }: Circling,
): LogEvent => ({
  id: 'LoopDetected',
  level: 'warn',
  component,
  message: `a message of ${from} to ${to} is going round in circles, and is refused: ${status} ${reason}`,
  facts: { from, to, status },
});
