import { describe, expect, it } from '@jest/globals';

import type { Configuration, User } from '../../src/config/configuration.ts';
import { emptyConfiguration, sipRouteDefaults } from '../../src/config/defaults.ts';
import type { SipRoute } from '../../src/config/sip-route.ts';
import { newSipDomain, removeSipDomains } from '../../src/operations/sip-domains.ts';
import { sipRouteObject } from '../../src/operations/sip-route-object.ts';
import {
  domainsOfRoute,
  newSipRoute,
  normalHop,
  refuseGlobal,
  removeSipRoutes,
  routeConsequences,
  routeWarnings,
  setSipRoute,
  shownRoutes,
} from '../../src/operations/sip-routes.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { failureOf } from './failure-of.ts';

const withDomain = (configuration: Configuration, identity: string): Configuration =>
  newSipDomain(configuration, { identity: identity as DomainName, isDefault: false }, 'refuse');
const site = withDomain(withDomain(emptyConfiguration, 'contoso.com'), 'emea.contoso.com');
const route = (nextHops: readonly string[], more: Partial<SipRoute> = {}): SipRoute => ({
  ...sipRouteDefaults,
  identity: 'contoso.com' as DomainName,
  nextHops,
  ...more,
});
const pool = route(['pool.contoso.com:5061;transport=tls']);
const routed = newSipRoute(site, pool, 'refuse');
const nextHop = { ...site.gateway, sipMode: 'NextHop', sipNextHop: 'proxy.contoso.com' } as const;
const behindHop: Configuration = { ...routed, gateway: nextHop };

describe('a SIP route', () => {
  it('that is new is mended by the cmdlet that makes it, one that exists by the one that changes it', () => {
    const other = route(['203.0.113.5'], { dnsLookup: 'SipFederation' });
    const many = route(Array.from({ length: 40 }, (_, index) => `fe${index}.contoso.com`));
    for (const wrong of [other, many]) {
      expect(failureOf(() => newSipRoute(site, wrong, 'refuse')).fix).toEqual([
        expect.stringMatching(/^xgw new-siproute/),
      ]);
      const edit = failureOf(() => setSipRoute(routed, 'contoso.com', () => wrong));
      expect(edit.fix).toEqual([expect.stringMatching(/^xgw set-siproute/)]);
    }
    expect(failureOf(() => newSipRoute(site, route([]), 'refuse')).fix).toEqual([
      'xgw get-help new-siproute -Parameter NextHop',
    ]);
  });

  it('of a domain that is no SIP domain is refused, naming the domain and what makes it one', () => {
    const stranger = { ...pool, identity: 'adatum.com' as DomainName };
    const failure = failureOf(() => newSipRoute(site, stranger, 'refuse'));
    expect(failure).toMatchObject({
      id: 'DomainNotLocal',
      message: 'adatum.com is no SIP domain of this gateway.',
      reason: 'the SIP domains are contoso.com, emea.contoso.com',
      fix: ['xgw new-sipdomain adatum.com'],
    });
  });

  it('that exists is refused with the command that changes it, left with -IfNotExists, replaced with -Force', () => {
    const other = route(['fe01.contoso.com', 'fe02.contoso.com:5070;transport=tcp']);
    expect(failureOf(() => newSipRoute(routed, other, 'refuse')).fix).toEqual([
      "xgw set-siproute contoso.com -NextHops 'fe01.contoso.com,fe02.contoso.com:5070;transport=tcp'",
    ]);
    expect(newSipRoute(routed, other, 'leave')).toBe(routed);
    expect(newSipRoute(routed, other, 'replace').sipRoutes['contoso.com']).toEqual(other);
  });

  it('needs a next hop, and has no more than a sender can wait for', () => {
    const edited = (nextHops: readonly string[]) =>
      failureOf(() => setSipRoute(routed, 'contoso.com', () => route(nextHops)));
    expect(edited([])).toMatchObject({ id: 'InvalidValue', fix: ['xgw remove-siproute contoso.com'] });
    const many = Array.from({ length: 17 }, (_, index) => `fe${index}.contoso.com`);
    expect(edited(many).message).toBe('The route of contoso.com would have 17 next hops.');
    expect(Object.keys(newSipRoute(site, route(many.slice(1)), 'refuse').sipRoutes)).toEqual(['contoso.com']);
  });

  it('by DnsLookup SipFederation leads to a domain, over TLS', () => {
    const federated = (hop: string) => route([hop], { dnsLookup: 'SipFederation' });
    for (const hop of ['contoso.com;transport=tcp', 'contoso.com;transport=udp', '192.0.2.1']) {
      const failure = failureOf(() => newSipRoute(site, federated(hop), 'refuse'));
      expect(failure.message).toMatch(/^DnsLookup SipFederation does not go with .*;transport=\w+\.$/);
    }
    expect(newSipRoute(site, federated('contoso.com'), 'refuse').sipRoutes).toHaveProperty(['contoso.com']);
  });

  it('goes, and a name that is none is refused', () => {
    expect(removeSipRoutes(routed, ['contoso.com']).sipRoutes).toEqual({});
    expect(failureOf(() => removeSipRoutes(routed, ['emea.contoso.com'])).id).toBe('ObjectNotFound');
    expect(failureOf(() => setSipRoute(routed, 'emea.contoso.com', (each) => each)).id).toBe('ObjectNotFound');
  });

  it('keeps its SIP domain from being removed, and says what must go first', () => {
    const other = newSipRoute(site, { ...pool, identity: 'emea.contoso.com' as DomainName }, 'refuse');
    expect(failureOf(() => removeSipDomains(other, ['emea.contoso.com']))).toMatchObject({
      id: 'ObjectInUse',
      reason: 'it has a SIP route',
      fix: ['xgw remove-siproute emea.contoso.com'],
    });
  });
});

