/** One message in each direction, as the steps of a gateway tell of it. */
import type { TraceNote, TraceStep } from '../../../src/primitives/trace-step.ts';

export const startMs = Date.parse('2026-11-22T09:41:07.000Z');

export const step = (order: number, atMs: number, note: Omit<TraceNote, 'raw'> & { raw?: string }): TraceStep => ({
  order,
  time: new Date(startMs + atMs).toISOString(),
  ...note,
});

const im = { subject: 'Im', level: 'trace' } as const;
const stanza = { component: 'xmpp', exchange: 'message a7 alice@contoso.com bob@fabrikam.com/x', ...im } as const;
const call = { component: 'sip', exchange: '7f2c@edge 1 MESSAGE', ...im } as const;
const partner = { peer: 'fabrikam.com', peerAddress: '192.0.2.10:5269', transport: 'TLSv1.3' };
const device = { peerAddress: '192.0.2.20:5061', transport: 'tls' };
const own = { correlationId: '01JD8W3K7A' };

/** From bob@fabrikam.com to alice@contoso.com. */
export const arriving: readonly TraceStep[] = [
  step(1, 0, {
    kind: 'Wire',
    direction: 'In',
    summary: '<message> chat id=a7',
    size: 42,
    raw: '<message/>',
    ...stanza,
    ...partner,
  }),
  step(2, 2, {
    kind: 'Handover',
    direction: 'In',
    summary: '<message> chat id=a7',
    ...stanza,
    ...own,
    from: 'bob@fabrikam.com/x',
    to: 'gateway',
    peer: 'bob@fabrikam.com/x',
  }),
  step(3, 2, {
    kind: 'Event',
    component: 'policy',
    subject: 'Other',
    level: 'trace',
    summary: 'partner Federated: allowed',
    ...own,
  }),
  step(4, 3, {
    kind: 'Mapping',
    component: 'sip',
    subject: 'Other',
    level: 'trace',
    summary: 'JID->SIP  sip:bob@fabrikam.com',
    ...own,
  }),
  step(5, 3, {
    kind: 'Handover',
    component: 'sip',
    direction: 'Out',
    summary: 'MESSAGE',
    ...im,
    ...own,
    from: 'gateway',
    to: 'sip:alice@contoso.com',
    peer: 'sip:alice@contoso.com',
  }),
  step(6, 4, { kind: 'Wire', direction: 'Out', summary: 'MESSAGE cseq 1', ...call, ...own, ...device, size: 42 }),
  step(7, 71, { kind: 'Wire', direction: 'In', summary: '200 OK', ...call, ...device }),
  step(8, 72, {
    kind: 'Event',
    component: 'sip',
    subject: 'Im',
    level: 'debug',
    summary: 'a message crossed, XmppToSip, fabrikam.com',
    ...own,
    facts: { event: 'MessageDelivered', partner: 'fabrikam.com', direction: 'XmppToSip', latencyMs: 69 },
  }),
  step(9, 72, {
    kind: 'Handover',
    component: 'sip',
    direction: 'In',
    summary: '200 OK',
    ...im,
    ...own,
    from: 'sip:alice@contoso.com',
    to: 'gateway',
    peer: 'sip:alice@contoso.com',
  }),
];

const refusedStep = { correlationId: '01JD8W3K7B' };
const refusedCall = { ...call, exchange: '9a1@alice 2 MESSAGE' };

/** From alice@contoso.com to a domain that is no partner. */
export const refused: readonly TraceStep[] = [
  step(20, 5000, { kind: 'Wire', direction: 'In', summary: 'MESSAGE cseq 2', ...refusedCall, ...device }),
  step(21, 5000, {
    kind: 'Handover',
    component: 'sip',
    direction: 'In',
    summary: 'MESSAGE',
    ...refusedStep,
    ...im,
    exchange: refusedCall.exchange,
    from: 'sip:alice@contoso.com',
    to: 'gateway',
    peer: 'sip:alice@contoso.com',
  }),
  step(22, 5001, {
    kind: 'Event',
    component: 'policy',
    subject: 'Im',
    level: 'warn',
    summary: 'sip:alice@contoso.com may not reach sip:dora@adatum.org: adatum.org is not an XMPP federated partner',
    ...refusedStep,
    from: 'sip:alice@contoso.com',
    to: 'sip:dora@adatum.org',
    facts: { event: 'MessageRefused' },
  }),
  step(23, 5002, {
    kind: 'Handover',
    component: 'sip',
    direction: 'Out',
    summary: '403 Domain Not Federated',
    ...refusedStep,
    ...im,
    exchange: refusedCall.exchange,
    from: 'gateway',
    to: 'sip:alice@contoso.com',
    peer: 'sip:alice@contoso.com',
  }),
  step(24, 5002, {
    kind: 'Wire',
    direction: 'Out',
    summary: '403 Domain Not Federated',
    ...refusedCall,
    level: 'warn',
    ...device,
  }),
];
