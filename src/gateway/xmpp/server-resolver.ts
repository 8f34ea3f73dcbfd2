/** From a domain to the addresses of its XMPP servers: RFC 6120 §3.2, RFC 2782, XEP-0368. The proxy of a partner comes before DNS. */
import type { SrvRecord } from 'node:dns';
import { isIP } from 'node:net';

import type { DomainName } from '../../primitives/domain-name.ts';
import { systemErrorCode } from '../../primitives/errors.ts';
import type { Ids } from '../../primitives/ids.ts';
import { randomFraction } from '../../primitives/random-fraction.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { orderBySrv } from '../../primitives/srv-order.ts';
import { type AddressPolicy, addressProblem, isRefusedAsPrivate, portProblem } from './address-policy.ts';
import { type AddressRecord, type DnsPort, isAbsent } from './dns-resolver.ts';
import type { DialFailure, OtherHost } from './outbound-state.ts';
import type { StreamSecurity } from './stream-security.ts';

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
/** SRV records of one domain that are looked at, and addresses of all of them together. */
const maxRecords = 20;
const maxEndpoints = 40;

export interface ResolverOptions extends AddressPolicy {
  readonly dns: DnsPort;
  readonly ids: Ids;
  /** Hears of each server that may not be dialled, also where others remain. */
  onRefused?(failure: DialFailure): void;
}

/** All addresses of the domain's servers in the order in which to try them, or why there are none. */
export async function resolveServers(
  domain: DomainName,
  security: Pick<StreamSecurity, 'proxy' | 'startTls'>,
  options: ResolverOptions,
): Promise<Result<readonly Endpoint[], DialFailure>> {
  const hosts = await hostsOf(domain, security, options);
  // The proxy was named by the administrator, not by DNS: its port is as meant.
  return hosts.ok ? endpointsAt(hosts.value, options, { anyPort: security.proxy !== undefined }) : hosts;
}

/** The same of a host that a server sends us to: as DNS would name it, unless there is a port [RFC 6120 §4.9.3.19]. */
export async function resolveOtherHost(
  { host, port }: OtherHost,
  { startTls }: StreamSecurity,
  options: ResolverOptions,
): Promise<Result<readonly Endpoint[], DialFailure>> {
  const isNamed = port === undefined && isIP(host) === 0;
  const hosts = isNamed
    ? await hostsOf(host as DomainName, { startTls }, options)
    : ok([{ host, port: port ?? defaultPort, directTls: false }]);
  return hosts.ok ? endpointsAt(hosts.value, options, { anyPort: false }) : hosts;
}

async function endpointsAt(
  hosts: readonly Host[],
  options: ResolverOptions,
  { anyPort }: { readonly anyPort: boolean },
): Promise<Result<readonly Endpoint[], DialFailure>> {
  const refused: DialFailure[] = [];
  const resolved = await Promise.all(hosts.map((host) => endpointsOf(host, options.dns)));
  const endpoints = resolved.flatMap((result) => (result.ok ? result.value : [])).slice(0, maxEndpoints);
  const allowed = endpoints.filter((endpoint) => {
    const problem = problemOf(endpoint, anyPort, options);
    if (problem !== undefined) refused.push(problem);
    return problem === undefined;
  });
  if (allowed.length > 0) {
    for (const failure of refused) options.onRefused?.(failure);
    return ok(allowed);
  }
  const [first, ...others] = refused;
  for (const failure of others) options.onRefused?.(failure);
  if (first !== undefined) return refuse(first);
  return resolved.find((result) => !result.ok) ?? noServer('There is no server.');
}

function problemOf(endpoint: Endpoint, anyPort: boolean, policy: AddressPolicy): DialFailure | undefined {
  const port = anyPort ? undefined : portProblem(endpoint.port);
  const problem = port ?? addressProblem(endpoint, policy);
  if (problem === undefined) return undefined;
  const code = isRefusedAsPrivate(endpoint.address, policy) ? 'private-address-refused' : 'address-refused';
  return {
    ...(port === undefined ? { step: 'dns', code } : { step: 'policy', code: 'port-refused' }),
    condition: 'remote-server-not-found',
    reason: `${endpoint.host}: ${problem}.`,
    target: printEndpoint(endpoint),
  };
}

/** `xmpp.contoso.example [192.0.2.1]:5269` */
export const printEndpoint = ({ host, address, port }: Endpoint): string =>
  host === address ? `[${address}]:${port}` : `${host} [${address}]:${port}`;

type Host = Omit<Endpoint, 'address'>;

async function hostsOf(
  domain: DomainName,
  { proxy, startTls }: Pick<StreamSecurity, 'proxy' | 'startTls'>,
  { dns, ids }: ResolverOptions,
): Promise<Result<readonly Host[], DialFailure>> {
  if (proxy !== undefined) return ok([{ host: proxy.host, port: proxy.port ?? defaultPort, directTls: false }]);
  const direct =
    startTls === 'not-supported'
      ? Promise.resolve<SrvAnswer>({ records: [] })
      : srvRecords(dns, `_xmpps-server._tcp.${domain}`);
  const [starttls, directTls] = await Promise.all([srvRecords(dns, `_xmpp-server._tcp.${domain}`), direct]);
  const offered = [...targets(starttls, false), ...targets(directTls, true)];
  const random = (): number => randomFraction(ids);
  if (offered.length > 0)
    return ok(
      orderBySrv(offered, random)
        .slice(0, maxRecords)
        .map(({ name, port, directTls }) => ({ host: name, port, directTls })),
    );
  if (starttls.failure !== undefined) return refuse(temporary(`_xmpp-server._tcp.${domain}`, starttls.failure));
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

async function srvRecords(dns: DnsPort, name: string): Promise<SrvAnswer> {
  try {
    return { records: await dns.resolveSrv(name) };
  } catch (error) {
    return {
      records: [],
      ...(!isAbsent(error) && { failure: codeOf(error) }),
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
  if (failed?.status === 'rejected') return refuse(temporary(host.host, codeOf(failed.reason)));
  return noServer(`${host.host} has no address.`);
}

const addressesOf = (answer: PromiseSettledResult<readonly AddressRecord[]>): readonly string[] =>
  answer.status === 'fulfilled' ? answer.value.map(({ address }) => address) : [];

/** IPv6 first, the families in turn [RFC 8305 §4]. */
function interleave(six: readonly string[], four: readonly string[]): readonly string[] {
  const length = Math.max(six.length, four.length);
  return Array.from({ length }, (_, index) => [six[index], four[index]])
    .flat()
    .filter((address) => address !== undefined);
}

const codeOf = (error: unknown): string => systemErrorCode(error) ?? 'failed';

const noServer = (reason: string): Result<never, DialFailure> =>
  refuse({ step: 'dns', condition: 'remote-server-not-found', code: 'no-server', reason });

/** DNS may say more in a minute: neither yes nor no. */
const temporary = (name: string, code: string): DialFailure => ({
  step: 'dns',
  condition: 'remote-server-timeout',
  code: 'dns-temporary',
  reason: `${name}: DNS gave no answer (${code}).`,
  target: name,
});
