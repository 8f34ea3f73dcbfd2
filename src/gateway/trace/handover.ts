/** The steps of a message inside of the gateway: handed from side to side, decided, and given its address on the other side. */
import type { TraceNote, TraceSubject } from '../../primitives/trace-step.ts';

export interface Arrow {
  /** Who sent it: an address, a domain, or `gateway`. */
  readonly from: string;
  readonly to: string;
  /** `<message> id=a7`, `MESSAGE`, `200 OK`: what a reader of both protocols recognises. Never a body. */
  readonly label: string;
  readonly subject: TraceSubject;
  /** Of the stanza or the transaction that it came with or goes on with. */
  readonly exchange?: string | undefined;
}

const gateway = 'gateway';

/** @param component - The side it comes from or goes to. One literal: a spread costs seven microseconds for each step. */
export function handover(correlationId: string, component: 'xmpp' | 'sip', arrow: Arrow): TraceNote {
  const { from, to, label, subject, exchange } = arrow;
  const isIn = to === gateway;
  return {
    kind: 'Handover',
    level: 'trace',
    component,
    direction: isIn ? 'In' : 'Out',
    subject,
    summary: label,
    correlationId,
    exchange,
    peer: isIn ? from : to,
    from,
    to,
  };
}

/** @param partnerType - As the administrator has chosen it. */
export const allowed = (correlationId: string, partner: string, partnerType: string): TraceNote => ({
  kind: 'Event',
  level: 'trace',
  component: 'policy',
  subject: 'Other',
  summary: `partner ${partnerType}: allowed`,
  correlationId,
  peer: partner,
});

/** @param what - `JID->SIP` or `SIP->JID`. */
export const mapped = (correlationId: string, what: 'JID->SIP' | 'SIP->JID', address: string): TraceNote => ({
  kind: 'Mapping',
  level: 'trace',
  component: what === 'JID->SIP' ? 'sip' : 'xmpp',
  subject: 'Other',
  summary: `${what}  ${address}`,
  correlationId,
});
