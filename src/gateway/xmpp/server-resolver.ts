/** From a domain to the addresses of its XMPP servers: RFC 6120 §3.2, RFC 2782, XEP-0368. The proxy of a partner comes before DNS. */
import type { SrvRecord } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

import type { DomainName } from '../../primitives/domain-name.ts';
import { systemErrorCode } from '../../primitives/errors.ts';
import type { Ids } from '../../primitives/ids.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { addressProblem } from './address-policy.ts';
import type { DialFailure } from './outbound-state.ts';
import { orderBySrv } from './srv-order.ts';
import type { StreamSecurity } from './stream-security.ts';

/** The questions asked of DNS. Failures carry the codes of `node:dns`. */
export interface DnsPort {
  resolveSrv(name: string): Promise<readonly SrvRecord[]>;
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
}

/** One address to connect to. */
export interface Endpoint {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** TLS from the first byte [XEP-0368]. */
  readonly directTls: boolean;
}

/** The port of server-to-server streams [RFC 6120 §14.7]. */
const defaultPort = 5269;
/** Milliseconds for one DNS question, and how often it is asked. */
const queryTimeoutMs = 5_000;
const queryTries = 2;
/** SRV records of one domain that are looked at, and addresses of all of them together. */
const maxRecords = 20;
const maxEndpoints = 40;

/** @param servers - `address` or `address:port`; none: those of the system, whose hosts file then counts too. */
export function dnsResolver(servers: readonly string[]): DnsPort {
  const resolver = new Resolver({ timeout: queryTimeoutMs, tries: queryTries });
  if (servers.length > 0) {
    resolver.setServers(servers);
    return resolver;
  }
  const orHostsFile = async (
    name: string,
    family: 4 | 6,
    asked: Promise<readonly string[]>,
  ): Promise<readonly string[]> =>
    asked.catch(async () => (await lookup(name, { family, all: true })).map(({ address }) => address));
  return {
    resolveSrv: (name) => resolver.resolveSrv(name),
    resolve4: (name) => orHostsFile(name, 4, resolver.resolve4(name)),
    resolve6: (name) => orHostsFile(name, 6, resolver.resolve6(name)),
  };
}

export interface ResolverOptions {
  readonly dns: DnsPort;
  readonly ids: Ids;
  allowLoopbackPeers(): boolean;
}

/** All addresses of the domain's servers in the order in which to try them, or why there are none. */
export async function resolveServers(
  domain: DomainName,
  security: StreamSecurity,
  options: ResolverOptions,
): Promise<Result<readonly Endpoint[], DialFailure>> {
  const hosts = await hostsOf(domain, security, options);
  if (!hosts.ok) return hosts;
  const resolved = await Promise.all(hosts.value.map((host) => endpointsOf(host, options.dns)));
  const endpoints = resolved.flatMap((result) => (result.ok ? result.value : [])).slice(0, maxEndpoints);
  if (endpoints.length === 0) return resolved.find((result) => !result.ok) ?? noServer(`${domain} has no server.`);
  const allowLoopback = options.allowLoopbackPeers();
  const allowed = endpoints.filter(({ address }) => addressProblem(address, allowLoopback) === undefined);
  if (allowed.length > 0) return ok(allowed);
  const { host, address } = endpoints[0] as Endpoint;
  return refuse({
    step: 'dns',
    condition: 'remote-server-not-found',
    reason: `${host}: ${addressProblem(address, allowLoopback)}.`,
  });
}

type Host = Omit<Endpoint, 'address'>;

async function hostsOf(
  domain: DomainName,
  { proxy, startTls }: StreamSecurity,
  { dns, ids }: ResolverOptions,
): Promise<Result<readonly Host[], DialFailure>> {
  if (proxy !== undefined) return ok([{ host: proxy.host, port: proxy.port ?? defaultPort, directTls: false }]);
  const direct =
    startTls === 'not-supported'
      ? Promise.resolve<SrvAnswer>({ records: [] })
      : srvRecords(dns, `_xmpps-server._tcp.${domain}`);
  const [starttls, directTls] = await Promise.all([srvRecords(dns, `_xmpp-server._tcp.${domain}`), direct]);
  const offered = [...targets(starttls, false), ...targets(directTls, true)];
  const random = (): number => Number.parseInt(ids.token(32), 16) / 2 ** 32;
  if (offered.length > 0)
    return ok(
      orderBySrv(offered, random)
        .slice(0, maxRecords)
        .map(({ name, port, directTls }) => ({ host: name, port, directTls })),
    );
  if (starttls.failure !== undefined)
    return refuse({
      step: 'dns',
      condition: 'remote-server-timeout',
      reason: `_xmpp-server._tcp.${domain}: ${starttls.failure}.`,
    });
  // A single record with the target "." says: no such service here; then the domain's address means nothing either.
  if (starttls.records.length > 0 || directTls.records.length > 0)
    return noServer(`${domain} says in DNS that it has no XMPP server.`);
  return ok([{ host: domain, port: defaultPort, directTls: false }]);
}

interface SrvAnswer {
  readonly records: readonly SrvRecord[];
  /** DNS gave no answer; it may give one later. */
  readonly failure?: string;
}

const isAbsent = (error: unknown): boolean => ['ENOTFOUND', 'ENODATA'].includes(systemErrorCode(error) ?? '');

async function srvRecords(dns: DnsPort, name: string): Promise<SrvAnswer> {
  try {
    return { records: await dns.resolveSrv(name) };
  } catch (error) {
    return {
      records: [],
      ...(!isAbsent(error) && { failure: `DNS gave no answer (${systemErrorCode(error) ?? 'failed'})` }),
    };
  }
}

function targets({ records }: SrvAnswer, directTls: boolean): readonly (SrvRecord & { readonly directTls: boolean })[] {
  return records.filter(({ name }) => name !== '' && name !== '.').map((record) => ({ ...record, directTls }));
}

async function endpointsOf(host: Host, dns: DnsPort): Promise<Result<readonly Endpoint[], DialFailure>> {
  if (isIP(host.host) !== 0) return ok([{ ...host, address: host.host }]);
  const [four, six] = await Promise.allSettled([dns.resolve4(host.host), dns.resolve6(host.host)]);
  const addresses = interleave(addressesOf(six), addressesOf(four));
  if (addresses.length > 0) return ok(addresses.map((address) => ({ ...host, address })));
  const failed = [four, six].find((answer) => answer.status === 'rejected' && !isAbsent(answer.reason));
  if (failed === undefined) return noServer(`${host.host} has no address.`);
  return refuse({ step: 'dns', condition: 'remote-server-timeout', reason: `${host.host}: DNS gave no answer.` });
}

const addressesOf = (answer: PromiseSettledResult<readonly string[]>): readonly string[] =>
  answer.status === 'fulfilled' ? answer.value : [];

/** IPv6 first, the families in turn [RFC 8305 §4]. */
function interleave(six: readonly string[], four: readonly string[]): readonly string[] {
  const length = Math.max(six.length, four.length);
  return Array.from({ length }, (_, index) => [six[index], four[index]])
    .flat()
    .filter((address) => address !== undefined);
}

const noServer = (reason: string): Result<never, DialFailure> =>
  refuse({ step: 'dns', condition: 'remote-server-not-found', reason });
