/** Every default an administrator can see, with its unit. Lync Server 2013's value wherever its documents give one. */
import { type Configuration, type ExternalAccessPolicy, formatVersion } from './configuration.ts';
import type { FederatedPartner } from './federated-partner.ts';
import type { GatewayConfiguration } from './gateway-configuration.ts';
import type { SipRoute } from './sip-route.ts';

export const partnerDefaults = {
  additionalDomains: [],
  description: '',
  partnerType: 'PublicUnverified',
  tlsNegotiation: 'Required',
  saslNegotiation: 'Required',
  supportDialbackNegotiation: true,
  enableKeepAlive: true,
  enableBidi: true,
  pinnedSpkiSha256: [],
} as const satisfies Omit<FederatedPartner, 'identity'>;

export const gatewayDefaults: GatewayConfiguration = {
  connectionLimit: 1000,
  partnerConnectionLimit: 20,
  maximumBytesPerSecond: 65_536,
  maximumStanzasPerSecond: 20,
  keepAliveInterval: 300,
  streamEstablishmentTimeout: 60,
  streamInactivityTimeout: 600,
  subscriptionRefreshInterval: 28_800,
  durableInbound: true,
  queuedMessageLifetime: 300,
  enableLoggingAllMessageBodies: false,
  xmppPort: 5269,
  xmppDirectTlsPort: 5270,
  sipPort: 5060,
  sipTlsPort: 5061,
  sipMode: 'HomeServer',
  sipSessionMode: 'Pager',
  sipPresenceFormat: 'Pidf',
  sipDigestSha256: false,
  trustedSipPeers: [],
  dnsServers: [],
  useSystemRoots: true,
  allowLoopbackPeers: false,
  allowPrivateDialback: false,
  metricsPort: 0,
  contactAddresses: [],
};

export const sipRouteDefaults = {
  dnsLookup: 'Host',
  sessionMode: 'Auto',
} as const satisfies Partial<SipRoute>;

/** Lync's closed on-premises defaults: nobody may do anything until the administrator says so. */
export const policyDefaults = {
  description: '',
  enableFederationAccess: false,
  enableXmppAccess: false,
  enablePublicCloudAccess: false,
  enableOutsideAccess: false,
} as const satisfies Omit<ExternalAccessPolicy, 'identity'>;

/** What a store that does not exist yet holds. */
export const emptyConfiguration: Configuration = {
  formatVersion,
  revision: 0,
  sipDomains: {},
  sipRoutes: {},
  federatedPartners: {},
  users: {},
  externalAccessPolicies: { Global: { identity: 'Global', ...policyDefaults } },
  accessEdge: { allowFederatedUsers: false },
  gateway: gatewayDefaults,
  certificates: {},
  certificateRequests: {},
};
