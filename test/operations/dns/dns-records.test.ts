/** What is expected of DNS, what it says, and what that is worth: against a DNS server on loopback. */
import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults } from '../../../src/config/defaults.ts';
import type { FederatedPartner } from '../../../src/config/federated-partner.ts';
import type { GatewayConfiguration } from '../../../src/config/gateway-configuration.ts';
import type { DnsTest } from '../../../src/operations/dns/dns-test.ts';
import { expectedRecords, zoneLine } from '../../../src/operations/dns/expected-records.ts';
import { testOwnRecords } from '../../../src/operations/dns/test-own-records.ts';
import { testPeerRecords } from '../../../src/operations/dns/test-peer-records.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { freePort } from '../../peers/free-port.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';
import { failureOf } from '../failure-of.ts';

const contoso = 'contoso.example' as DomainName;
const fabrikam = 'fabrikam.example' as DomainName;
const edge = 'edge.contoso.example';
const starttls = '_xmpp-server._tcp.contoso.example';
const direct = '_xmpps-server._tcp.contoso.example';

function configured(
  gateway: Partial<GatewayConfiguration> = {},
  partner: Partial<FederatedPartner> = {},
): Configuration {
  return {
    ...emptyConfiguration,
    sipDomains: { [contoso]: { identity: contoso, isDefault: true } },
    federatedPartners: { [fabrikam]: { ...partnerDefaults, identity: fabrikam, ...partner } },
    accessEdge: { allowFederatedUsers: true },
    gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: edge, ...gateway },
  };
}

const question = (configuration: Configuration, ...servers: readonly string[]) => ({
  configuration,
  servers,
  timeoutMs: 2000,
});

async function ownRecords(
  dns: TestDnsServer,
  gateway: Partial<GatewayConfiguration> = {},
): Promise<readonly DnsTest[]> {
  return await testOwnRecords([contoso], question(configured(gateway), dns.address));
}

const at = (tests: readonly DnsTest[], name: string): DnsTest => {
  const found = tests.find(({ Name }) => Name === name);
  if (found === undefined) throw new Error(`no test of ${name}`);
  return found;
};
const srv = (target: string, port: number, priority = 0, weight = 0) => ({ priority, weight, port, target });

/** Everything as it must be. */
async function goodZone(): Promise<TestDnsServer> {
  const dns = await startDnsServer();
  dns.srv(starttls, srv(edge, 5269));
  dns.srv(direct, srv(edge, 5270));
  dns.a(edge, '203.0.113.10');
  return dns;
}

describe('the expected records', () => {
  it('are both services of each domain, pointing to the edge, and the address of the edge once', () => {
    const records = expectedRecords(configured(), [contoso, 'contoso.net' as DomainName]);
    expect(records.map(zoneLine)).toEqual([
      '_xmpp-server._tcp.contoso.example. 3600 IN SRV 0 0 5269 edge.contoso.example.',
      '_xmpps-server._tcp.contoso.example. 3600 IN SRV 0 0 5270 edge.contoso.example.',
      '_xmpp-server._tcp.contoso.net. 3600 IN SRV 0 0 5269 edge.contoso.example.',
      '_xmpps-server._tcp.contoso.net. 3600 IN SRV 0 0 5270 edge.contoso.example.',
      'edge.contoso.example. 3600 IN A <the public address of this gateway>',
    ]);
  });

  it('cannot be known while the gateway has no name', () => {
    const { accessEdgeFqdn: _, ...gateway } = configured().gateway;
    const failure = failureOf(() => expectedRecords({ ...configured(), gateway }, [contoso]));
    expect([failure.id, failure.fix]).toEqual([
      'AccessEdgeMissing',
      ['xgw set-xmppgatewayconfiguration -AccessEdgeFqdn sip.contoso.com'],
    ]);
  });
});

