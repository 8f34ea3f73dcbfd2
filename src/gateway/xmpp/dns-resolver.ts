/** The questions asked of DNS about the servers of a domain, and the resolver of the platform, which answers them. */
import type { SrvRecord } from 'node:dns';
import { getServers, lookup, Resolver } from 'node:dns/promises';

import { systemErrorCode } from '../../primitives/errors.ts';

export interface AddressRecord {
  readonly address: string;
  /** Seconds for which the answer holds. */
  readonly ttl: number;
}

/** Failures carry the codes of `node:dns`. */
export interface DnsPort {
  resolveSrv(name: string): Promise<readonly SrvRecord[]>;
  resolve4(name: string): Promise<readonly AddressRecord[]>;
  resolve6(name: string): Promise<readonly AddressRecord[]>;
}

/** Milliseconds for one question. Who asks decides whether to ask again. */
const queryTimeoutMs = 5_000;
/** Seconds for which what the hosts file says is kept: it has no TTL. */
const hostsFileTtl = 60;

/** The resolvers of the system, as `dnsResolver` takes them. */
export const systemServers = (): readonly string[] => getServers();

/**
 * @param servers - `address` or `address:port`; none: those of the system, whose hosts file then counts too.
 * @param timeoutMs - Milliseconds for one question to one server.
 */
export function dnsResolver(servers: readonly string[], timeoutMs = queryTimeoutMs): DnsPort {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const orHostsFile = async (
    name: string,
    family: 4 | 6,
    asked: Promise<readonly AddressRecord[]>,
  ): Promise<readonly AddressRecord[]> => {
    if (servers.length > 0) return asked;
    return asked.catch(async (error: unknown) => {
      const found = await lookup(name, { family, all: true }).catch(() => []);
      if (found.length === 0) throw error;
      return found.map(({ address }) => ({ address, ttl: hostsFileTtl }));
    });
  };
  return {
    resolveSrv: (name) => resolver.resolveSrv(name),
    resolve4: (name) => orHostsFile(name, 4, resolver.resolve4(name, { ttl: true })),
    resolve6: (name) => orHostsFile(name, 6, resolver.resolve6(name, { ttl: true })),
  };
}

/** Whether the error says that there is no such name or record, rather than that there was no answer. */
export const isAbsent = (error: unknown): boolean => ['ENOTFOUND', 'ENODATA'].includes(systemErrorCode(error) ?? '');
