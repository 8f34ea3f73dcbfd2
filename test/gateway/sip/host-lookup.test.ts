import { describe, expect, it } from '@jest/globals';

import { hostLookup } from '../../../src/gateway/sip/host-lookup.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { movableClock } from '../../support/movable-clock.ts';

const host = 'proxy.contoso.example';

async function setUp() {
  const [dns, clock] = [await startDnsServer(), movableClock()];
  let servers = [dns.address];
  const lookup = hostLookup({ clock, servers: () => servers });
  return { dns, clock, lookup, use: (next: string[]) => void (servers = next) };
}

describe('the addresses of a host', () => {
  it('come from the DNS servers of the configuration, and are asked for once a while', async () => {
    const { dns, clock, lookup } = await setUp();
    dns.a(host, '192.0.2.1', '192.0.2.2');
    expect(await Promise.all([lookup(host), lookup(host)])).toEqual([
      ['192.0.2.1', '192.0.2.2'],
      ['192.0.2.1', '192.0.2.2'],
    ]);
    dns.a(host, '192.0.2.3');
    clock.advance(29_999);
    expect(await lookup(host)).toEqual(['192.0.2.1', '192.0.2.2']);
    clock.advance(1);
    expect(await lookup(host)).toEqual(['192.0.2.3']);
    expect(dns.questions).toEqual([`A ${host}`, `AAAA ${host}`, `A ${host}`, `AAAA ${host}`]);
  });

  it('are still known while DNS fails, and asked for again at once where they never were', async () => {
    const { dns, clock, lookup } = await setUp();
    await expect(lookup(host)).rejects.toThrow('ENOTFOUND');
    dns.a(host, '192.0.2.1');
    expect(await lookup(host)).toEqual(['192.0.2.1']);
    dns.breakName(host);
    clock.advance(60_000);
    expect(await lookup(host)).toEqual(['192.0.2.1']);
  });

  it('follow a change of DnsServers, and are the system’s without any', async () => {
    const { dns, lookup, use } = await setUp();
    const other = await startDnsServer();
    dns.a(host, '192.0.2.1');
    other.a(host, '192.0.2.9');
    expect(await lookup(host)).toEqual(['192.0.2.1']);
    use([other.address]);
    expect(await lookup(host)).toEqual(['192.0.2.9']);
    use([]);
    expect(await lookup('localhost')).toContain('127.0.0.1');
  });
});