describe('what an administrator is told about a route', () => {
  it.each<readonly [string, SipRoute, readonly string[]]>([
    ['a name over TLS is fine', pool, []],
    [
      'an address over TLS proves nothing',
      route(['192.0.2.1', '[2001:db8::1]:5071']),
      [
        '192.0.2.1:5061;transport=tls is an address: no certificate proves that over TLS, give -TlsName',
        '[2001:db8::1]:5071;transport=tls is an address: no certificate proves that over TLS, give -TlsName',
      ],
    ],
    ['but with TlsName it does', route(['192.0.2.1'], { tlsName: 'pool.contoso.com' as DomainName }), []],
    [
      'TlsName without TLS says nothing',
      route(['pool.contoso.com;transport=tcp'], { tlsName: 'pool.contoso.com' as DomainName }),
      ['TlsName pool.contoso.com says nothing, since no next hop is reached over TLS'],
    ],
    [
      'one hop in the clear beside others',
      route(['fe01.contoso.com', 'fe02.contoso.com;transport=tcp']),
      ['fe02.contoso.com:5060;transport=tcp is not encrypted, as other next hops of the route are'],
    ],
    [
      'one server twice, in two spellings',
      route(['pool.contoso.com', 'pool.contoso.com:5061;transport=tls']),
      ['pool.contoso.com:5061;transport=tls is there twice'],
    ],
    [
      'a port leaves nothing for SRV records to say',
      route(['pool.contoso.com:5061', 'contoso.com'], { dnsLookup: 'Sip' }),
      ['pool.contoso.com:5061 names a port, so DnsLookup Sip looks up its addresses only'],
    ],
  ])('%s', (_, one, warnings) => {
    expect(routeWarnings(one)).toEqual(warnings);
  });

  it('is what becomes of the users: accounts put out of use, and who has them after a removal', () => {
    const user: User = {
      identity: 'sip:eva@contoso.com',
      displayName: 'Eva',
      survivableBranch: false,
      credential: 'aa',
    };
    const withUser: Configuration = { ...site, users: { [user.identity]: user } };
    expect(routeConsequences(withUser, { ...routed, users: withUser.users }, 'contoso.com')).toEqual([
      'sip:eva@contoso.com has an account here, which the route puts out of use: nobody of contoso.com can register at this gateway',
    ]);
    expect(routeConsequences(site, routed, 'contoso.com')).toEqual([]);
    expect(routeConsequences(routed, site, 'contoso.com')).toEqual(['the users of contoso.com are at home here']);
    expect(routeConsequences(behindHop, { ...site, gateway: nextHop }, 'contoso.com')).toEqual([
      'the users of contoso.com are behind proxy.contoso.com',
    ]);
  });
});

