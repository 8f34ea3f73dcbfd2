/** The settings of the gateway as parameters of set-, and the words of the command line as settings. */
import path from 'node:path';

import { gatewayDefaults } from '../../config/defaults.ts';
import {
  type GatewayConfiguration,
  gatewayRanges,
  sipModes,
  sipPresenceFormats,
  sipSessionModes,
} from '../../config/gateway-configuration.ts';
import { printValue } from '../../config/property-difference.ts';
import { changedList, type ListChange } from '../host/list-change.ts';
import {
  bool,
  clearable,
  domainName,
  listChange,
  oneOf,
  optional,
  path as pathType,
  wholeNumber,
} from '../host/parameters.ts';
import { contactAddress, dnsServer, listenAddress, sipNextHop, sipPeer } from './value-types.ts';

const fromPipe = { pipeline: 'property' } as const;

const withDefault = (setting: keyof typeof gatewayDefaults) => ({
  ...fromPipe,
  defaultText: printValue(gatewayDefaults[setting]),
});

const number = (setting: keyof typeof gatewayRanges, help: string) => {
  const { least, most } = gatewayRanges[setting];
  return optional(wholeNumber(least, most), help, withDefault(setting));
};

const yesOrNo = (setting: keyof typeof gatewayDefaults, help: string) => optional(bool, help, withDefault(setting));

export const gatewaySettings = {
  ConnectionLimit: number('connectionLimit', 'Streams of all partners together.'),
  PartnerConnectionLimit: number('partnerConnectionLimit', 'Streams of one partner that has no limit of its own.'),
  MaximumBytesPerSecond: number(
    'maximumBytesPerSecond',
    'Bytes a second read from one stream of a partner; 0: no limit.',
  ),
  MaximumStanzasPerSecond: number(
    'maximumStanzasPerSecond',
    'Stanzas a second taken from one contact; the rest is returned. 0: no limit, also on subscriptions.',
  ),
  KeepAliveInterval: number('keepAliveInterval', 'Seconds in which a partner must send a keep-alive.'),
  StreamEstablishmentTimeout: number('streamEstablishmentTimeout', 'Seconds that setting up a stream may take.'),
  StreamInactivityTimeout: number('streamInactivityTimeout', 'Seconds after which an idle stream is closed.'),
  SubscriptionRefreshInterval: number(
    'subscriptionRefreshInterval',
    'Seconds a SIP subscription lasts at most, and after which a contact that has said nothing is asked again.',
  ),
  DurableInbound: yesOrNo(
    'durableInbound',
    'Messages of partners that acknowledge nothing are on disk before they go to their users, so that a crash loses none.',
  ),
  QueuedMessageLifetime: number(
    'queuedMessageLifetime',
    'Seconds for which a message to a partner that cannot be reached is kept on disk and tried again; 0: its sender is told at once.',
  ),
  EnableLoggingAllMessageBodies: yesOrNo('enableLoggingAllMessageBodies', 'Log what people say, not only who talks.'),
  AccessEdgeFqdn: optional(clearable(domainName), 'The name partners reach this gateway by.', fromPipe),
  XmppListenAddress: optional(clearable(listenAddress), 'Where to accept XMPP; all interfaces when absent.', fromPipe),
  XmppPort: number('xmppPort', 'Port of XMPP server-to-server streams; 0 is off.'),
  XmppDirectTlsPort: number('xmppDirectTlsPort', 'Port of streams that are TLS from the first byte; 0 is off.'),
  SipListenAddress: optional(clearable(listenAddress), 'Where to accept SIP; all interfaces when absent.', fromPipe),
  SipPort: number('sipPort', 'Port of SIP over UDP and TCP; 0 is off.'),
  SipTlsPort: number('sipTlsPort', 'Port of SIP over TLS; 0 is off.'),
  SipMode: optional(
    oneOf(sipModes, 'SipMode'),
    'Where the users of SIP domains without a route are. HomeServer: they register here. NextHop: SIP goes to SipNextHop.',
    withDefault('sipMode'),
  ),
  SipNextHop: optional(clearable(sipNextHop), 'The SIP server behind this gateway.', fromPipe),
  SipSessionMode: optional(
    oneOf(sipSessionModes, 'SipSessionMode'),
    'How messages reach users of SipNextHop. Pager: MESSAGE alone. Session: MESSAGE inside an INVITE dialog, as Lync does it. Auto: a session, and pages where the next hop refuses sessions, which is remembered. A session that a user opens is used in every mode.',
    withDefault('sipSessionMode'),
  ),
  SipPresenceFormat: optional(
    oneOf(sipPresenceFormats, 'SipPresenceFormat'),
    'How SIP users see contacts. Pidf: in the format of the standards, which every client reads. Categories: in that of Lync, with do-not-disturb and notes, where the client asks for it first. A client that reads one of them alone gets that one.',
    withDefault('sipPresenceFormat'),
  ),
  SipDigestSha256: yesOrNo('sipDigestSha256', 'Offer SHA-256 beside MD5 when a client registers.'),
  TrustedSipPeers: optional(
    listChange(sipPeer),
    'Addresses or certificate names that speak for the SIP domains without digest: a list replaces, +x,-y adds and removes.',
    fromPipe,
  ),
  DnsServers: optional(listChange(dnsServer), 'Resolvers in place of those of the system.', fromPipe),
  TrustedRootsPath: optional(clearable(pathType), 'PEM file with further certificate authorities.', fromPipe),
  UseSystemRoots: yesOrNo('useSystemRoots', 'Trust the certificate authorities of the system.'),
  AllowLoopbackPeers: yesOrNo('allowLoopbackPeers', 'Connect to partners on this machine. For laboratories.'),
  AllowPrivateDialback: yesOrNo(
    'allowPrivateDialback',
    'Verify dialback keys at servers on private networks, when partners live there.',
  ),
  MetricsPort: number('metricsPort', 'Port of the metrics, on loopback only; 0 is off.'),
  ContactAddresses: optional(
    listChange(contactAddress),
    'Whom partners may write to: abuse=mailto:abuse@contoso.com, admin=xmpp:ops@contoso.com.',
    fromPipe,
  ),
};

/** What was given: `null` clears, `undefined` leaves as it is. */
export type GivenGatewaySettings = { readonly [K in keyof typeof gatewaySettings]?: unknown };

type Settings = Record<string, unknown>;

/** The names of the parameters are those of the settings, in PascalCase; their types have checked the values. */
export function withGatewaySettings(gateway: GatewayConfiguration, given: GivenGatewaySettings): GatewayConfiguration {
  const settings: Settings = { ...gateway };
  for (const parameter of Object.keys(gatewaySettings) as (keyof typeof gatewaySettings)[]) {
    const value = given[parameter];
    const name = parameter.charAt(0).toLowerCase() + parameter.slice(1);
    if (value === undefined) continue;
    if (value === null) delete settings[name];
    else settings[name] = settingOf(name, value, settings[name]);
  }
  return settings as unknown as GatewayConfiguration;
}

function settingOf(name: string, value: unknown, before: unknown): unknown {
  if (Array.isArray(before)) return changedList(before as readonly string[], value as ListChange<string>);
  // The gateway runs elsewhere: a relative path would mean another file there.
  return name === 'trustedRootsPath' ? path.resolve(value as string) : value;
}
