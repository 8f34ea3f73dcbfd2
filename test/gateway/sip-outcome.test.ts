import { describe, expect, it } from '@jest/globals';

import { type HeaderField, Headers } from '../../src/gateway/sip/headers.ts';
import type { SipResponse } from '../../src/gateway/sip/message.ts';
import { diagnosing, sipOutcomeOf } from '../../src/gateway/sip-outcome.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { scriptedEndpoint } from './sip/home/request-script.ts';

function outcome(status: number, ...fields: HeaderField[]) {
  const headers = Headers.of([['To', '<sip:alice@contoso.example>;tag=1'], ['CSeq', '1 INVITE'], ...fields]);
  const response: SipResponse = { kind: 'response', status, reason: 'Forbidden', headers, body: Buffer.alloc(0) };
  const events: LogEvent[] = [];
  return { outcome: sipOutcomeOf(response, (event) => void events.push(event)), events };
}

describe('a refusal of the SIP side', () => {
  it('is in the event log with id, reason and source, when it brings diagnostics', () => {
    const { outcome: told, events } = outcome(403, [
      'ms-diagnostics',
      '4003;reason="On-premises only";source="fe.contoso.example"',
    ]);
    expect(told).toMatchObject({ status: 403, reason: 'Forbidden', details: { id: 4003 } });
    expect(events).toEqual([
      {
        id: 'SipRefusalDiagnosed',
        level: 'warn',
        component: 'sip',
        message:
          'INVITE for alice@contoso.example was refused with 403 Forbidden: 4003: On-premises only, says fe.contoso.example',
        facts: {
          user: 'alice@contoso.example',
          method: 'INVITE',
          status: 403,
          diagnosticId: 4003,
          reason: 'On-premises only',
          source: 'fe.contoso.example',
          warnings: '',
        },
      },
    ]);
  });

  it('is there too when it is presence that is refused', async () => {
    const [endpoint, events] = [scriptedEndpoint(), [] as LogEvent[]];
    const request = { method: 'SUBSCRIBE', requestUri: 'sip:alice@contoso.example', headers: Headers.empty };
    const place = { transport: 'tcp', host: '192.0.2.1', port: 5060 } as const;
    const final = diagnosing(endpoint, (event) => void events.push(event)).request(request, place);
    const headers = Headers.of([
      ['CSeq', '1 SUBSCRIBE'],
      ['ms-diagnostics', '2164;reason="Not enabled"'],
    ]);
    endpoint.sent[0]?.reply({ kind: 'response', status: 403, reason: 'Forbidden', headers, body: Buffer.alloc(0) });
    expect(await final).toMatchObject({ ok: true, response: { status: 403 } });
    expect(events).toMatchObject([{ facts: { method: 'SUBSCRIBE', diagnosticId: 2164 } }]);
  });

  it('is nothing more than its status otherwise, and so is a success', () => {
    expect(outcome(403)).toEqual({ outcome: { status: 403, reason: 'Forbidden' }, events: [] });
    expect(outcome(200, ['ms-diagnostics', '1;reason="x"']).events).toEqual([]);
  });
});
