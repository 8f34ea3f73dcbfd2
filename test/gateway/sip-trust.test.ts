import { X509Certificate } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { parseSipNextHop } from '../../src/config/network-address.ts';
import type { Source } from '../../src/gateway/sip/transport.ts';
import { sipTrust } from '../../src/gateway/sip-trust.ts';
import { openConfiguration } from '../support/crossing.ts';
import { movableClock } from '../support/movable-clock.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { createAuthority } from '../support/pki.ts';

interface Site {
  readonly hop?: string | readonly string[];
  readonly tlsName?: string;
  readonly listed?: readonly string[];
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  readonly anchors?: () => readonly Buffer[];
}

function trustAt({ hop = [], tlsName, listed = [], addresses = {}, anchors = () => [] }: Site = {}) {
  const { gateway, ...rest } = openConfiguration;
  const movable = movableClock();
  const startedAt = new Date();
  const clock = { ...movable, wallTime: () => new Date(startedAt.getTime() + movable.now()) };
  const trust = sipTrust({
    configuration: () => ({ ...rest, gateway: { ...gateway, trustedSipPeers: listed } }),
    ports: { clock, anchors },
    lookup: async (host) => addresses[host] ?? Promise.reject(new Error('ENOTFOUND')),
  });
  const hops = [hop].flat().flatMap((text) => {
    const parsed = parseSipNextHop(text);
    return parsed.ok ? [{ ...parsed.value, ...(tlsName === undefined ? {} : { tlsName }) }] : [];
  });
  const decide = async (source: Partial<Source>): Promise<string> => {
    const whole: Source = { transport: 'tcp', address: '192.0.2.1', port: 40_000, ...source };
    const verdict = await trust.trustsAsHop(whole, hops);
    return verdict.ok ? 'trusted' : verdict.error;
  };
  return { decide, clock };
}

const host = 'proxy.contoso.example';

describe('who may be the next hop', () => {
  it.each<[string, Site, Partial<Source>, string]>([
    ['its address', { hop: '192.0.2.1;transport=tcp' }, {}, 'trusted'],
    ['another address', { hop: '192.0.2.2;transport=tcp' }, {}, '192.0.2.1 is not an address of 192.0.2.2'],
    [
      'an address of its name',
      { hop: `${host};transport=tcp`, addresses: { [host]: ['192.0.2.9', '192.0.2.1'] } },
      {},
      'trusted',
    ],
    ['a name without an address', { hop: `${host};transport=tcp` }, {}, `192.0.2.1 is not an address of ${host}`],
    ['IPv6 in another spelling', { hop: '[2001:DB8:0:0::1];transport=tcp' }, { address: '2001:db8::1' }, 'trusted'],
    [
      'a datagram for a hop by TCP',
      { hop: '192.0.2.1;transport=tcp' },
      { transport: 'udp' },
      'it came by UDP, 192.0.2.1 is reached by TCP',
    ],
    ['a datagram for a hop by UDP', { hop: '192.0.2.1;transport=udp' }, { transport: 'udp' }, 'trusted'],
    [
      'plain TCP for a hop by TLS',
      { hop: '192.0.2.1;transport=tls' },
      {},
      '192.0.2.1 is reached by TLS, this came by TCP',
    ],
    ['the address of the second hop', { hop: ['192.0.2.9;transport=tcp', '192.0.2.1;transport=tcp'] }, {}, 'trusted'],
    [
      'the address of none of the hops',
      { hop: ['192.0.2.8;transport=tcp', '192.0.2.9;transport=tls'] },
      {},
      '192.0.2.1 is not an address of 192.0.2.8; 192.0.2.9 is reached by TLS, this came by TCP',
    ],
    ['anybody without a hop', {}, {}, 'there is no next hop'],
    ['a listed address', { listed: ['192.0.2.1'] }, {}, 'trusted'],
    ['a datagram of a listed address', { listed: ['192.0.2.1'] }, { transport: 'udp' }, 'there is no next hop'],
    [
      'TLS without a certificate',
      { hop: host },
      { transport: 'tls', peerCertificate: [] },
      'no-certificate: The peer showed no certificate',
    ],
  ])('%s', async (_, site, source, expected) => {
    expect(await trustAt(site).decide(source)).toBe(expected);
  });
});

describeWithPeers('a certificate', [peers.openssl], () => {
  const authority = createAuthority('Test-Root');
  const chainOf = (...names: string[]) => [new X509Certificate(authority.issue({ names }).chain).raw];
  const anchors = [authority.rootDer];
  const tls = (peerCertificate: readonly Buffer[]): Partial<Source> => ({ transport: 'tls', peerCertificate });

  it('proves the name of the hop or of a listed peer, wherever it comes from', async () => {
    const site = trustAt({ hop: host, listed: ['edge.contoso.example', '192.0.2.7'], anchors: () => anchors });
    expect(await site.decide(tls(chainOf(host)))).toBe('trusted');
    expect(await site.decide(tls(chainOf('edge.contoso.example')))).toBe('trusted');
    expect(await site.decide(tls(chainOf('*.contoso.example')))).toMatch(/^name-mismatch: .*\*\.contoso\.example/);
  });

  it('proves the TLS name of the route in the place of the names and addresses of its hops [RFC 5922 §7.4]', async () => {
    const pool = {
      hop: ['fe01.contoso.example', '192.0.2.1'],
      tlsName: 'pool.contoso.example',
      anchors: () => anchors,
    };
    expect(await trustAt(pool).decide(tls(chainOf('pool.contoso.example')))).toBe('trusted');
    expect(await trustAt(pool).decide(tls(chainOf('fe01.contoso.example')))).toMatch(/^name-mismatch/);
  });

  it('proves nothing for a hop that is an address', async () => {
    const site = trustAt({ hop: '192.0.2.1', anchors: () => anchors });
    expect(await site.decide(tls(chainOf(host)))).toBe('192.0.2.1 is no name that a certificate could prove');
  });

  it('is judged again when it may have expired, and at once when the anchors are others', async () => {
    let trusted = anchors;
    const { decide, clock } = trustAt({ hop: host, anchors: () => trusted });
    const chain = chainOf(host);
    expect(await decide(tls(chain))).toBe('trusted');
    trusted = [];
    expect(await decide(tls(chain))).toMatch(/^incomplete-chain/);
    trusted = anchors;
    expect(await decide(tls(chain))).toBe('trusted');
    clock.advance(2 * 365 * 86_400_000);
    expect(await decide(tls(chain))).toMatch(/^expired/);
  });
});
