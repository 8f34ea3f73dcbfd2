/**
 * A partner's servers as the gateway finds them: SRV records of both services merged and in the order in which they are tried,
 * the fallback, the proxy, and what the address policy says. The resolver that the gateway dials with does all of it.
 */
import type { SrvRecord } from 'node:dns';

import type { Configuration } from '../../config/configuration.ts';
import { partnerOf } from '../../config/partner-lookup.ts';
import { streamSecurityFor } from '../../gateway/policy/stream-security.ts';
import { type DnsPort, dnsResolver } from '../../gateway/xmpp/dns-resolver.ts';
import type { DialFailure } from '../../gateway/xmpp/outbound-state.ts';
import { type Endpoint, printEndpoint, resolveServers } from '../../gateway/xmpp/server-resolver.ts';
import type { StreamSecurity } from '../../gateway/xmpp/stream-security.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { randomIds } from '../../primitives/ids.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { adviceForDial } from '../federation-advice.ts';
import { type AliasQuestion, aliasOf, aliasProblem } from './alias.ts';
import type { DnsTest } from './dns-test.ts';
import { isOurs } from './own-record-verdict.ts';
import type { DnsTestOptions } from './test-own-records.ts';

/** Allowed servers first, in their order; then what is in DNS and is not tried, and why. */
export async function testPeerRecords(peer: DomainName, options: DnsTestOptions): Promise<readonly DnsTest[]> {
  const { configuration, timeoutMs } = options;
  const servers = options.servers.length > 0 ? options.servers : configuration.gateway.dnsServers;
  const security = wayTo(peer, configuration);
  const { dns, known } = remembering(dnsResolver(servers, timeoutMs));
  const refused: DialFailure[] = [];
  const found = await resolveServers(peer, security, {
    dns,
    ids: randomIds,
    allowLoopbackPeers: () => configuration.gateway.allowLoopbackPeers,
    ownListeners: () => listenersOf(configuration),
    onRefused: (failure) => void refused.push(failure),
  });
  const endpoints = found.ok ? found.value : [];
  const aliases = await aliasesOf(known, { servers, timeoutMs });
  const scene: Scene = { peer, configuration, security, known, aliases, server: servers.join(', ') || 'system' };
  const problems = [...(found.ok ? [] : [found.error]), ...refused];
  return [
    ...endpoints.map((endpoint, index) => endpointRow(endpoint, index + 1, scene)),
    ...problems.map((problem) => problemRow(problem, endpoints.length > 0, scene)),
    ...withoutAddress(endpoints, problems, scene),
  ];
}

