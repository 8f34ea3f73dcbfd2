/** What an administrator says about a SIP domain whose users live on other SIP servers. */
import type { DomainName } from '../primitives/domain-name.ts';
import type { SipSessionMode } from './gateway-configuration.ts';
import type { ObjectStamp } from './object-stamp.ts';
import type { Owned } from './owned.ts';

/**
 * What DNS is asked about a next hop. Host: its addresses. Sip: NAPTR and SRV before them [RFC 3263 §4], unless it names a
 * port. SipFederation: the SRV records `_sipfederationtls._tcp`, as servers of Microsoft's federation publish them.
 */
export const dnsLookups = ['Host', 'Sip', 'SipFederation'] as const;
export type DnsLookup = (typeof dnsLookups)[number];

/** Servers of one route: each is waited for when those before it are silent. */
export const maxNextHops = 16;

export interface SipRoute extends Owned {
  /** The SIP domain. */
  readonly identity: DomainName;
  /** `host:port;transport=tls|tcp|udp`, at least one; the first that works is used. */
  readonly nextHops: readonly string[];
  readonly dnsLookup: DnsLookup;
  /** The name that the certificate of each hop proves, such as that of its pool; absent: the host of the hop. */
  readonly tlsName?: DomainName;
  readonly sessionMode: SipSessionMode;
  readonly changed?: ObjectStamp;
}
