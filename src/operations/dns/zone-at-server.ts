/** What one name server says of the sets that are to change: their zone, and the records that are there. */
import { lookup, Resolver } from 'node:dns/promises';
import { isIP, SocketAddress } from 'node:net';

import { isAbsent } from '../../gateway/xmpp/dns-resolver.ts';
import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { RecordSet } from './record-sets.ts';
import type { NameServer } from './send-update.ts';

/** A set of more is nothing that a gateway replaces. */
export const maxRecordsBefore = 100;

export interface ZoneReader {
  /** The nearest name above that has an SOA record. */
  zoneOf(name: string): Promise<string>;
  /** In the form of `RecordSet`, sorted. */
  dataOf(set: Pick<RecordSet, 'name' | 'type'>): Promise<readonly string[]>;
}

/** @throws CodedError `DnsUnanswered` for a name without an address */
export async function serverAddress({ host, port }: NameServer): Promise<NameServer> {
  if (isIP(host) > 0) return { host, port };
  try {
    return { host: (await lookup(host)).address, port };
  } catch (error) {
    throw new CodedError('DnsUnanswered', `${host} has no address.`, {
      reason: systemErrorCode(error) ?? 'the system knows none',
      fix: `getent hosts ${host}`,
      target: host,
      cause: error,
    });
  }
}

/** Every method throws CodedError `DnsUnanswered` where the server does not say. */
export function zoneReader({ host, port }: NameServer, timeoutMs: number): ZoneReader {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  const server = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  resolver.setServers([server]);
  const there = async <T>(asked: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await asked;
    } catch (error) {
      if (isAbsent(error)) return [];
      throw unanswered(server, error);
    }
  };
  return {
    async zoneOf(name) {
      for (let zone = name; zone !== ''; zone = zone.split('.').slice(1).join('.')) {
        const found = await there(resolver.resolveSoa(zone).then((soa) => [soa]));
        if (found.length > 0) return zone;
      }
      throw new CodedError('DnsUpdateRefused', `${server} knows no zone of ${name}.`, {
        reason: 'no name above has an SOA record there',
        fix: `dig ${name} SOA`,
        target: name,
      });
    },
    async dataOf({ name, type }) {
      const data = await there(askedFor(resolver, name, type));
      if (data.length > maxRecordsBefore) throw tooMany(name);
      return data.toSorted();
    },
  };
}

async function askedFor(resolver: Resolver, name: string, type: RecordSet['type']): Promise<readonly string[]> {
  if (type === 'A') return await resolver.resolve4(name);
  if (type === 'AAAA') return (await resolver.resolve6(name)).map(canonicalAddress);
  const records = await resolver.resolveSrv(name);
  return records.map(
    ({ priority, weight, port, name: target }) =>
      `${priority} ${weight} ${port} ${target.toLowerCase().replace(/\.$/, '')}.`,
  );
}

/** One form of each address. */
export const canonicalAddress = (address: string): string =>
  isIP(address) === 6 ? new SocketAddress({ address, family: 'ipv6' }).address : address;

const unanswered = (server: string, error: unknown): CodedError =>
  new CodedError('DnsUnanswered', `The name server ${server} gives no answer.`, {
    reason: systemErrorCode(error) ?? 'it failed',
    fix: `xgw test-dnsrecord -Server ${server}`,
    target: server,
    cause: error,
  });

const tooMany = (name: string): CodedError =>
  new CodedError('DnsRecordConflict', `${name} has more than ${maxRecordsBefore} records.`, {
    reason: 'so many were not made for this gateway',
    fix: `dig ${name} ANY`,
    target: name,
  });