describe('our records', () => {
  it('pass where they are as expected', async () => {
    const tests = await ownRecords(await goodZone());
    expect(tests.map(({ Result, Actual }) => [Result, Actual])).toEqual([
      ['Success', [`0 0 5269 ${edge}`]],
      ['Success', [`0 0 5270 ${edge}`]],
      ['Success', ['203.0.113.10']],
    ]);
  });

  it.each([
    [
      'that are not there fail, with the line to publish',
      [],
      'Failure',
      [/not in DNS/, /publish: _xmpp-server.*5269 edge/],
    ],
    ['that point elsewhere fail', [srv('old.contoso.example', 5269)], 'Failure', [/points to old\.contoso/, /publish/]],
    ['that name another port fail', [srv(edge, 5222)], 'Failure', [/port 5222.*listens on 5269/, /publish/]],
    ['that say "no such service" fail', [srv('.', 0)], 'Failure', [/no XMPP here/, /publish/]],
    [
      'that lead to others as well are a warning',
      [srv(edge, 5269), srv('old.contoso.example', 5269, 10)],
      'Warning',
      [/old\.contoso\.example:5269 as well/, /keep only/],
    ],
  ] as const)('%s', async (_title, records, result, [detail, fix]) => {
    const dns = await goodZone();
    dns.srv(starttls, ...records);
    expect(at(await ownRecords(dns), starttls)).toMatchObject({
      Result: result,
      Detail: expect.stringMatching(detail),
      Fix: expect.stringMatching(fix),
    });
  });

  it('of direct TLS may be missing, and must be when it is switched off', async () => {
    const dns = await goodZone();
    expect(at(await ownRecords(dns, { xmppDirectTlsPort: 0 }), direct)).toMatchObject({
      Expected: null,
      Result: 'Failure',
      Fix: expect.stringContaining('xgw set-xmppgatewayconfiguration -XmppDirectTlsPort 5270'),
    });
    dns.srv(direct);
    expect(at(await ownRecords(dns), direct)).toMatchObject({ Result: 'Warning' });
    expect(at(await ownRecords(dns, { xmppDirectTlsPort: 0 }), direct)).toMatchObject({ Result: 'Success' });
  });

  it.each([
    ['none', [], 'Failure'],
    ['loopback', ['127.0.1.1'], 'Failure'],
    ['a private network', ['10.1.2.3'], 'Warning'],
    ['the internet', ['203.0.113.10'], 'Success'],
  ] as const)('of the edge: an address of %s', async (_title, addresses, result) => {
    const dns = await goodZone();
    dns.a(edge, ...addresses);
    expect(at(await ownRecords(dns), edge).Result).toBe(result);
  });

  it('may be on loopback where partners are', async () => {
    const dns = await goodZone();
    dns.a(edge, '127.0.0.1');
    expect(at(await ownRecords(dns, { allowLoopbackPeers: true }), edge).Result).toBe('Success');
  });

  it('are asked of each named resolver by itself, which may see another zone', async () => {
    const [outer, inner] = [await goodZone(), await startDnsServer()];
    const tests = await testOwnRecords([contoso], question(configured(), outer.address, inner.address));
    expect(tests.map(({ Server, Result }) => `${Server === outer.address ? 'outer' : 'inner'} ${Result}`)).toEqual([
      ...['outer Success', 'outer Success', 'outer Success'],
      ...['inner Failure', 'inner Warning', 'inner Failure'],
    ]);
  });

  it('are asked of the resolvers of the gateway when none is named', async () => {
    const dns = await goodZone();
    const tests = await testOwnRecords([contoso], question(configured({ dnsServers: [dns.address] })));
    expect(new Set(tests.map(({ Server }) => Server))).toEqual(new Set([dns.address]));
    expect(dns.questions).toContain(`SRV ${starttls}`);
  });

  it('are unknown where a resolver fails, and unanswered only where there is none', async () => {
    const dns = await goodZone();
    dns.breakName(starttls);
    expect(at(await ownRecords(dns), starttls)).toMatchObject({ Result: 'Failure', Unanswered: false });
    const nobody = `127.0.0.1:${await freePort()}`;
    const tests = await testOwnRecords([contoso], question(configured(), nobody));
    expect(tests.map(({ Unanswered }) => Unanswered)).toEqual([true, true, true]);
  });
});

