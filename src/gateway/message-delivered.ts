/** A message has crossed: the event that counts it, and says how long the other side took. */
import type { Clock } from '../primitives/clock.ts';
import type { LogEvent } from '../primitives/log-event.ts';

export type CrossingDirection = 'SipToXmpp' | 'XmppToSip';

export interface CrossedMessage {
  readonly correlationId: string;
  readonly partnerDomain: string;
  readonly direction: CrossingDirection;
  /** When it arrived, milliseconds on the monotonic scale. */
  readonly since: number;
}

export const messageDelivered = (clock: Clock, message: CrossedMessage): LogEvent => ({
  id: 'MessageDelivered',
  level: 'debug',
  component: message.direction === 'SipToXmpp' ? 'xmpp' : 'sip',
  message: `a message crossed, ${message.direction}, ${message.partnerDomain}`,
  correlationId: message.correlationId,
  facts: {
    partner: message.partnerDomain,
    direction: message.direction,
    latencyMs: Math.round(clock.now() - message.since),
  },
});
