import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import type { HopProbe } from '../../../src/gateway/sip/hop-probe.ts';
import type { Route } from '../../../src/operations/federation-route/route-hop.ts';
import { outcomesOfProbe } from '../../../src/operations/federation-route/sip-hops.ts';
import { outcomeOfHops, outcomeOfUser } from '../../../src/operations/federation-route/user-hops.ts';
import type { Registration } from '../../../src/operations/sip-control.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';

const local = 'contoso.example' as DomainName;
const hop = 'pool.contoso.example:5061;transport=tls';
const routed: Configuration = {
  ...openConfiguration,
  sipRoutes: { [local]: { identity: local, nextHops: [hop], dnsLookup: 'Host', sessionMode: 'Pager' } },
};
const route = (changes: Partial<Route> = {}): Route => ({
  storeFolder: '',
  configuration: openConfiguration,
  local,
  domain: fabrikam.identity,
  user: 'sip:Alice@contoso.example',
  now: new Date('2026-11-22T12:00:00Z'),
  timeoutMs: 1000,
  ...changes,
});
const works: HopProbe = {
  hop,
  host: 'pool.contoso.example',
  transport: 'tls',
  tlsName: 'pool.contoso.example',
  addresses: ['192.0.2.1:5061'],
  times: { dns: 1, tcp: 2, tls: 3, options: 4 },
  answer: { status: 200, reason: 'OK' },
};
type Step = NonNullable<HopProbe['failure']>['step'];
const broken = (step: Step, reason: string): HopProbe => ({
  ...works,
  hop: 'fe02.contoso.example:5061;transport=tls',
  times: { dns: 1 },
  failure: { step, reason },
});

describe('the SIP servers at the end of a route', () => {
  it('are the gateway itself for users that are at home here', () => {
    expect(outcomeOfHops(null, route())).toMatchObject({ result: 'Success', detail: 'the users are at home here' });
  });

  it('are not the gateway itself for users behind a route that it does not know', () => {
    const outcome = outcomeOfHops(null, route({ configuration: routed }));
    expect(outcome).toMatchObject({ result: 'Failure', cause: expect.stringContaining('has not loaded the route') });
  });

  it('are good when all answer, worth a warning when one does, and a failure with the first cause when none does', () => {
    const closed = broken('tcp', 'connect ECONNREFUSED 192.0.2.2:5061');
    const at = route({ configuration: routed });
    expect(outcomeOfHops([works], at)).toMatchObject({
      result: 'Success',
      target: hop,
      detail: '200 OK',
      latencyMs: 4,
    });
    expect(outcomeOfHops([closed, works], at)).toMatchObject({
      result: 'Warning',
      cause: expect.stringMatching(/^fe02.*ECONNREFUSED/),
      fix: 'xgw test-federatedpartner -Domain contoso.example',
    });
    expect(outcomeOfHops([closed], at)).toMatchObject({ result: 'Failure', cause: closed.failure?.reason });
    expect(outcomeOfHops([], at)).toMatchObject({ result: 'Failure', cause: 'the route has no next hop' });
  });

  it('say what a server wrote with nothing hidden in it', () => {
    const [, [, outcome] = []] = outcomesOfProbe(broken('options', 'it answered 503 \u001b[2J'), routed, local);
    expect(outcome?.cause).toBe(String.raw`it answered 503 \u{1b}[2J`);
  });

  it('that the settings of the gateway name are set there', () => {
    const { sipRoutes: _, ...rest } = routed;
    const gateway = { ...routed.gateway, sipMode: 'NextHop', sipNextHop: hop } as const;
    const configuration = { ...rest, sipRoutes: {}, gateway };
    const [, [, outcome] = []] = outcomesOfProbe(broken('tcp', 'closed'), configuration, local);
    expect(outcome?.fix).toBe("xgw set-xmppgatewayconfiguration -SipNextHop 'fe02.contoso.example:5061;transport=tls'");
  });
});

describe('the user at the end of a route', () => {
  const device: Registration = {
    aor: 'sip:alice@contoso.example',
    contact: 'sip:alice@192.0.2.9',
    transport: 'udp',
    address: '192.0.2.9',
    port: 5060,
    expiresIn: 60,
    since: '2026-11-22T12:00:00.000Z',
    isTrusted: false,
  };

  it('is there with a registered device, whatever the spelling of the address', () => {
    expect(outcomeOfUser([device], route())).toMatchObject({ result: 'Success', detail: '1 registered device' });
  });

  it('is a warning without one', () => {
    const other = { ...device, aor: 'sip:bob@contoso.example' };
    expect(outcomeOfUser([other], route())).toMatchObject({ result: 'Warning', fix: 'xgw get-sipregistration' });
  });

  it('lives elsewhere where the domain has a route', () => {
    expect(outcomeOfUser([], route({ configuration: routed }))).toMatchObject({ result: 'Success' });
  });
});