interface Scene {
  readonly peer: DomainName;
  readonly configuration: Configuration;
  readonly security: Way;
  /** What DNS said of the two services, by name. */
  readonly known: ReadonlyMap<string, readonly SrvRecord[]>;
  /** What targets are aliases of. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly server: string;
}

type Way = Pick<StreamSecurity, 'proxy' | 'startTls'>;

/** A domain that is no partner is looked up as a new one would be. */
const wayTo = (peer: DomainName, configuration: Configuration): Way =>
  streamSecurityFor(configuration, peer, () => []) ?? { startTls: 'required' };

const listenersOf = ({ gateway }: Configuration): readonly ListenerAddress[] =>
  [gateway.xmppPort, gateway.xmppDirectTlsPort]
    .filter((port) => port !== 0)
    .map((port) => ({ protocol: 'xmpp', address: gateway.xmppListenAddress ?? '', port }));

function remembering(dns: DnsPort): { readonly dns: DnsPort; readonly known: Scene['known'] } {
  const known = new Map<string, readonly SrvRecord[]>();
  const resolveSrv: DnsPort['resolveSrv'] = async (name) => {
    const records = await dns.resolveSrv(name);
    known.set(name, records);
    return records;
  };
  return { dns: { ...dns, resolveSrv }, known };
}

const serviceName = (peer: DomainName, directTls: boolean): string =>
  `${directTls ? '_xmpps' : '_xmpp'}-server._tcp.${peer}`;

async function aliasesOf(known: Scene['known'], question: AliasQuestion): Promise<Scene['aliases']> {
  const hosts = new Set([...known.values()].flat().map(({ name }) => name));
  const found = await Promise.all(Array.from(hosts, async (host) => [host, await aliasOf(host, question)] as const));
  return new Map(found.flatMap(([host, alias]) => (alias === undefined ? [] : [[host, alias] as const])));
}

function endpointRow(endpoint: Endpoint, order: number, scene: Scene): DnsTest {
  const { peer, security, known, server, aliases } = scene;
  const name = serviceName(peer, endpoint.directTls);
  const record = known.get(name)?.find(isOurs({ target: endpoint.host.toLowerCase(), port: endpoint.port }));
  const how = endpoint.directTls ? 'TLS from the first byte' : 'STARTTLS';
  const common = { Domain: peer, Expected: null, Result: 'Success', Fix: null, Unanswered: false } as const;
  const where = { Server: server, Order: order, DirectTls: endpoint.directTls };
  const there = printEndpoint(endpoint);
  if (security.proxy !== undefined)
    return {
      ...{ ...common, ...where, Name: endpoint.host, Type: 'Proxy', Actual: [there] },
      Detail: 'ProxyFqdn of the partner, in place of DNS',
    };
  if (record === undefined)
    return {
      ...{ ...common, ...where, Name: endpoint.host, Type: 'A/AAAA', Actual: [there] },
      Detail: 'no SRV record: the address of the domain itself, port 5269 [RFC 6120 §3.2.2]',
    };
  const actual = `${record.priority} ${record.weight} ${there}`;
  const alias = aliases.get(record.name);
  const row = { ...common, ...where, Name: name, Type: 'SRV', Actual: [actual] } as const;
  return alias === undefined
    ? { ...row, Detail: how }
    : { ...row, Result: 'Warning', Detail: `${how}; ${aliasProblem(record.name, alias)}` };
}

function problemRow({ target, reason, step, code }: DialFailure, others: boolean, scene: Scene): DnsTest {
  const { peer, configuration, server } = scene;
  const partner = partnerOf(configuration, peer)?.identity ?? peer;
  const localDomain = Object.values(configuration.sipDomains).find(({ isDefault }) => isDefault)?.identity ?? '';
  return {
    Domain: peer,
    Name: serviceName(peer, false),
    Type: scene.security.proxy === undefined ? 'SRV' : 'Proxy',
    Expected: null,
    Actual: target === undefined ? [] : [target],
    Result: others ? 'Warning' : 'Failure',
    Detail: others ? `not tried: ${reason}` : reason,
    Fix: adviceForDial({ partner, domain: peer, localDomain, step, code }).fix,
    Server: server,
    Order: null,
    DirectTls: null,
    Unanswered: code === 'dns-temporary' && /\((?:ETIMEOUT|ECONNREFUSED)\)/.test(reason),
  };
}

/** The partner's own mistake, which nobody notices while another server of it answers. */
function withoutAddress(
  endpoints: readonly Endpoint[],
  problems: readonly DialFailure[],
  { peer, known, server }: Scene,
): readonly DnsTest[] {
  if (endpoints.length === 0) return [];
  const said = (host: string): boolean =>
    endpoints.some((endpoint) => endpoint.host === host) ||
    problems.some(({ target }) => target?.startsWith(host) === true);
  return [...known].flatMap(([service, records]) =>
    records
      .filter(({ name }) => name !== '' && name !== '.' && !said(name))
      .map(
        ({ priority, weight, port, name }): DnsTest => ({
          ...{
            Domain: peer,
            Name: service,
            Type: 'SRV',
            Expected: null,
            Actual: [`${priority} ${weight} ${port} ${name}`],
          },
          ...{ Result: 'Warning', Detail: `not tried: ${name} has no address`, Fix: null, Server: server },
          ...{ Order: null, DirectTls: service.startsWith('_xmpps'), Unanswered: false },
        }),
      ),
  );
}
