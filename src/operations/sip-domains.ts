/** The SIP domains this gateway serves: exactly one of them is the default. Every function of a configuration is pure. */
import type { Configuration, SipDomain } from '../config/configuration.ts';
import { userDomain } from '../config/user-identity.ts';
import type { DomainName } from '../primitives/domain-name.ts';
import { CodedError } from '../primitives/errors.ts';
import { belongsTo, ownerOf } from './federated-partners.ts';
import { alreadyExists, type IfExists, namedOrThrow, withNamed, withoutNamed } from './named-objects.ts';

export const sipDomainKind = { words: 'SIP domain', noun: 'SipDomain' } as const;

type SipDomains = Configuration['sipDomains'];

/**
 * Adds a SIP domain. The first one becomes the default; a new default demotes the old one.
 *
 * @throws CodedError `ObjectAlreadyExists`, `DomainBelongsToPartner`
 */
export function newSipDomain(
  configuration: Configuration,
  wanted: { readonly identity: DomainName; readonly isDefault: boolean },
  ifExists: IfExists,
): Configuration {
  const { sipDomains } = configuration;
  const existing = sipDomains[wanted.identity];
  if (existing !== undefined && ifExists === 'refuse') {
    throw alreadyExists('ObjectAlreadyExists', sipDomainKind, existing, wanted);
  }
  if (existing !== undefined && (ifExists === 'leave' || existing.isDefault || !wanted.isDefault)) return configuration;
  const owner = ownerOf(configuration, wanted.identity);
  if (owner !== undefined) throw belongsTo(owner, wanted.identity);
  const isDefault = wanted.isDefault || Object.keys(sipDomains).length === 0;
  const domains = isDefault ? withoutDefault(sipDomains) : sipDomains;
  return { ...configuration, sipDomains: withNamed(domains, { identity: wanted.identity, isDefault }) };
}

/** @throws CodedError `ObjectNotFound` */
export function setDefaultSipDomain(configuration: Configuration, identity: string): Configuration {
  const domain = namedOrThrow(configuration.sipDomains, identity, sipDomainKind);
  const domains = withNamed(withoutDefault(configuration.sipDomains), { ...domain, isDefault: true });
  return { ...configuration, sipDomains: domains };
}

/** @throws CodedError `ObjectNotFound`; `ObjectInUse` for the default domain, for one that users are in, and for one that has a route */
export function removeSipDomains(configuration: Configuration, identities: readonly string[]): Configuration {
  const { sipDomains } = configuration;
  const found = identities.map((identity) => namedOrThrow(sipDomains, identity, sipDomainKind));
  for (const domain of found) refuseInUse(configuration, domain);
  const names = found.map(({ identity }) => identity);
  return { ...configuration, sipDomains: withoutNamed(sipDomains, names) };
}

function refuseInUse({ sipDomains, sipRoutes, users }: Configuration, { identity, isDefault }: SipDomain): void {
  const inUse = (reason: string, fix: string): CodedError =>
    new CodedError('ObjectInUse', `SIP domain ${identity} cannot be removed.`, { reason, fix, target: identity });
  const another = Object.keys(sipDomains).find((other) => other !== identity);
  if (another === undefined) throw inUse('it is the last one', 'xgw new-sipdomain -?');
  if (isDefault) throw inUse('it is the default domain', `xgw set-sipdomain ${another} -IsDefault true`);
  if (Object.hasOwn(sipRoutes, identity)) throw inUse('it has a SIP route', `xgw remove-siproute ${identity}`);
  const members = Object.keys(users).filter((user) => userDomain(user) === identity);
  if (members.length === 0) return;
  const who =
    members.length === 1 ? `${members[0]} is in it` : `${members.length} users are in it, ${members[0]} among them`;
  throw inUse(who, `xgw get-user '*@${identity}'`);
}

/** One default is kept as long as nobody takes its place. */
const withoutDefault = (domains: SipDomains): SipDomains =>
  Object.fromEntries(Object.entries(domains).map(([name, domain]) => [name, { ...domain, isDefault: false }]));

export const sipDomainObject = ({ identity, isDefault }: SipDomain, changed?: boolean) => ({
  Identity: identity,
  Name: identity,
  IsDefault: isDefault,
  ...(changed === undefined ? {} : { Changed: changed }),
});
