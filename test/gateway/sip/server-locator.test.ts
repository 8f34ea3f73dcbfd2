import { describe, expect, it } from '@jest/globals';
import type { NaptrData, SrvData } from 'dns-packet';

import { maxLocatedServers } from '../../../src/gateway/sip/hop-limits.ts';
import { locateServers, type ServerQuestion } from '../../../src/gateway/sip/server-locator.ts';
import { sipDns } from '../../../src/gateway/sip/sip-dns.ts';
import { startDnsServer, type TestDnsServer } from '../../support/dns-server.ts';

const domain = 'contoso.example';

interface Site {
  readonly dns: TestDnsServer;
  locate(question?: Partial<ServerQuestion>, random?: () => number): Promise<readonly string[] | string>;
}

async function site(): Promise<Site> {
  const dns = await startDnsServer();
  return {
    dns,
    async locate(question = {}, random = () => 0) {
      const asked: ServerQuestion = { host: domain, lookup: 'Sip', ...question };
      const found = await locateServers(asked, { dns: sipDns([dns.address]), random });
      return found.ok ? found.value.map(({ host, port, transport }) => `${transport} ${host}:${port}`) : found.error;
    },
  };
}

const naptr = (order: number, preference: number, services: string, replacement: string): NaptrData => ({
  order,
  preference,
  flags: 's',
  services,
  regexp: '',
  replacement,
});
const srv = (target: string, port: number, priority = 10, weight = 0): SrvData => ({ priority, weight, port, target });

const [sips, tcp, udp] = [`_sips._tcp.${domain}`, `_sip._tcp.${domain}`, `_sip._udp.${domain}`] as const;

/** The records of the example in RFC 3263 §4.1, for this domain. */
function asInTheRfc(dns: TestDnsServer): void {
  dns.naptr(domain, naptr(50, 50, 'SIPS+D2T', sips), naptr(90, 50, 'SIP+D2T', tcp), naptr(100, 50, 'SIP+D2U', udp));
  dns.srv(sips, srv('tls1.contoso.example', 5061));
  dns.srv(tcp, srv('server2.contoso.example', 5060, 0, 2), srv('server1.contoso.example', 5060, 0, 1));
  dns.srv(udp, srv('udp.contoso.example', 5060));
}

