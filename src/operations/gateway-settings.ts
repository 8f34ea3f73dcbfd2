/** The settings of the one gateway, and how they are shown. The dialback passphrase is a file of the key folder, not a setting. */
import { isIP } from 'node:net';

import type { Configuration } from '../config/configuration.ts';
import { gatewayDefaults } from '../config/defaults.ts';
import type { GatewayConfiguration } from '../config/gateway-configuration.ts';
import { parseSipNextHop } from '../config/network-address.ts';
import { CodedError } from '../primitives/errors.ts';

/** @throws CodedError `InvalidValue` when SipMode is NextHop and there is none */
export function setGateway(
  configuration: Configuration,
  edit: (gateway: GatewayConfiguration) => GatewayConfiguration,
): Configuration {
  const gateway = edit(configuration.gateway);
  if (gateway.sipMode === 'NextHop' && gateway.sipNextHop === undefined) {
    throw new CodedError('InvalidValue', 'SipMode NextHop needs a SipNextHop.', {
      reason: 'there would be nowhere to send SIP requests to',
      fix: "xgw set-xmppgatewayconfiguration -SipMode NextHop -SipNextHop 'pool.contoso.com:5061;transport=tls'",
      target: 'Global',
    });
  }
  return { ...configuration, gateway };
}

/** Everything as on the first day, but for the name partners know this gateway by and the secret it proves itself with. */
export const resetGateway = ({
  accessEdgeFqdn,
  dialbackPassphraseTime,
}: GatewayConfiguration): GatewayConfiguration => ({
  ...gatewayDefaults,
  ...(accessEdgeFqdn === undefined ? {} : { accessEdgeFqdn }),
  ...(dialbackPassphraseTime === undefined ? {} : { dialbackPassphraseTime }),
});

/** What an administrator should know about the settings, one sentence each. */
export const gatewayWarnings = (gateway: GatewayConfiguration): readonly string[] => [
  ...(gateway.enableLoggingAllMessageBodies
    ? ['EnableLoggingAllMessageBodies writes what people say into the log']
    : []),
  ...(gateway.partnerConnectionLimit > gateway.connectionLimit
    ? ['PartnerConnectionLimit is above ConnectionLimit, so one partner can use all connections']
    : []),
  ...(isAddressOverTls(gateway)
    ? ['SipNextHop is an address: no certificate proves that over TLS, give its name']
    : []),
];

function isAddressOverTls({ sipNextHop }: GatewayConfiguration): boolean {
  const hop = parseSipNextHop(sipNextHop ?? '');
  return hop.ok && hop.value.transport === 'tls' && isIP(hop.value.host.replace(/^\[|\]$/g, '')) !== 0;
}

/** The object that cmdlets emit: Lync's settings first. */
export const gatewayObject = (gateway: GatewayConfiguration, changed?: boolean) => ({
  Identity: 'Global',
  ConnectionLimit: gateway.connectionLimit,
  PartnerConnectionLimit: gateway.partnerConnectionLimit,
  MaximumBytesPerSecond: gateway.maximumBytesPerSecond,
  MaximumStanzasPerSecond: gateway.maximumStanzasPerSecond,
  KeepAliveInterval: gateway.keepAliveInterval,
  StreamEstablishmentTimeout: gateway.streamEstablishmentTimeout,
  StreamInactivityTimeout: gateway.streamInactivityTimeout,
  SubscriptionRefreshInterval: gateway.subscriptionRefreshInterval,
  DurableInbound: gateway.durableInbound,
  QueuedMessageLifetime: gateway.queuedMessageLifetime,
  EnableLoggingAllMessageBodies: gateway.enableLoggingAllMessageBodies,
  DialbackPassphraseIsSet: gateway.dialbackPassphraseTime !== undefined,
  AccessEdgeFqdn: gateway.accessEdgeFqdn ?? null,
  XmppListenAddress: gateway.xmppListenAddress ?? null,
  XmppPort: gateway.xmppPort,
  XmppDirectTlsPort: gateway.xmppDirectTlsPort,
  SipListenAddress: gateway.sipListenAddress ?? null,
  SipPort: gateway.sipPort,
  SipTlsPort: gateway.sipTlsPort,
  SipMode: gateway.sipMode,
  SipNextHop: gateway.sipNextHop ?? null,
  SipSessionMode: gateway.sipSessionMode,
  SipPresenceFormat: gateway.sipPresenceFormat,
  SipDigestSha256: gateway.sipDigestSha256,
  TrustedSipPeers: gateway.trustedSipPeers,
  DnsServers: gateway.dnsServers,
  TrustedRootsPath: gateway.trustedRootsPath ?? null,
  UseSystemRoots: gateway.useSystemRoots,
  AllowLoopbackPeers: gateway.allowLoopbackPeers,
  AllowPrivateDialback: gateway.allowPrivateDialback,
  MetricsPort: gateway.metricsPort,
  ContactAddresses: gateway.contactAddresses,
  // The running gateway takes all of them over by itself.
  NeedsRestart: [],
  ...(changed === undefined ? {} : { Changed: changed }),
});
