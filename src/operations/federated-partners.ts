/** XMPP federated partners: made, changed, removed and shown. Every function of a configuration is pure. */
import type { Configuration } from '../config/configuration.ts';
import { partnerDefaults } from '../config/defaults.ts';
import { type FederatedPartner, type Suspension, suspensionAt } from '../config/federated-partner.ts';
import {
  effectiveMethods,
  type NegotiationSettings,
  nearestValid,
  negotiationOutcome,
  negotiationRemarks,
} from '../config/negotiation.ts';
import { propertyDifferences } from '../config/property-difference.ts';
import type { DomainName } from '../primitives/domain-name.ts';
import { CodedError } from '../primitives/errors.ts';
import {
  alreadyExists,
  argumentOf,
  type IfExists,
  namedOrThrow,
  notFound,
  replacing,
  sameName,
  withNamed,
  withoutNamed,
} from './named-objects.ts';
import { isPattern } from './wildcard.ts';

export const partnerKind = { words: 'XMPP federated partner', noun: 'XmppFederatedPartner' } as const;

/**
 * Adds a partner, or does what `ifExists` says when there is one.
 *
 * @throws CodedError `PartnerAlreadyExists`, `DomainIsLocal`, `DomainBelongsToPartner`, `NegotiationNotValid`
 */
export function newFederatedPartner(
  configuration: Configuration,
  partner: FederatedPartner,
  ifExists: IfExists,
): Configuration {
  const { federatedPartners } = configuration;
  const existing = federatedPartners[partner.identity];
  if (existing !== undefined && ifExists === 'leave') return configuration;
  if (existing !== undefined && ifExists === 'refuse') {
    // A suspension is no setting that new- or set- could make.
    const { suspended: _suspended, ...settings } = existing;
    throw alreadyExists('PartnerAlreadyExists', partnerKind, settings, partner);
  }
  refuseForeignDomains(configuration, partner);
  refuseInvalidNegotiation(partner, newCommand(partner));
  return { ...configuration, federatedPartners: withNamed(federatedPartners, replacing(existing, partner)) };
}

/**
 * Changes a partner.
 *
 * @param edit Pure; what it returns keeps the identity.
 * @throws CodedError `ObjectNotFound`, `DomainIsLocal`, `DomainBelongsToPartner`, `NegotiationNotValid`
 */
export function setFederatedPartner(
  configuration: Configuration,
  identity: string,
  edit: (partner: FederatedPartner) => FederatedPartner,
): Configuration {
  const before = namedOrThrow(configuration.federatedPartners, identity, partnerKind);
  const partner = edit(before);
  refuseForeignDomains(configuration, partner);
  refuseInvalidNegotiation(partner, (valid) => setCommand(before, valid));
  return { ...configuration, federatedPartners: withNamed(configuration.federatedPartners, partner) };
}

/** @throws CodedError `ObjectNotFound` for the first that does not exist */
export function removeFederatedPartners(configuration: Configuration, identities: readonly string[]): Configuration {
  const { federatedPartners } = configuration;
  const found = identities.map((identity) => namedOrThrow(federatedPartners, identity, partnerKind).identity);
  return { ...configuration, federatedPartners: withoutNamed(federatedPartners, found) };
}

/** Refuses the partner's traffic from now on, or with `undefined` takes it again; all settings stay. @throws CodedError `ObjectNotFound` */
export function suspendPartners(
  configuration: Configuration,
  identities: readonly string[],
  suspended: Suspension | undefined,
): Configuration {
  const federatedPartners = identities.reduce((partners, identity) => {
    const { suspended: _before, ...settings } = namedOrThrow(partners, identity, partnerKind);
    return withNamed(partners, suspended === undefined ? settings : { ...settings, suspended });
  }, configuration.federatedPartners);
  return { ...configuration, federatedPartners };
}

function refuseForeignDomains(configuration: Configuration, partner: FederatedPartner): void {
  for (const domain of [partner.identity, ...partner.additionalDomains]) {
    if (Object.hasOwn(configuration.sipDomains, domain)) {
      throw new CodedError('DomainIsLocal', `${domain} is one of your own SIP domains.`, {
        reason: 'a partner is somebody else',
        fix: 'xgw get-sipdomain',
        target: domain,
      });
    }
    const owner = ownerOf(configuration, domain);
    if (owner !== undefined && owner.identity !== partner.identity) throw belongsTo(owner, domain);
  }
  if (partner.additionalDomains.includes(partner.identity)) throw belongsTo(partner, partner.identity);
}

/** The partner whose primary or additional domain this is. */
export const ownerOf = (configuration: Configuration, domain: DomainName): FederatedPartner | undefined =>
  Object.values(configuration.federatedPartners).find(
    ({ identity, additionalDomains }) => identity === domain || additionalDomains.includes(domain),
  );

/** @throws CodedError `ObjectNotFound` for a name that is no domain of any partner, never for a pattern */
export function partnerDomainOrThrow({ federatedPartners }: Configuration, domain: string): void {
  if (isPattern(domain)) return;
  const domains = Object.values(federatedPartners).flatMap((partner) => [
    partner.identity,
    ...partner.additionalDomains,
  ]);
  if (!domains.some((each) => sameName(each, domain))) throw notFound(domains, domain, partnerKind);
}