describe("a partner's records", () => {
  const service = '_xmpp-server._tcp.fabrikam.example';
  const secure = '_xmpps-server._tcp.fabrikam.example';
  const look = async (dns: TestDnsServer, configuration = configured()): Promise<readonly DnsTest[]> =>
    await testPeerRecords(fabrikam, question(configuration, dns.address));
  const short = ({ Order, Type, Result, Actual }: DnsTest): string => `${Order} ${Type} ${Result} ${Actual.join(' ')}`;

  it('are both services as one list, by priority, as the gateway tries them', async () => {
    const dns = await startDnsServer();
    dns.srv(service, srv('two.fabrikam.example', 5269, 20, 5));
    dns.srv(secure, srv('one.fabrikam.example', 443, 10, 7));
    dns.a('one.fabrikam.example', '203.0.113.1');
    dns.a('two.fabrikam.example', '203.0.113.2');
    const tests = await look(dns);
    expect(tests.map(short)).toEqual([
      '1 SRV Success 10 7 one.fabrikam.example [203.0.113.1]:443',
      '2 SRV Success 20 5 two.fabrikam.example [203.0.113.2]:5269',
    ]);
    expect(tests.map(({ DirectTls }) => DirectTls)).toEqual([true, false]);
  });

  it('show what is not tried, and why: a refused address, a refused port, a target without an address', async () => {
    const dns = await startDnsServer();
    dns.srv(
      service,
      srv('good.fabrikam.example', 5269, 10),
      srv('inner.fabrikam.example', 5269, 20),
      srv('smtp.fabrikam.example', 25, 30),
      srv('gone.fabrikam.example', 5269, 40),
    );
    dns.a('good.fabrikam.example', '203.0.113.1');
    dns.a('inner.fabrikam.example', '127.0.0.1');
    dns.a('smtp.fabrikam.example', '203.0.113.3');
    const [first, ...others] = await look(dns);
    expect(first).toMatchObject({ Order: 1, Result: 'Success' });
    expect(others.map(({ Order, Result, Detail }) => [Order, Result, Detail])).toEqual([
      [null, 'Warning', expect.stringMatching(/not tried: inner.*loopback/)],
      [null, 'Warning', expect.stringMatching(/not tried: smtp.*port 25/)],
      [null, 'Warning', expect.stringMatching(/not tried: gone\.fabrikam\.example has no address/)],
    ]);
  });

  it('fall back to the address of the domain where there is no SRV record [RFC 6120 §3.2.2]', async () => {
    const dns = await startDnsServer();
    dns.a(fabrikam, '203.0.113.4');
    expect((await look(dns)).map(short)).toEqual(['1 A/AAAA Success fabrikam.example [203.0.113.4]:5269']);
  });

  it('do not count where the administrator has named a proxy', async () => {
    const dns = await startDnsServer();
    dns.a('proxy.contoso.example', '203.0.113.5');
    const tests = await look(dns, configured({}, { proxyFqdn: 'proxy.contoso.example:15269' }));
    expect(tests.map(short)).toEqual(['1 Proxy Success proxy.contoso.example [203.0.113.5]:15269']);
    expect(dns.questions.filter((asked) => asked.startsWith('SRV'))).toEqual([]);
  });

  it.each<readonly [string, (dns: TestDnsServer) => void, RegExp]>([
    ['none at all', () => undefined, /no address/],
    ['the target "."', (dns) => dns.srv(service, srv('.', 0)), /says in DNS that it has no XMPP server/],
    ['SERVFAIL', (dns) => dns.breakName(service), /gave no answer \(ESERVFAIL\)/],
    ['only our own loopback', (dns) => dns.xmppServer(fabrikam, 5269), /127\.0\.0\.1 is a loopback address/],
  ])('fail with the reason and a command: %s', async (_title, arrange, detail) => {
    const dns = await startDnsServer();
    arrange(dns);
    const tests = await look(dns);
    expect(tests).toHaveLength(1);
    expect(tests[0]).toMatchObject({
      Order: null,
      Result: 'Failure',
      Detail: expect.stringMatching(detail),
      Fix: expect.stringMatching(/^xgw /),
    });
  });

  it('are shown of a domain that is no partner too', async () => {
    const dns = await startDnsServer();
    dns.srv('_xmpp-server._tcp.adatum.example', srv('xmpp.adatum.example', 5269));
    dns.a('xmpp.adatum.example', '203.0.113.6');
    const tests = await testPeerRecords('adatum.example' as DomainName, question(configured(), dns.address));
    expect(tests.map(short)).toEqual(['1 SRV Success 0 0 xmpp.adatum.example [203.0.113.6]:5269']);
  });
});

describe('the target of an SRV record that is an alias [RFC 2782]', () => {
  it('is a warning of the own edge, and of a partner, with what it is an alias of', async () => {
    const dns = await startDnsServer();
    for (const [name, port] of [
      [starttls, 5269],
      [direct, 5270],
    ] as const)
      dns.srv(name, srv(edge, port));
    dns.cname(edge, 'host.hosting.example');
    dns.a('host.hosting.example', '203.0.113.10');
    expect(at(await ownRecords(dns), edge)).toMatchObject({
      Result: 'Warning',
      Detail: expect.stringContaining(`${edge} is an alias of host.hosting.example`),
      Actual: ['203.0.113.10'],
    });
    dns.srv('_xmpp-server._tcp.fabrikam.example', srv(edge, 5269));
    const [first] = await testPeerRecords(fabrikam, question(configured(), dns.address));
    expect(first).toMatchObject({ Result: 'Warning', Order: 1, Detail: expect.stringContaining('is an alias of') });
  });
});
