/** Effects of the transaction machines in words, so that a test reads as the clause does. */
import { Headers } from '../../../../src/gateway/sip/headers.ts';
import type { SipResponse } from '../../../../src/gateway/sip/message.ts';
import type { Effect, SentResponse } from '../../../../src/gateway/sip/transactions/transaction.ts';

export const sent = (status: number): SentResponse => ({ status, wire: Buffer.from(`SIP/2.0 ${status} \r\n\r\n`) });

export const response = (status: number): SipResponse => ({
  kind: 'response',
  status,
  reason: '',
  headers: Headers.empty,
  body: Buffer.alloc(0),
});

export function describeEffect(effect: Effect): string {
  switch (effect.do) {
    case 'send-response':
      return `send ${effect.response.status}`;
    case 'send-ack':
      return `ack ${effect.response.status}`;
    case 'pass-up':
      return `pass up ${effect.response.status}`;
    case 'start-timer':
      return `timer ${effect.timer} ${effect.ms} ms`;
    case 'report-failure':
      return `report ${effect.why}`;
    default:
      return effect.do;
  }
}
