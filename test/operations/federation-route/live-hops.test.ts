import { describe, expect, it } from '@jest/globals';

import type { DialFailure } from '../../../src/gateway/xmpp/outbound-state.ts';
import type { StreamSummary } from '../../../src/gateway/xmpp/s2s-event.ts';
import type { ProbeReport } from '../../../src/gateway/xmpp/s2s-probe.ts';
import {
  dialHopNames,
  outcomeOfInbound,
  outcomeOfPing,
  outcomesOfDial,
} from '../../../src/operations/federation-route/live-hops.ts';
import type { HopOutcome, Route } from '../../../src/operations/federation-route/route-hop.ts';
import type { XmppSession } from '../../../src/operations/xmpp-sessions.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { openConfiguration } from '../../support/crossing.ts';

const remote = 'fabrikam.example' as DomainName;
const route: Route = {
  storeFolder: '',
  configuration: openConfiguration,
  local: 'contoso.example' as DomainName,
  domain: remote,
  user: undefined,
  now: new Date('2026-11-22T12:00:00Z'),
  timeoutMs: 1000,
};
const stream: StreamSummary = {
  id: '1',
  direction: 'outbound',
  bidirectional: false,
  remoteDomain: remote,
  state: 'established',
  since: route.now,
  peerAddress: '2001:db8::1',
  peerPort: 5269,
  tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  method: 'SASL over TLS',
  authenticated: [remote],
  stanzasIn: 0,
  stanzasOut: 0,
  queued: 0,
  lastActivity: route.now,
};
const reached: ProbeReport = {
  times: { dns: 1, tcp: 2, stream: 3, authentication: 4 },
  endpoints: [{ host: 'xmpp.fabrikam.example', address: '2001:db8::1', port: 5269, directTls: false }],
  stream,
  verdict: { ok: true, identity: 'DNS:fabrikam.example', path: [] },
};

const failedAt = (step: DialFailure['step'], report: ProbeReport = reached): readonly HopOutcome[] =>
  outcomesOfDial({ ...report, failure: { step, condition: 'remote-server-timeout', reason: 'because' } }, route);

describe('a dial that succeeds', () => {
  it('is one success a hop, each with what was found and its time', () => {
    const outcomes = outcomesOfDial(reached, route);
    expect(outcomes.map(({ result, target, detail, latencyMs }) => [result, target, detail, latencyMs])).toEqual([
      ['Success', '_xmpp-server._tcp.fabrikam.example', 'xmpp.fabrikam.example [2001:db8::1]:5269', 1],
      ['Success', '[2001:db8::1]:5269', 'connected', 2],
      ['Success', 'fabrikam.example', 'TLSv1.3, TLS_AES_256_GCM_SHA384', 3],
      ['Success', 'fabrikam.example', 'DNS:fabrikam.example', undefined],
      ['Success', 'fabrikam.example', 'SASL over TLS', 4],
    ]);
  });

  it('warns of a certificate that dialback had to do without', () => {
    const verdict = { ok: false, reason: 'self-signed', detail: 'it is' } as const;
    const report = { ...reached, verdict, stream: { ...stream, method: 'TLS Dialback' as const } };
    expect(outcomesOfDial(report, route)[3]).toMatchObject({
      result: 'Warning',
      detail: 'self-signed',
      cause: 'it is',
    });
  });

  it('in clear has no certificate to look at', () => {
    const { tls: _tls, ...inClear } = stream;
    const { verdict: _verdict, ...report } = { ...reached, stream: inClear };
    expect(outcomesOfDial(report, route).slice(2, 4)).toMatchObject([
      { result: 'Success', detail: 'in clear' },
      { result: 'Skipped' },
    ]);
  });
});

describe('a dial that fails', () => {
  it.each([
    ['dns', 'DNS'],
    ['tcp', 'TCP'],
    ['stream', 'Stream'],
    ['tls', 'Stream'],
    ['certificate', 'PeerCertificate'],
    ['sasl', 'Authentication'],
    ['dialback', 'Authentication'],
  ] as const)('at the step %s ends at the hop %s, with the cause and a command', (step, name) => {
    const outcomes = failedAt(step);
    expect(dialHopNames[outcomes.length - 1]).toBe(name);
    expect(outcomes.slice(0, -1).map(({ result }) => result)).toEqual(outcomes.slice(1).map(() => 'Success'));
    expect(outcomes.at(-1)).toMatchObject({
      result: 'Failure',
      cause: 'because',
      fix: expect.stringMatching(/^xgw [a-z]+-/),
    });
  });

  it('by policy ends before DNS when nothing was looked up, and at the authentication when it came so far', () => {
    expect(failedAt('policy', { times: {}, endpoints: [] })).toHaveLength(1);
    expect(failedAt('policy')).toHaveLength(5);
  });
});

describe('a ping', () => {
  it.each([
    [{ type: 'answered', roundTripMs: 12 } as const, 'Success'],
    [{ type: 'answered', roundTripMs: 12, error: 'service-unavailable' } as const, 'Success'],
    [{ type: 'undelivered', reason: 'tcp: refused' } as const, 'Failure'],
    [{ type: 'unanswered' } as const, 'Failure'],
  ])('%j is a %s', (outcome, result) => {
    expect(outcomeOfPing(outcome, route).result).toBe(result);
  });

  it('without an answer says what the partner must find', () => {
    expect(outcomeOfPing({ type: 'unanswered' }, route).cause).toContain('_xmpp-server._tcp.contoso.example');
  });
});

describe('the way in', () => {
  const session = { ...stream, direction: 'inbound', since: '', lastActivity: '' } as const satisfies XmppSession;

  it('is there when the domain is authenticated on a stream', () => {
    expect(outcomeOfInbound([session], route)).toMatchObject({ result: 'Success', target: '[2001:db8::1]:5269' });
  });

  it('is a warning while it is not, naming our SRV record', () => {
    const outcome = outcomeOfInbound([{ ...session, authenticated: [] }], route);
    expect(outcome.result).toBe('Warning');
    expect(outcome.cause).toContain('_xmpp-server._tcp.contoso.example');
  });
});