describe('the servers of a SIP domain', () => {
  it('are those of the NAPTR records in the order of the example, then of their SRV records [RFC 3263 §4.1, §4.2]', async () => {
    const { dns, locate } = await site();
    asInTheRfc(dns);
    expect(await locate()).toEqual([
      'tls tls1.contoso.example:5061',
      'tcp server1.contoso.example:5060',
      'tcp server2.contoso.example:5060',
      'udp udp.contoso.example:5060',
    ]);
  });

  it('are ordered by order before preference, whatever the order of the answer [RFC 3403 §4.1]', async () => {
    const { dns, locate } = await site();
    dns.naptr(
      domain,
      naptr(20, 1, 'SIP+D2U', udp),
      naptr(10, 9, 'SIP+D2T', tcp),
      naptr(10, 2, 'sips+d2t', 'pool.elsewhere.example'),
    );
    dns.srv(udp, srv('c.contoso.example', 3));
    dns.srv(tcp, srv('b.contoso.example', 2));
    dns.srv('pool.elsewhere.example', srv('a.elsewhere.example', 1));
    expect(await locate()).toEqual(['tls a.elsewhere.example:1', 'tcp b.contoso.example:2', 'udp c.contoso.example:3']);
  });

  it('MUST NOT come from NAPTR records of services or flags that are not of SIP', async () => {
    const { dns, locate } = await site();
    dns.naptr(
      domain,
      naptr(1, 1, 'E2U+sip', 'enum.contoso.example'),
      { ...naptr(2, 2, 'SIP+D2T', tcp), flags: 'u' },
      naptr(3, 3, 'SIP+D2X', 'x.contoso.example'),
      naptr(4, 4, 'toString', 'y.contoso.example'),
    );
    dns.srv(udp, srv('udp.contoso.example', 5060));
    expect(await locate()).toEqual(['udp udp.contoso.example:5060']);
    expect(dns.questions).not.toContain('SRV enum.contoso.example');
  });

  it('are those of the SRV records of each transport, TLS first, when there is no NAPTR record', async () => {
    const { dns, locate } = await site();
    dns.srv(udp, srv('udp.contoso.example', 5060));
    dns.srv(sips, srv('tls.contoso.example', 5071));
    expect(await locate()).toEqual(['tls tls.contoso.example:5071', 'udp udp.contoso.example:5060']);
  });

  it('are the domain itself when it has neither NAPTR nor SRV records', async () => {
    const { locate } = await site();
    expect(await locate()).toEqual(['tls contoso.example:5061']);
    expect(await locate({ transport: 'tcp' })).toEqual(['tcp contoso.example:5060']);
  });

  it.each([
    ['tls', ['tls tls1.contoso.example:5061']],
    ['tcp', ['tcp server1.contoso.example:5060', 'tcp server2.contoso.example:5060']],
    ['udp', ['udp udp.contoso.example:5060']],
  ] as const)(
    'are those of %s alone, without a look at NAPTR, when the administrator says so',
    async (transport, expected) => {
      const { dns, locate } = await site();
      asInTheRfc(dns);
      expect(await locate({ transport })).toEqual(expected);
      expect(dns.questions.filter((question) => question.startsWith('NAPTR'))).toEqual([]);
    },
  );

  it.each([
    ['a port is named', { port: 5080 }, 'tls contoso.example:5080'],
    ['it is an IPv4 address', { host: '192.0.2.1', transport: 'udp' }, 'udp 192.0.2.1:5060'],
    ['it is an IPv6 address', { host: '2001:db8::1' }, 'tls 2001:db8::1:5061'],
  ] as const)('are not looked for when %s [RFC 3263 §4.1, §4.2]', async (_, question, expected) => {
    const { dns, locate } = await site();
    asInTheRfc(dns);
    expect(await locate(question)).toEqual([expected]);
    expect(dns.questions).toEqual([]);
  });

  it('are drawn by weight within a priority, lower priorities first [RFC 2782]', async () => {
    const { dns, locate } = await site();
    dns.srv(
      tcp,
      srv('backup.contoso.example', 1, 20),
      srv('light.contoso.example', 1, 10, 1),
      srv('heavy.contoso.example', 1, 10, 9),
    );
    const first = async (random: number): Promise<unknown> => (await locate({ transport: 'tcp' }, () => random))[0];
    expect([await first(0), await first(0.5), await first(0.99)]).toEqual([
      'tcp light.contoso.example:1',
      'tcp heavy.contoso.example:1',
      'tcp heavy.contoso.example:1',
    ]);
    expect((await locate({ transport: 'tcp' }))[2]).toBe('tcp backup.contoso.example:1');
  });

  it('are none when the target is ".": then the name of the domain is no server either [RFC 2782]', async () => {
    const { dns, locate } = await site();
    dns.srv(sips, srv('.', 0));
    expect(await locate({ transport: 'tls' })).toBe('contoso.example says in DNS that it has no such SIP server');
    dns.srv(tcp, srv('tcp.contoso.example', 5060));
    expect(await locate()).toEqual(['tcp tcp.contoso.example:5060']);
  });

  it('are unknown, not absent, while DNS gives no answer', async () => {
    const { dns, locate } = await site();
    dns.breakName(domain);
    expect(await locate()).toBe('contoso.example: DNS gave no answer (ESERVFAIL)');
  });

  it('are no more than are bounded', async () => {
    const { dns, locate } = await site();
    dns.srv(
      tcp,
      ...Array.from({ length: maxLocatedServers + 5 }, (_, index) => srv(`s${index}.contoso.example`, 5060)),
    );
    expect(await locate({ transport: 'tcp' })).toHaveLength(maxLocatedServers);
  });
});

describe("the servers of a federation of Microsoft's", () => {
  it('are those of _sipfederationtls._tcp, by TLS, and no others', async () => {
    const { dns, locate } = await site();
    asInTheRfc(dns);
    expect(await locate({ lookup: 'SipFederation' })).toMatch(/^_sipfederationtls\._tcp\.contoso\.example has no SRV/);
    dns.srv(`_sipfederationtls._tcp.${domain}`, srv('sip.contoso.example', 5061));
    expect(await locate({ lookup: 'SipFederation' })).toEqual(['tls sip.contoso.example:5061']);
  });
});
