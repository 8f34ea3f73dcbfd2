/** An XMPP federated partner: a domain we talk to, how far we trust it, and what its streams must pass. */
import type { DomainName } from '../primitives/domain-name.ts';
import type { ObjectStamp } from './object-stamp.ts';
import type { Owned } from './owned.ts';

export const partnerTypes = ['Federated', 'PublicVerified', 'PublicUnverified'] as const;
export type PartnerType = (typeof partnerTypes)[number];

export const negotiations = ['Required', 'Optional', 'NotSupported'] as const;
export type Negotiation = (typeof negotiations)[number];

/** No traffic in either direction, although the settings are kept. */
export interface Suspension {
  /** Empty when none was given. */
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** From this time on the partner counts as resumed; absent: until somebody resumes it. */
  readonly until?: string;
}

export interface FederatedPartner extends Owned {
  /** The primary domain; it is the partner's name. */
  readonly identity: DomainName;
  readonly additionalDomains: readonly DomainName[];
  readonly description: string;
  readonly partnerType: PartnerType;
  readonly tlsNegotiation: Negotiation;
  readonly saslNegotiation: Negotiation;
  readonly supportDialbackNegotiation: boolean;
  readonly enableKeepAlive: boolean;
  /** Whether one stream may carry stanzas both ways, whoever opened it [XEP-0288]; absent: yes, as in `partnerDefaults`. */
  readonly enableBidi?: boolean;
  /** Streams to and from this partner at one time; absent: the gateway's PartnerConnectionLimit. */
  readonly connectionLimit?: number;
  /** Bytes a second of one stream, and stanzas a second of one contact; 0: no limit; absent: the gateway's. */
  readonly maximumBytesPerSecond?: number;
  readonly maximumStanzasPerSecond?: number;
  /** Host and optional port to connect to in place of what DNS says. The certificate must still match the domain. */
  readonly proxyFqdn?: string;
  /** Why a configuration that permits plaintext dialback is accepted. */
  readonly allowInsecure?: string;
  /** PEM file with the trust anchors that count for this partner only. */
  readonly trustedRootsPath?: string;
  /** SHA-256 of public keys (SPKI, base64); when not empty, the peer's leaf must have one of them. */
  readonly pinnedSpkiSha256: readonly string[];
  readonly suspended?: Suspension;
  readonly changed?: ObjectStamp;
}

/** The suspension in force at a time; nothing when there is none or its end has come. */
export const suspensionAt = ({ suspended }: FederatedPartner, now: Date): Suspension | undefined =>
  suspended?.until !== undefined && Date.parse(suspended.until) <= now.getTime() ? undefined : suspended;
