/** A message has crossed: the event that counts it, and says how long the other side took. */
import type { LogEvent } from '../primitives/log-event.ts';

export type CrossingDirection = 'SipToXmpp' | 'XmppToSip';

export interface CrossedMessage {
  readonly correlationId: string;
  readonly partnerDomain: string;
}

/** @param tookMs - Milliseconds since it arrived. */
export const messageDelivered = (
  direction: CrossingDirection,
  { correlationId, partnerDomain }: CrossedMessage,
  tookMs: number,
): LogEvent => ({
  id: 'MessageDelivered',
  level: 'debug',
  component: direction === 'SipToXmpp' ? 'xmpp' : 'sip',
  message: `a message crossed, ${direction}, ${partnerDomain}`,
  correlationId,
  facts: { partner: partnerDomain, direction, latencyMs: Math.round(tookMs) },
});
