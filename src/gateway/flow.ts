/** One arrow of a message's way across the gateway, as an event: the ladder is drawn from these. */
import type { LogEvent } from '../primitives/log-event.ts';

export interface Arrow {
  /** Who sent it: an address, a domain, or `gateway`. */
  readonly from: string;
  readonly to: string;
  /** `<message> id=a7`, `MESSAGE`, `200 OK`: what a reader of both protocols recognises. Never a body. */
  readonly label: string;
}

export const flow = (correlationId: string, component: 'xmpp' | 'sip', arrow: Arrow): LogEvent => ({
  id: 'Flow',
  level: 'trace',
  component,
  message: `${arrow.from} -> ${arrow.to}: ${arrow.label}`,
  correlationId,
  facts: { ...arrow },
});
