/** A configuration in which every field that can be set is set. A field added to a type must be added here, or this does not compile. */
import type { Configuration } from '../../src/config/configuration.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';

type Whole<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Whole<Item>[]
    : { readonly [K in keyof T]-?: Whole<T[K]> };

const domain = (text: string): DomainName => text as DomainName;
const stamp = {
  time: '2026-11-22T09:14:00.000Z',
  user: 'ops',
  host: 'edge01',
  cmdlet: 'New-XmppFederatedPartner',
} as const;
const changed = { revision: 41, ...stamp };
const owned = { owner: 'git:infra/edge', declared: ['description'] } as const;
const renewal = {
  authority: 'est:https://est.contoso.com/.well-known/est/edge',
  rootsPath: '/etc/xgw/est-root.pem',
  reuseKey: true,
  est: { userName: 'edge01', passwordFile: '/etc/xgw/est-password' },
  acme: {
    challenge: 'dns-01',
    httpPort: 8080,
    tlsPort: 8443,
    dnsHook: '/etc/xgw/dns-hook',
    eabKeyId: 'kid-1',
    eabHmacKeyFile: '/etc/xgw/eab-key',
    contact: ['hostmaster@contoso.com'],
  },
} as const;

export const sampleConfiguration: Whole<Configuration> = {
  formatVersion: 1,
  revision: 41,
  changed: { ...stamp, target: 'fabrikam.com', audit: `7:${'0'.repeat(64)}` },
  sipDomains: { 'contoso.com': { identity: domain('contoso.com'), isDefault: true, ...owned, changed } },
  sipRoutes: {
    'contoso.com': {
      identity: domain('contoso.com'),
      nextHops: ['fe01.contoso.com:5061;transport=tls', 'fe02.contoso.com:5061;transport=tls'],
      dnsLookup: 'Host',
      tlsName: domain('pool.contoso.com'),
      sessionMode: 'Auto',
      ...owned,
      changed,
    },
  },
  federatedPartners: {
    'fabrikam.com': {
      identity: domain('fabrikam.com'),
      additionalDomains: [domain('corp.fabrikam.com')],
      description: 'partner since 2013',
      partnerType: 'Federated',
      tlsNegotiation: 'Required',
      saslNegotiation: 'Required',
      supportDialbackNegotiation: false,
      enableKeepAlive: true,
      enableBidi: false,
      connectionLimit: 5,
      maximumBytesPerSecond: 1_000_000,
      maximumStanzasPerSecond: 0,
      proxyFqdn: 'xmpp.fabrikam.com:5269',
      allowInsecure: 'CISO-114',
      trustedRootsPath: '/etc/xgw/fabrikam.pem',
      pinnedSpkiSha256: [`${'A'.repeat(43)}=`],
      suspended: {
        reason: 'their certificate has expired',
        since: '2026-11-22T09:14:00.000Z',
        until: '2026-11-29T00:00:00.000Z',
      },
      ...owned,
      changed,
    },
  },
  users: {
    'sip:alice@contoso.com': {
      identity: 'sip:alice@contoso.com',
      displayName: 'Alice',
      credential: '00ff',
      survivableBranch: false,
      externalAccessPolicy: 'FedPic',
      site: 'Redmond',
      homeServer: 'edge.contoso.com',
      deployment: 'Current',
      ...owned,
      changed,
    },
  },
  externalAccessPolicies: {
    Global: {
      identity: 'Global',
      description: '',
      enableFederationAccess: true,
      enableXmppAccess: true,
      enablePublicCloudAccess: false,
      enableOutsideAccess: false,
      ...owned,
      changed,
    },
    'tag:FedPic': {
      identity: 'tag:FedPic',
      description: '',
      enableFederationAccess: true,
      enableXmppAccess: true,
      enablePublicCloudAccess: false,
      enableOutsideAccess: false,
      ...owned,
      changed,
    },
  },
  accessEdge: { allowFederatedUsers: true, ...owned },
  gateway: {
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
    accessEdgeFqdn: 'edge.contoso.com',
    xmppListenAddress: '127.0.0.1',
    xmppPort: 5269,
    xmppDirectTlsPort: 5270,
    sipListenAddress: '::1',
    sipPort: 5060,
    sipTlsPort: 5061,
    sipMode: 'NextHop',
    sipNextHop: 'pool.contoso.com:5061;transport=tls',
    sipSessionMode: 'Session',
    sipPresenceFormat: 'Categories',
    sipDigestSha256: true,
    trustedSipPeers: ['192.0.2.7', 'pool.contoso.com'],
    dnsServers: ['192.0.2.53', '[2001:db8::53]:5353'],
    trustedRootsPath: '/etc/xgw/roots.pem',
    useSystemRoots: true,
    allowLoopbackPeers: false,
    allowPrivateDialback: false,
    metricsPort: 0,
    contactAddresses: ['abuse=mailto:abuse@contoso.com', 'admin=xmpp:ops@contoso.com'],
    dialbackPassphraseTime: '2026-11-22T09:14:00.000Z',
    ...owned,
  },
  certificates: {
    ['AB'.repeat(20)]: {
      thumbprint: 'AB'.repeat(20),
      friendlyName: 'XMPP external',
      publicKeySha256: 'ab'.repeat(32),
      privateKeyExportable: true,
      keyEncrypted: true,
      localTestCa: false,
      assignedTo: ['ExternalEdge'],
      planned: { usages: ['Default'], from: '2026-12-01T00:00:00.000Z' },
      previousFor: ['InternalEdge'],
      renewal,
    },
  },
  certificateRequests: {
    '12': {
      requestId: 12,
      usages: ['ExternalEdge', 'XmppServer'],
      friendlyName: 'XMPP external',
      subject: 'CN=edge.contoso.com',
      subjectAlternativeNames: [{ name: 'contoso.com', reason: 'SIP domain' }],
      keyAlgorithm: 'RSA',
      publicKeySha256: 'ab'.repeat(32),
      privateKeyExportable: true,
      created: '2026-11-22T09:14:00Z',
      status: 'Pending',
      renewal,
    },
  },
};