describe('the route Global', () => {
  it('is what the settings say, for the SIP domains that have no route, while SipMode is NextHop', () => {
    expect(Object.keys(shownRoutes(routed))).toEqual(['contoso.com']);
    expect(shownRoutes(behindHop)['Global']).toEqual({
      identity: 'Global',
      nextHops: ['proxy.contoso.com'],
      dnsLookup: 'Host',
      sessionMode: site.gateway.sipSessionMode,
    });
    expect(domainsOfRoute(behindHop, 'Global')).toEqual(['emea.contoso.com']);
    expect(domainsOfRoute(behindHop, 'contoso.com')).toEqual(['contoso.com']);
  });

  it('is changed where it is made', () => {
    expect(failureOf(() => refuseGlobal('global')).fix?.[0]).toMatch(/^xgw set-xmppgatewayconfiguration -SipNextHop /);
    expect(() => refuseGlobal('contoso.com')).not.toThrow();
  });
});

it('one spelling of a next hop keeps what was left out left out', () => {
  expect(
    [
      'POOL.contoso.com',
      'pool.contoso.com:5061',
      'pool.contoso.com;TRANSPORT=TCP',
      '[2001:DB8::1]:5060;transport=udp',
    ].map(normalHop),
  ).toEqual(
    [
      'pool.contoso.com',
      'pool.contoso.com:5061',
      'pool.contoso.com;transport=tcp',
      '[2001:DB8::1]:5060;transport=udp',
    ].map((value) => ({ ok: true, value })),
  );
  expect(normalHop('pool.contoso.com:0').ok).toBe(false);
});

describe('the state of a route', () => {
  const two = route(['fe01.contoso.com', 'fe02.contoso.com:5061']);
  const hop = (name: string, state: 'Up' | 'Down' | 'Unknown', more = {}) => ({
    route: 'contoso.com',
    hop: `${name}.contoso.com:5061;transport=tls`,
    state,
    ...more,
  });
  const stateOf = (...states: readonly Parameters<typeof sipRouteObject>[1][]) =>
    states.map((each) => sipRouteObject(two, each).State);

  it('is Up when one next hop is, Down when all are, and nothing when nothing is known', () => {
    expect(
      stateOf(
        [],
        [{ ...hop('fe01', 'Up'), route: 'emea.contoso.com' }],
        [hop('fe01', 'Down'), hop('fe02', 'Up')],
        [hop('fe01', 'Down'), hop('fe02', 'Down')],
        [hop('fe01', 'Down'), hop('fe02', 'Unknown')],
      ),
    ).toEqual([null, null, 'Up', 'Down', 'Unknown']);
  });

  it('says of each next hop, in the words of the route, since when and why', () => {
    const since = '2026-11-23T03:00:00.000Z';
    const states = [
      hop('fe01', 'Down', { since, reason: 'connection refused' }),
      hop('fe02', 'Unknown'),
      hop('fe09', 'Up', { since }),
    ];
    expect(sipRouteObject(two, states).Hops).toEqual([
      `fe01.contoso.com Down since ${since} (connection refused)`,
      'fe02.contoso.com:5061 Unknown',
      `fe09.contoso.com:5061;transport=tls Up since ${since}`,
    ]);
  });
});
