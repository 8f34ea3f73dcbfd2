import { describe, expect, it } from '@jest/globals';

import { emptyConfiguration } from '../../src/config/defaults.ts';
import { type RouteInForce, routeOf } from '../../src/config/route-in-force.ts';
import type { SipRoute } from '../../src/config/sip-route.ts';
import { LocatedHops } from '../../src/gateway/located-hops.ts';
import { locatedMs, unlocatedMs } from '../../src/gateway/sip/hop-limits.ts';
import type { ServerQuestion, SipServer } from '../../src/gateway/sip/server-locator.ts';
import { ok, type Result, refuse } from '../../src/primitives/result.ts';
import { movableClock } from '../support/movable-clock.ts';

type Name = SipRoute['identity'];

function routeWith(nextHop: string, more: Partial<SipRoute> = {}): RouteInForce {
  const identity = 'contoso.com' as Name;
  const route: SipRoute = { identity, nextHops: [nextHop], dnsLookup: 'Sip', sessionMode: 'Auto', ...more };
  const found = routeOf({ ...emptyConfiguration, sipRoutes: { [identity]: route } }, identity);
  if (found === undefined) throw new Error('no route');
  return found;
}

const server = (host: string): SipServer => ({ host, port: 5061, transport: 'tls' });

function setUp() {
  const [clock, asked] = [movableClock(), [] as ServerQuestion[]];
  const answers: Result<readonly SipServer[], string>[] = [];
  const located = new LocatedHops({
    clock,
    async locate(question) {
      asked.push(question);
      return answers.shift() ?? refuse('DNS gave no answer');
    },
  });
  return { located, clock, asked, answers };
}

describe('the servers of a route', () => {
  it('MUST prove the name that was asked for, not the one that DNS gave [RFC 5922 §4]', async () => {
    const { located, answers } = setUp();
    answers.push(ok([server('fe01.elsewhere.example')]));
    expect(await located.current(routeWith('contoso.com'))).toEqual([
      {
        name: 'fe01.elsewhere.example:5061;transport=tls',
        destination: { host: 'fe01.elsewhere.example', port: 5061, transport: 'tls', tlsName: 'contoso.com' },
      },
    ]);
  });

  it('prove the TlsName of the route in its place, located or not', async () => {
    const { located, answers } = setUp();
    const tlsName = 'pool.contoso.com' as Name;
    answers.push(ok([server('fe01.contoso.com')]));
    const dnsLookups = ['Sip', 'Host'] as const;
    for (const dnsLookup of dnsLookups) {
      const [hop] = await located.current(routeWith('contoso.com', { tlsName, dnsLookup }));
      expect(hop?.destination.tlsName).toBe('pool.contoso.com');
    }
  });

  it.each<[string, Partial<SipRoute>, ServerQuestion | undefined]>([
    ['contoso.com', {}, { host: 'contoso.com', transport: undefined, lookup: 'Sip' }],
    ['contoso.com;transport=tcp', {}, { host: 'contoso.com', transport: 'tcp', lookup: 'Sip' }],
    [
      'contoso.com',
      { dnsLookup: 'SipFederation' },
      { host: 'contoso.com', transport: undefined, lookup: 'SipFederation' },
    ],
    ['contoso.com:5061', {}, undefined],
    ['contoso.com', { dnsLookup: 'Host' }, undefined],
  ])('%s %j: DNS is asked %j', async (nextHop, more, question) => {
    const { located, asked } = setUp();
    await located.current(routeWith(nextHop, more));
    expect(asked).toEqual(question === undefined ? [] : [question]);
  });

  it('are asked for once a minute, by all who want them together, and stay known while DNS is silent', async () => {
    const { located, clock, asked, answers } = setUp();
    const route = routeWith('contoso.com');
    answers.push(ok([server('fe01.contoso.com')]));
    await Promise.all([located.current(route), located.current(route)]);
    clock.advance(locatedMs - 1);
    await located.current(route);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(await located.current(route)).toMatchObject([{ name: 'fe01.contoso.com:5061;transport=tls' }]);
    expect(asked).toHaveLength(2);
    answers.push(ok([server('fe02.contoso.com')]));
    clock.advance(unlocatedMs);
    expect(await located.current(route)).toMatchObject([{ name: 'fe02.contoso.com:5061;transport=tls' }]);
  });

  it('that nobody could name are the hop as it was written, with the reason why it cannot be tried', async () => {
    const { located } = setUp();
    const route = routeWith('contoso.com');
    expect(located.known(route)).toMatchObject([{ problem: 'DNS has not been asked yet' }]);
    expect(await located.current(route)).toMatchObject([
      { name: 'contoso.com:5061;transport=tls', problem: 'DNS gave no answer' },
    ]);
  });
});
