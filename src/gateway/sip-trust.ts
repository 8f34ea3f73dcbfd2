/**
 * Whom the SIP side believes: TLS servers by name, the next hops of a domain by certificate or address, and TrustedSipPeers. A
 * name is proved by a certificate alone, an address by a connection; the source of a datagram proves nothing.
 */
import { BlockList, isIP } from 'node:net';

import { validateSipPeer } from '../certificates/sip-peer-validation.ts';
import type { Configuration } from '../config/configuration.ts';
import { parseDomainName } from '../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import type { HostLookup } from './sip/host-lookup.ts';
import type { Destination, Source } from './sip/transport.ts';

/** Refusals are one clause for the log. */
type Trust = Result<void, string>;

export interface SipTrust {
  /** Whether this chain proves the name [RFC 5922 §7.3]. */
  proves(chain: readonly Buffer[], name: string): Trust;
  /** Whether TrustedSipPeers lists the source, by address or by a name it proves. */
  isListed(source: Source): boolean;
  /** Whether the source is one of the next hops, or listed. Never rejects. */
  trustsAsHop(source: Source, hops: readonly Destination[]): Promise<Trust>;
}

export interface SipTrustOptions {
  readonly configuration: () => Configuration;
  readonly ports: Pick<GatewayPorts, 'clock' | 'anchors'>;
  readonly lookup: HostLookup;
}

export function sipTrust({ configuration, ports, lookup }: SipTrustOptions): SipTrust {
  const proves = provingNames(ports);
  const isListed = ({ transport, address, peerCertificate = [] }: Source): boolean =>
    configuration().gateway.trustedSipPeers.some((peer) =>
      isIP(peer) === 0
        ? peerCertificate.length > 0 && proves(peerCertificate, peer).ok
        : transport !== 'udp' && isAmong(address, [peer]),
    );

  async function isHop({ transport, address, peerCertificate }: Source, hop: Destination): Promise<Trust> {
    const { host, tlsName = host } = hop;
    if (hop.transport === 'tls')
      return peerCertificate === undefined
        ? refuse(`${host} is reached by TLS, this came by ${transport.toUpperCase()}`)
        : proves(peerCertificate, tlsName);
    // The source of a datagram can be forged: it counts for a hop that is configured to be reached that way, and nobody else.
    if (transport === 'udp' && hop.transport !== 'udp')
      return refuse(`it came by UDP, ${host} is reached by ${hop.transport.toUpperCase()}`);
    const addresses = isIP(host) === 0 ? await lookup(host).catch(() => []) : [host];
    return isAmong(address, addresses) ? ok(undefined) : refuse(`${address} is not an address of ${host}`);
  }

  return {
    proves,
    isListed,
    async trustsAsHop(source, hops) {
      if (isListed(source)) return ok(undefined);
      const verdicts = await Promise.all(hops.map((hop) => isHop(source, hop)));
      if (verdicts.some((verdict) => verdict.ok)) return ok(undefined);
      const reasons = new Set(verdicts.flatMap((verdict) => (verdict.ok ? [] : [verdict.error])));
      return refuse(reasons.size === 0 ? 'there is no next hop' : [...reasons].slice(0, maxReasons).join('; '));
    },
  };
}

/** Hops whose reasons are told: a pool has many, and all have about the same. */
const maxReasons = 3;

/** Whatever the spelling: an IPv6 address has many. */
function isAmong(address: string, others: readonly string[]): boolean {
  // Spelt alike, as nearly always; a list costs ten microseconds.
  if (others.includes(address)) return isIP(address) !== 0;
  const list = new BlockList();
  for (const other of others) list.addAddress(other, familyOf(other));
  return isIP(address) !== 0 && list.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Milliseconds a verdict on the certificate of one connection stands: requests come faster than certificates change. */
const verdictMs = 10_000;

interface Verdict {
  readonly trust: Trust;
  readonly anchors: readonly Buffer[];
  readonly until: number;
}

function provingNames({ clock, anchors }: SipTrustOptions['ports']): SipTrust['proves'] {
  const verdicts = new WeakMap<readonly Buffer[], Map<string, Verdict>>();
  return (chain, name) => {
    const current = anchors();
    const known = verdicts.get(chain) ?? new Map<string, Verdict>();
    const before = known.get(name);
    if (before !== undefined && before.anchors === current && clock.now() < before.until) return before.trust;
    const trust = judge({ chain, anchors: current, now: clock.wallTime() }, name);
    known.set(name, { trust, anchors: current, until: clock.now() + verdictMs });
    verdicts.set(chain, known);
    return trust;
  };
}

interface Shown {
  readonly chain: readonly Buffer[];
  readonly anchors: readonly Buffer[];
  readonly now: Date;
}

function judge(shown: Shown, name: string): Trust {
  const domain = parseDomainName(name);
  if (!domain.ok) return refuse(`${name} is no name that a certificate could prove`);
  const verdict = validateSipPeer({ ...shown, domain: domain.value });
  return verdict.ok ? ok(undefined) : refuse(`${verdict.reason}: ${verdict.detail.replace(/\.$/, '')}`);
}
