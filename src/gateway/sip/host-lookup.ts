/**
 * Host names to addresses: by the DNS servers of the configuration, or by the system and its hosts file when there are none.
 * A host with a port has address records and nothing else to look for [RFC 3263 §4.2].
 */
import { lookup, Resolver } from 'node:dns/promises';

import type { Clock } from '../../primitives/clock.ts';

export interface HostLookupOptions {
  readonly clock: Clock;
  /** `address` or `address:port`; none: the system decides. Asked each time, so that a change takes effect at once. */
  readonly servers: () => readonly string[];
}

/** Best first. Rejects when the name has no address, or nobody answers and nothing is known from before. */
export type HostLookup = (host: string) => Promise<readonly string[]>;

/** Milliseconds an answer is used again: a proxy that moves is followed soon, and a busy one costs no query a message. */
const rememberMs = 30_000;
/** Hosts whose addresses are remembered. */
const maxRemembered = 1000;
/** Milliseconds for one DNS question, and how often it is asked. */
const queryTimeoutMs = 5_000;
const queryTries = 2;

interface Remembered {
  readonly addresses: Promise<readonly string[]>;
  readonly until: number;
}

export function hostLookup({ clock, servers }: HostLookupOptions): HostLookup {
  const known = new Map<string, Remembered>();

  function remember(key: string, addresses: Promise<readonly string[]>): Promise<readonly string[]> {
    if (known.size >= maxRemembered) known.clear();
    known.set(key, { addresses, until: clock.now() + rememberMs });
    return addresses;
  }

  return (host) => {
    const asked = servers();
    const key = [host, ...asked].join(' ');
    const before = known.get(key);
    if (before !== undefined && clock.now() < before.until) return before.addresses;
    return remember(
      key,
      addressesOf(host, asked).catch((error: unknown) => {
        // DNS that is down must not take a proxy with it that is up [RFC 8767]; nothing known is not worth remembering.
        if (before !== undefined) return before.addresses;
        known.delete(key);
        throw error;
      }),
    );
  };
}

async function addressesOf(host: string, servers: readonly string[]): Promise<readonly string[]> {
  if (servers.length === 0) return (await lookup(host, { all: true })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: queryTimeoutMs, tries: queryTries });
  resolver.setServers(servers);
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  // IPv4 first: addresses are tried one after the other, and IPv6 is the one that is announced and not routed.
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [failed] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
  if (addresses.length === 0 && failed !== undefined) throw failed;
  return addresses;
}
