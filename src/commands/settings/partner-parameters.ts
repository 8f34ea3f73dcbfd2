/** The settings of a partner as parameters of new- and set-, and the words of the command line as settings. */
import path from 'node:path';

import { partnerDefaults } from '../../config/defaults.ts';
import { type FederatedPartner, negotiations, partnerTypes } from '../../config/federated-partner.ts';
import { gatewayRanges } from '../../config/gateway-configuration.ts';
import { printValue } from '../../config/property-difference.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import {
  bool,
  clearable,
  domainOrHostWithPort,
  oneOf,
  optional,
  path as pathType,
  textUpTo,
  wholeNumber,
} from '../host/parameters.ts';

/** Characters. Source: the cmdlet catalogue. */
const maxDescription = 1024;

type Setting = keyof typeof partnerDefaults;
const fromPipe = { pipeline: 'property' } as const;
const withDefault = (setting: Setting) => ({ ...fromPipe, defaultText: printValue(partnerDefaults[setting]) });
const { least, most } = gatewayRanges.partnerConnectionLimit;
const rate = (setting: 'maximumBytesPerSecond' | 'maximumStanzasPerSecond') =>
  wholeNumber(gatewayRanges[setting].least, gatewayRanges[setting].most);

/** `null` clears a setting that can be absent. */
export const partnerSettings = {
  Description: optional(clearable(textUpTo(maxDescription)), 'A note for other administrators.', fromPipe),
  PartnerType: optional(
    oneOf(partnerTypes, 'PartnerType'),
    'How far the partner is trusted. Contacts of a Federated partner may do everything at once; those of a PublicVerified one never see notes; those of a PublicUnverified one may do nothing until your user adds them.',
    withDefault('partnerType'),
  ),
  TlsNegotiation: optional(oneOf(negotiations, 'Negotiation'), 'TLS on streams.', withDefault('tlsNegotiation')),
  SaslNegotiation: optional(
    oneOf(negotiations, 'Negotiation'),
    'Authentication by certificate (SASL EXTERNAL). It needs TLS.',
    withDefault('saslNegotiation'),
  ),
  SupportDialbackNegotiation: optional(
    bool,
    'Authentication by server dialback, for partners without a usable certificate. Weaker: it rests on DNS.',
    withDefault('supportDialbackNegotiation'),
  ),
  EnableKeepAlive: optional(bool, 'Keep-alives on idle streams.', withDefault('enableKeepAlive')),
  EnableBidi: optional(
    bool,
    'One stream for both directions (XEP-0288), where the partner offers or asks for it. It needs TLS, and on streams of the gateway a valid certificate of the partner.',
    withDefault('enableBidi'),
  ),
  ConnectionLimit: optional(clearable(wholeNumber(least, most)), 'Streams of this partner at one time.', {
    ...fromPipe,
    defaultText: 'PartnerConnectionLimit of the gateway',
  }),
  MaximumBytesPerSecond: optional(
    clearable(rate('maximumBytesPerSecond')),
    'Bytes a second read from one stream; 0: no limit.',
    {
      ...fromPipe,
      defaultText: 'MaximumBytesPerSecond of the gateway',
    },
  ),
  MaximumStanzasPerSecond: optional(
    clearable(rate('maximumStanzasPerSecond')),
    'Stanzas a second taken from one contact; 0: no limit, also on subscriptions.',
    { ...fromPipe, defaultText: 'MaximumStanzasPerSecond of the gateway' },
  ),
  ProxyFqdn: optional(
    clearable(domainOrHostWithPort),
    'Host to connect to in place of what DNS says. Its certificate must still be for the domain of the partner.',
    fromPipe,
  ),
  AllowInsecure: optional(
    clearable(textUpTo(maxDescription)),
    'Why TCP dialback is accepted. It silences the warning and is kept.',
    fromPipe,
  ),
  TrustedRootsPath: optional(
    clearable(pathType),
    'PEM file with the certificate authorities that count for this partner only.',
    fromPipe,
  ),
};

/** What was given of the scalar settings; `null` clears, `undefined` leaves as it is. */
export interface GivenPartnerSettings {
  readonly Description: string | null | undefined;
  readonly PartnerType: FederatedPartner['partnerType'] | undefined;
  readonly TlsNegotiation: FederatedPartner['tlsNegotiation'] | undefined;
  readonly SaslNegotiation: FederatedPartner['saslNegotiation'] | undefined;
  readonly SupportDialbackNegotiation: boolean | undefined;
  readonly EnableKeepAlive: boolean | undefined;
  readonly EnableBidi: boolean | undefined;
  readonly ConnectionLimit: number | null | undefined;
  readonly MaximumBytesPerSecond: number | null | undefined;
  readonly MaximumStanzasPerSecond: number | null | undefined;
  readonly ProxyFqdn: string | null | undefined;
  readonly AllowInsecure: string | null | undefined;
  readonly TrustedRootsPath: string | null | undefined;
}

export function withPartnerSettings(partner: FederatedPartner, given: GivenPartnerSettings): FederatedPartner {
  const { enableBidi, connectionLimit, maximumBytesPerSecond, maximumStanzasPerSecond, ...others } = partner;
  const { proxyFqdn, allowInsecure, trustedRootsPath, ...always } = others;
  const roots = given.TrustedRootsPath;
  return {
    ...always,
    description: given.Description === undefined ? partner.description : (given.Description ?? ''),
    partnerType: given.PartnerType ?? partner.partnerType,
    tlsNegotiation: given.TlsNegotiation ?? partner.tlsNegotiation,
    saslNegotiation: given.SaslNegotiation ?? partner.saslNegotiation,
    supportDialbackNegotiation: given.SupportDialbackNegotiation ?? partner.supportDialbackNegotiation,
    enableKeepAlive: given.EnableKeepAlive ?? partner.enableKeepAlive,
    ...setting('enableBidi', given.EnableBidi, enableBidi),
    ...setting('connectionLimit', given.ConnectionLimit, connectionLimit),
    ...setting('maximumBytesPerSecond', given.MaximumBytesPerSecond, maximumBytesPerSecond),
    ...setting('maximumStanzasPerSecond', given.MaximumStanzasPerSecond, maximumStanzasPerSecond),
    ...setting('proxyFqdn', given.ProxyFqdn, proxyFqdn),
    ...setting('allowInsecure', given.AllowInsecure, allowInsecure),
    // The gateway runs elsewhere: a relative path would mean another file there.
    ...setting('trustedRootsPath', typeof roots === 'string' ? path.resolve(roots) : roots, trustedRootsPath),
  };
}

/** A setting that may be absent: given, cleared, or as it was. */
export function setting<K extends string, T>(
  name: K,
  given: T | null | undefined,
  before: T | undefined,
): { readonly [P in K]?: T } {
  const value = given === undefined ? before : (given ?? undefined);
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };
}

/** @throws CodedError `FileNotFound`: a missing file of roots would be noticed only when the partner is refused. */
export async function checkTrustedRoots(path: string | null | undefined, context: CmdletContext): Promise<void> {
  if (typeof path === 'string') await context.readInput(path);
}
