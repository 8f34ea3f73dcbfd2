/** The settings of the one gateway (`Global`). Durations are seconds, ports 0 mean "off". */
import type { Owned } from './owned.ts';

export const sipModes = ['HomeServer', 'NextHop'] as const;
export type SipMode = (typeof sipModes)[number];

/**
 * How messages reach users of a next hop. Pager: MESSAGE alone. Session: MESSAGE inside an INVITE dialog. Auto: a session, and
 * pages where the hop refuses sessions.
 */
export const sipSessionModes = ['Auto', 'Pager', 'Session'] as const;
export type SipSessionMode = (typeof sipSessionModes)[number];
export const sipPresenceFormats = ['Pidf', 'Categories'] as const;
export type SipPresenceFormat = (typeof sipPresenceFormats)[number];

export interface GatewayConfiguration extends Owned {
  /** All streams together. */
  readonly connectionLimit: number;
  /** Streams of one partner that sets no limit of its own. */
  readonly partnerConnectionLimit: number;
  /** Bytes a second that are read from one stream of a partner, and stanzas a second taken from one of its contacts; 0: no limit. */
  readonly maximumBytesPerSecond: number;
  readonly maximumStanzasPerSecond: number;
  readonly keepAliveInterval: number;
  readonly streamEstablishmentTimeout: number;
  readonly streamInactivityTimeout: number;
  readonly subscriptionRefreshInterval: number;
  /** Whether a message of a partner that acknowledges nothing is on disk before it goes to its SIP user. */
  readonly durableInbound: boolean;
  /** Seconds for which a message to a partner that cannot be reached is kept and tried again; 0: its sender is told at once. */
  readonly queuedMessageLifetime: number;
  readonly enableLoggingAllMessageBodies: boolean;
  /** The name partners reach this gateway by: subject of the certificate, target of the SRV records. */
  readonly accessEdgeFqdn?: string;
  /** Absent: all interfaces. */
  readonly xmppListenAddress?: string;
  readonly xmppPort: number;
  readonly xmppDirectTlsPort: number;
  readonly sipListenAddress?: string;
  readonly sipPort: number;
  readonly sipTlsPort: number;
  readonly sipMode: SipMode;
  readonly sipNextHop?: string;
  readonly sipSessionMode: SipSessionMode;
  /** What a watcher gets that reads both. */
  readonly sipPresenceFormat: SipPresenceFormat;
  /** Offer SHA-256 beside MD5 when a SIP client registers. */
  readonly sipDigestSha256: boolean;
  /** Addresses or certificate names that may speak for the SIP domains without digest. */
  readonly trustedSipPeers: readonly string[];
  /** `address` or `address:port`; empty: the system's resolvers. */
  readonly dnsServers: readonly string[];
  readonly trustedRootsPath?: string;
  readonly useSystemRoots: boolean;
  readonly allowLoopbackPeers: boolean;
  /** Whether dialback keys are verified at servers on private networks. Strangers bring the keys. */
  readonly allowPrivateDialback: boolean;
  readonly metricsPort: number;
  /** `kind=uri`: whom partners may write to about this service, `abuse=mailto:abuse@contoso.com`. */
  readonly contactAddresses: readonly string[];
  /** When an administrator last set the dialback secret, ISO 8601, UTC: a new secret is a new revision, which the gateway follows. */
  readonly dialbackPassphraseTime?: string;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

const port: Range = { least: 0, most: 65_535 };

/** What the numbers may be, limits included. Lync documents no ranges; an upper limit keeps a slip of the finger from disarming a guard. */
export const gatewayRanges = {
  connectionLimit: { least: 1, most: 100_000 },
  partnerConnectionLimit: { least: 1, most: 100_000 },
  maximumBytesPerSecond: { least: 0, most: 1_000_000_000 },
  maximumStanzasPerSecond: { least: 0, most: 1_000_000 },
  keepAliveInterval: { least: 1, most: 86_400 },
  streamEstablishmentTimeout: { least: 1, most: 3600 },
  streamInactivityTimeout: { least: 1, most: 604_800 },
  subscriptionRefreshInterval: { least: 1, most: 2_592_000 },
  queuedMessageLifetime: { least: 0, most: 604_800 },
  xmppPort: port,
  xmppDirectTlsPort: port,
  sipPort: port,
  sipTlsPort: port,
  metricsPort: port,
} as const satisfies Partial<Record<keyof GatewayConfiguration, Range>>;