export const belongsTo = ({ identity }: FederatedPartner, domain: DomainName): CodedError =>
  new CodedError('DomainBelongsToPartner', `${domain} belongs to partner ${identity} already.`, {
    reason: identity === domain ? 'it is the primary domain of that partner' : 'it is one of its additional domains',
    fix: `xgw get-xmppfederatedpartner ${identity}`,
    target: domain,
  });

type Command = (valid: NegotiationSettings) => string;

function refuseInvalidNegotiation(partner: FederatedPartner, command: Command): void {
  const { class: kind, remark } = negotiationOutcome(partner);
  if (kind !== 'Invalid' || remark === undefined) return;
  const { tlsNegotiation: tls, saslNegotiation: sasl, supportDialbackNegotiation: dialback } = partner;
  const combination = `TLS ${tls} + SASL ${sasl} + dialback ${dialback ? 'True' : 'False'}`;
  throw new CodedError('NegotiationNotValid', `${combination} is not a valid combination.`, {
    reason: negotiationRemarks[remark],
    fix: nearestValid(partner).map(command),
    target: partner.identity,
  });
}

/** The set- command that makes exactly the difference from what is in the store. */
function setCommand(before: FederatedPartner, valid: NegotiationSettings): string {
  const differing = propertyDifferences(before, { ...before, ...negotiationOf(valid) });
  const parameters = differing.map(({ property, after }) => ` -${property} ${argumentOf(after)}`);
  return `xgw set-xmppfederatedpartner ${before.identity}${parameters.join('')}`;
}

/** The whole new- command again, with valid settings. */
function newCommand(partner: FederatedPartner): Command {
  const { identity, ...settings } = partner;
  return (valid) => {
    // All three negotiation settings are said, the others where they are not the default.
    const unsaid = { ...partnerDefaults, ...negotiationOf(partner) };
    const parameters = [...propertyDifferences(unsaid, settings), ...propertyDifferences({}, negotiationOf(valid))];
    const words = parameters.map(({ property, after }) => ` -${property} ${argumentOf(after)}`);
    return `xgw new-xmppfederatedpartner ${identity}${words.join('')}`;
  };
}

const negotiationOf = (settings: NegotiationSettings): NegotiationSettings => ({
  tlsNegotiation: settings.tlsNegotiation,
  saslNegotiation: settings.saslNegotiation,
  supportDialbackNegotiation: settings.supportDialbackNegotiation,
});

/**
 * What an administrator should know about the partner's settings, one sentence each.
 *
 * @param ignoreInertDialback Leaves out that dialback is never used, for those who did not ask for it.
 */
export function partnerWarnings(partner: FederatedPartner, ignoreInertDialback = false): readonly string[] {
  const { remark: found } = negotiationOutcome(partner);
  const remark = ignoreInertDialback && found === 'DialbackInert' ? undefined : found;
  const insecure = effectiveMethods(partner).includes('TCP Dialback') && partner.allowInsecure === undefined;
  const outside = partner.additionalDomains.filter((domain) => !domain.endsWith(`.${partner.identity}`));
  return [
    ...(remark === undefined ? [] : [negotiationRemarks[remark]]),
    ...(insecure ? ['TCP dialback is possible: no encryption, and the identity rests on DNS alone'] : []),
    ...(outside.length > 0 ? [`not below ${partner.identity}: ${outside.join(', ')}`] : []),
  ];
}

const suspensionProperties = (suspended: Suspension | undefined) => ({
  Suspended: suspended !== undefined,
  SuspendedReason: suspended?.reason ?? null,
  SuspendedUntil: suspended?.until ?? null,
});

/** `null`: the gateway's own. */
const limitProperties = (partner: FederatedPartner) => ({
  ConnectionLimit: partner.connectionLimit ?? null,
  MaximumBytesPerSecond: partner.maximumBytesPerSecond ?? null,
  MaximumStanzasPerSecond: partner.maximumStanzasPerSecond ?? null,
});

const negotiationProperties = (partner: FederatedPartner) => ({
  TlsNegotiation: partner.tlsNegotiation,
  SaslNegotiation: partner.saslNegotiation,
  SupportDialbackNegotiation: partner.supportDialbackNegotiation,
  EnableKeepAlive: partner.enableKeepAlive,
  EnableBidi: partner.enableBidi ?? partnerDefaults.enableBidi,
});

/** Where its servers are, and why their certificates are believed. */
const peerProperties = (partner: FederatedPartner) => ({
  ProxyFqdn: partner.proxyFqdn ?? null,
  AllowInsecure: partner.allowInsecure ?? null,
  TrustedRootsPath: partner.trustedRootsPath ?? null,
  PinnedSpkiSha256: partner.pinnedSpkiSha256,
});

const stampProperties = ({ owner, changed }: FederatedPartner) => ({
  Owner: owner ?? null,
  Revision: changed?.revision ?? null,
  LastChanged: changed?.time ?? null,
});

/** The object that cmdlets emit. `changed` is known after a change only. */
export const partnerObject = (partner: FederatedPartner, changed?: boolean, now = new Date()) => ({
  Identity: partner.identity,
  Domain: partner.identity,
  Description: partner.description,
  AdditionalDomains: partner.additionalDomains,
  PartnerType: partner.partnerType,
  ...negotiationProperties(partner),
  ...limitProperties(partner),
  ...peerProperties(partner),
  EffectiveMethods: effectiveMethods(partner),
  ...suspensionProperties(suspensionAt(partner, now)),
  Warnings: partnerWarnings(partner),
  ...stampProperties(partner),
  ...(changed === undefined ? {} : { Changed: changed }),
});
