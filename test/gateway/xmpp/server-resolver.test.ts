import type { SrvRecord } from 'node:dns';

import { describe, expect, it } from '@jest/globals';

import { addressProblem, portProblem } from '../../../src/gateway/xmpp/address-policy.ts';
import { type AddressRecord, type DnsPort, dnsResolver } from '../../../src/gateway/xmpp/dns-resolver.ts';
import type { DialFailure, OutboundPurpose } from '../../../src/gateway/xmpp/outbound-state.ts';
import { dial } from '../../../src/gateway/xmpp/s2s-connector.ts';
import { defaultS2sLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import type { S2sOptions } from '../../../src/gateway/xmpp/s2s-options.ts';
import { resolveServers } from '../../../src/gateway/xmpp/server-resolver.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { randomIds } from '../../../src/primitives/ids.ts';
import type { ListenerAddress } from '../../../src/primitives/listener-address.ts';
import { orderBySrv } from '../../../src/primitives/srv-order.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { row } from '../../support/xmpp-federation.ts';

const fabrikam = 'fabrikam.example' as DomainName;
const security = row('required', 'required', true);

type Answers = Readonly<Record<string, readonly (SrvRecord | string)[] | string>>;

/** Answers from a table: records, or the error code. What is not in it does not exist. */
function tableDns(answers: Answers): DnsPort {
  const ask = async (question: string): Promise<never[]> => {
    const answer = answers[question] ?? 'ENOTFOUND';
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
    return answer as never[];
  };
  return {
    resolveSrv: async (name) => ask(`SRV ${name}`),
    resolve4: async (name) => addresses(await ask(`A ${name}`)),
    resolve6: async (name) => addresses(await ask(`AAAA ${name}`)),
  };
}

const addresses = (records: readonly string[]): readonly AddressRecord[] =>
  records.map((address) => ({ address, ttl: 60 }));

interface Circumstances {
  readonly loopback?: boolean;
  readonly proxy?: { readonly host: string; readonly port?: number };
  readonly ownListeners?: readonly ListenerAddress[];
  onRefused?(failure: DialFailure): void;
}

async function resolve(answers: Answers, circumstances: Circumstances = {}): Promise<string | readonly string[]> {
  const { loopback = false, proxy, ownListeners = [], onRefused } = circumstances;
  const result = await resolveServers(
    fabrikam,
    { ...security, ...(proxy && { proxy }) },
    {
      dns: tableDns(answers),
      ids: randomIds,
      allowLoopbackPeers: () => loopback,
      ownListeners: () => ownListeners,
      ...(onRefused && { onRefused }),
    },
  );
  if (!result.ok) return `${result.error.step} ${result.error.code ?? ''} ${result.error.condition}`;
  return result.value.map(({ address, port, directTls }) => `${address}:${port}${directTls ? ' direct TLS' : ''}`);
}

const srv = (name: string, port: number, priority = 10, weight = 0): SrvRecord => ({ name, port, priority, weight });
const starttls = 'SRV _xmpp-server._tcp.fabrikam.example';
const direct = 'SRV _xmpps-server._tcp.fabrikam.example';

describe('servers of a domain [RFC 6120 §3.2]', () => {
  it('are those of the SRV records, by priority, each with all its addresses, IPv6 first', async () => {
    const answers = {
      [starttls]: [srv('b.example', 5270, 20), srv('a.example', 5269, 10)],
      'A a.example': ['192.0.2.1', '192.0.2.2'],
      'AAAA a.example': ['2001:db8::1'],
      'A b.example': ['192.0.2.3'],
    };
    expect(await resolve(answers)).toEqual(['2001:db8::1:5269', '192.0.2.1:5269', '192.0.2.2:5269', '192.0.2.3:5270']);
  });

  it('are one set with those of direct TLS [XEP-0368 §2.2]', async () => {
    const answers = {
      [starttls]: [srv('a.example', 5269, 10)],
      [direct]: [srv('a.example', 5270, 5)],
      'A a.example': ['192.0.2.1'],
    };
    expect(await resolve(answers)).toEqual(['192.0.2.1:5270 direct TLS', '192.0.2.1:5269']);
  });

  it('are the addresses of the domain itself where there is no SRV record', async () => {
    expect(await resolve({ 'A fabrikam.example': ['192.0.2.9'] })).toEqual(['192.0.2.9:5269']);
    expect(await resolve({ [starttls]: 'ENODATA', 'A fabrikam.example': ['192.0.2.9'] })).toEqual(['192.0.2.9:5269']);
  });

  it.each([
    [
      'the only target is "."',
      { [starttls]: [srv('', 0)], 'A fabrikam.example': ['192.0.2.9'] },
      'dns no-server remote-server-not-found',
    ],
    ['nothing exists', {}, 'dns no-server remote-server-not-found'],
    [
      'DNS fails for the SRV records',
      { [starttls]: 'ESERVFAIL', 'A fabrikam.example': ['192.0.2.9'] },
      'dns dns-temporary remote-server-timeout',
    ],
    [
      'the target has no address',
      { [starttls]: [srv('a.example', 5269)], 'A fabrikam.example': ['192.0.2.9'] },
      'dns no-server remote-server-not-found',
    ],
    [
      'DNS fails for the target',
      { [starttls]: [srv('a.example', 5269)], 'A a.example': 'ETIMEOUT' },
      'dns dns-temporary remote-server-timeout',
    ],
    [
      'the target is loopback',
      { [starttls]: [srv('a.example', 5269)], 'A a.example': ['127.0.0.1'] },
      'dns address-refused remote-server-not-found',
    ],
    [
      'the target is a literal address that is refused',
      { [starttls]: [srv('169.254.169.254', 5269)] },
      'dns address-refused remote-server-not-found',
    ],
    [
      'the port is one of the system, not of XMPP',
      { [starttls]: [srv('a.example', 22)], 'A a.example': ['192.0.2.1'] },
      'policy port-refused remote-server-not-found',
    ],
  ])('are none, and no address of the domain, where %s', async (_, answers: Answers, expected) => {
    expect(await resolve(answers)).toBe(expected);
  });

  it('are still there where some targets of several are refused or broken, and each refusal is told', async () => {
    const answers = {
      [starttls]: [srv('a.example', 5269), srv('b.example', 5269, 20), srv('c.example', 443, 30), srv('d.example', 25)],
      'A a.example': ['127.0.0.1'],
      'A b.example': 'ESERVFAIL',
      'A c.example': ['192.0.2.3'],
      'A d.example': ['192.0.2.4'],
    };
    const refused: DialFailure[] = [];
    expect(await resolve(answers, { onRefused: (failure) => refused.push(failure) })).toEqual(['192.0.2.3:443']);
    expect(refused.toSorted((one, other) => one.step.localeCompare(other.step))).toMatchObject([
      { step: 'dns', code: 'address-refused', target: 'a.example [127.0.0.1]:5269' },
      { step: 'policy', code: 'port-refused', target: 'd.example [192.0.2.4]:25' },
    ]);
  });

  it('are never this gateway itself, whatever DNS says', async () => {
    const answers = { [starttls]: [srv('a.example', 5269)], 'A a.example': ['127.0.0.1'] };
    const at = (address: string, port: number): readonly ListenerAddress[] => [{ protocol: 'xmpp', address, port }];
    const refused = 'dns address-refused remote-server-not-found';
    expect(await resolve(answers, { loopback: true, ownListeners: at('127.0.0.1', 5269) })).toBe(refused);
    expect(await resolve(answers, { loopback: true, ownListeners: at('::', 5269) })).toBe(refused);
    expect(await resolve(answers, { loopback: true, ownListeners: at('0.0.0.0', 5269) })).toBe(refused);
    expect(await resolve(answers, { loopback: true, ownListeners: at('::', 5270) })).toEqual(['127.0.0.1:5269']);
    expect(await resolve(answers, { loopback: true, ownListeners: at('127.0.0.2', 5269) })).toEqual(['127.0.0.1:5269']);
  });

  it('is the proxy of the partner, whatever DNS says of the domain', async () => {
    const answers = {
      [starttls]: [srv('a.example', 5269)],
      'A a.example': ['192.0.2.1'],
      'A proxy.example': ['192.0.2.7'],
    };
    expect(await resolve(answers, { proxy: { host: 'proxy.example', port: 15269 } })).toEqual(['192.0.2.7:15269']);
    expect(await resolve(answers, { proxy: { host: '192.0.2.8' } })).toEqual(['192.0.2.8:5269']);
    expect(await resolve(answers, { proxy: { host: '192.0.2.8', port: 22 } })).toEqual(['192.0.2.8:22']);
    expect(await resolve(answers, { proxy: { host: '127.0.0.1' } })).toBe(
      'dns address-refused remote-server-not-found',
    );
    expect(await resolve(answers, { proxy: { host: '127.0.0.1' }, loopback: true })).toEqual(['127.0.0.1:5269']);
  });

  it('come from the DNS servers that were named', async () => {
    const dns = await startDnsServer();
    dns.xmppServer('fabrikam.example', 15269);
    const result = await resolveServers(fabrikam, security, {
      dns: dnsResolver([dns.address]),
      ids: randomIds,
      allowLoopbackPeers: () => true,
    });
    expect(result).toMatchObject({ ok: true, value: [{ address: '127.0.0.1', port: 15269 }] });
  });
});

describe('SRV order [RFC 2782]', () => {
  it('follows the weights within a priority', () => {
    const records = [srv('a', 1, 10, 60), srv('b', 1, 10, 30), srv('c', 1, 10, 10), srv('z', 1, 20, 99)];
    const firsts = new Map<string, number>();
    const draws = 10_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const ordered = orderBySrv(records, () => (draw + 0.5) / draws);
      expect(ordered.at(-1)?.name).toBe('z');
      const first = ordered[0]?.name ?? '';
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    expect(firsts.get('a')).toBeGreaterThan(5_800);
    expect(firsts.get('b')).toBeGreaterThan(2_800);
    expect(firsts.get('c')).toBeGreaterThan(900);
  });

  it('gives weight zero a small chance', () => {
    const records = [srv('zero', 1, 10, 0), srv('heavy', 1, 10, 100)];
    expect(orderBySrv(records, () => 0)[0]?.name).toBe('zero');
    expect(orderBySrv(records, () => 0.5)[0]?.name).toBe('heavy');
  });
});

describe('addresses of private networks', () => {
  const privateUse = [
    ['10.1.2.3'],
    ['172.16.0.1'],
    ['172.31.255.255'],
    ['192.168.1.1'],
    ['100.64.0.1'],
    ['198.18.0.1'],
    ['fd12:3456::1'],
    ['::ffff:10.0.0.1'],
    ['64:ff9b::192.168.0.1'],
    ['64:ff9b::10.0.0.1'],
    ['64:ff9b:1::1'],
  ];

  it.each(privateUse)('%s is refused where private peers are', (address) => {
    const ask = (allowed?: boolean): string | undefined =>
      addressProblem(
        { address, port: 5269 },
        { allowLoopbackPeers: () => false, ...(allowed !== undefined && { allowPrivatePeers: () => allowed }) },
      );
    expect(ask(false)).toMatch(/private/);
    expect(ask(true)).toBeUndefined();
    expect(ask()).toBeUndefined();
  });

  it.each([['11.0.0.1'], ['172.32.0.1'], ['192.169.0.1'], ['100.128.0.1'], ['2001:db8::1'], ['64:ff9b::192.0.2.1']])(
    '%s is none of them',
    (address) => {
      const policy = { allowLoopbackPeers: () => false, allowPrivatePeers: () => false };
      expect(addressProblem({ address, port: 5269 }, policy)).toBeUndefined();
    },
  );

  const atPrivate = { [starttls]: [srv('a.example', 5269)], 'A a.example': ['10.0.0.1'] };
  /** The dial is over before it connects: what is left is whether it would have. */
  async function dialCode(purpose: OutboundPurpose, given: Partial<S2sOptions> = {}, proxy?: { host: string }) {
    const options = {
      dns: tableDns(atPrivate),
      ids: randomIds,
      clock: movableClock(),
      limits: defaultS2sLimits,
      allowLoopbackPeers: () => false,
      securityFor: () => ({ ...security, ...(proxy && { proxy }) }),
      ...given,
    } as unknown as S2sOptions;
    const pair = { local: 'contoso.example' as DomainName, remote: fabrikam };
    const hooks = { onStream: () => undefined, onEnding: () => undefined, onClosed: () => undefined };
    const dialled = await dial({ pair, purpose, signal: AbortSignal.abort(), ...hooks }, options);
    return dialled.ok ? undefined : dialled.error.code;
  }

  it('are dialled for stanzas, and for the key of a stranger only when the administrator said so [SSRF]', async () => {
    const verify = { type: 'verify', id: '1', key: 'k' } as const;
    const [refused, wouldDial] = ['private-address-refused', 'unreachable'];
    expect(await dialCode(verify)).toBe(refused);
    expect(await dialCode({ type: 'stanzas' })).toBe(wouldDial);
    expect(await dialCode(verify, { allowPrivateDialback: () => true })).toBe(wouldDial);
    expect(await dialCode(verify, { allowLoopbackPeers: () => true })).toBe(wouldDial);
    expect(await dialCode(verify, {}, { host: '10.0.0.1' })).toBe(wouldDial);
  });
});

describe('addresses that streams are opened to', () => {
  const problem = (address: string, loopback: boolean): string | undefined =>
    addressProblem({ address, port: 5269 }, { allowLoopbackPeers: () => loopback });

  it.each([['127.0.0.1'], ['127.8.8.8'], ['::1'], ['::ffff:127.0.0.1'], ['64:ff9b::127.0.0.1']])(
    '%s only with AllowLoopbackPeers',
    (address) => {
      expect(problem(address, false)).toMatch(/loopback/);
      expect(problem(address, true)).toBeUndefined();
    },
  );

  it.each([
    ['0.0.0.0'],
    ['::'],
    ['::ffff:0.0.0.0'],
    ['::192.0.2.1'],
    ['169.254.169.254'],
    ['fd00:ec2::254'],
    ['100.100.100.200'],
    ['168.63.129.16'],
    ['::ffff:169.254.169.254'],
    ['64:ff9b::169.254.169.254'],
    ['fe80::1'],
    ['224.0.0.1'],
    ['64:ff9b::224.0.0.1'],
    ['255.255.255.255'],
    ['ff02::1'],
  ])('%s never', (address) => {
    expect(problem(address, true)).toBeDefined();
  });

  it.each([['192.0.2.1'], ['10.0.0.1'], ['2001:db8::1'], ['64:ff9b::192.0.2.1']])('%s always', (address) => {
    expect(problem(address, false)).toBeUndefined();
  });

  it('at ports from 1024 on and at 443', () => {
    expect([443, 1024, 5269, 65_535].map(portProblem)).toEqual([undefined, undefined, undefined, undefined]);
    for (const port of [0, 1, 22, 25, 80, 442, 444, 1023]) expect(portProblem(port)).toMatch(/port/);
  });
});
