/** The users of the home server: their accounts, and whether XMPP is open to them. Every function of a configuration is pure. */
import type { Configuration, User } from '../config/configuration.ts';
import { effectivePolicy, xmppAccess } from '../config/effective-policy.ts';
import { userDomain } from '../config/user-identity.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import {
  alreadyExists,
  findNamed,
  type IfExists,
  notFound,
  replacing,
  sameName,
  withNamed,
  withoutNamed,
} from './named-objects.ts';
import { isPattern, wildcard } from './wildcard.ts';

const userKind = { words: 'user', noun: 'User' } as const;

/**
 * Adds a user. Two users whose addresses differ in case only are refused: as XMPP addresses they would be one.
 *
 * @throws CodedError `ObjectAlreadyExists`, `DomainNotLocal`
 */
export function newUser(configuration: Configuration, user: User, ifExists: IfExists): Configuration {
  const existing = findNamed(configuration.users, user.identity);
  if (existing !== undefined && ifExists === 'leave') return configuration;
  if (existing !== undefined && ifExists === 'refuse') {
    throw alreadyExists('ObjectAlreadyExists', userKind, withoutCredential(existing), withoutCredential(user));
  }
  refuseForeignDomain(configuration, user.identity);
  const others = existing === undefined ? configuration.users : withoutNamed(configuration.users, [existing.identity]);
  // A password that nobody mentioned stays.
  const credential = user.credential ?? existing?.credential;
  const kept = credential === undefined ? user : { ...user, credential };
  return { ...configuration, users: withNamed(others, replacing(existing, kept)) };
}

/** @throws CodedError `ObjectNotFound` */
export function setUser(configuration: Configuration, identity: string, edit: (user: User) => User): Configuration {
  const user = userOrThrow(configuration, identity);
  return { ...configuration, users: withNamed(configuration.users, edit(user)) };
}

/** @throws CodedError `ObjectNotFound` */
export function removeUsers(configuration: Configuration, identities: readonly string[]): Configuration {
  const found = identities.map((identity) => userOrThrow(configuration, identity).identity);
  return { ...configuration, users: withoutNamed(configuration.users, found) };
}

/** The user of an address, with `sip:` or without, or of a display name that only one user has. */
export function findUser({ users }: Configuration, identity: string): User | undefined {
  const byAddress = findNamed(users, identity) ?? findNamed(users, `sip:${identity}`);
  if (byAddress !== undefined) return byAddress;
  const [only, ...others] = Object.values(users).filter(({ displayName }) => sameName(displayName, identity));
  return others.length === 0 ? only : undefined;
}

export function userOrThrow(configuration: Configuration, identity: string): User {
  const found = findUser(configuration, identity);
  if (found !== undefined) return found;
  const names = Object.keys(configuration.users).map((name) => name.slice('sip:'.length));
  throw notFound(names, identity.replace(/^sips?:/i, ''), userKind);
}

/**
 * The users an administrator means: all, those whose address or display name fits the pattern, or the one of that name.
 *
 * @throws CodedError `ObjectNotFound` for a name, never for a pattern
 */
export function selectUsers(configuration: Configuration, identity: string | undefined): readonly User[] {
  if (identity !== undefined && !isPattern(identity)) return [userOrThrow(configuration, identity)];
  const all = Object.values(configuration.users);
  if (identity === undefined) return all;
  const fits = wildcard(identity);
  return all.filter(({ identity: address, displayName }) => {
    return fits(address) || fits(address.slice('sip:'.length)) || fits(displayName);
  });
}

function refuseForeignDomain({ sipDomains }: Configuration, identity: string): void {
  const domain = userDomain(identity);
  if (Object.hasOwn(sipDomains, domain)) return;
  const known = Object.keys(sipDomains);
  throw new CodedError('DomainNotLocal', `${identity} is in no SIP domain of this gateway.`, {
    reason: known.length === 0 ? 'no SIP domain is configured' : `the SIP domains are ${known.join(', ')}`,
    fix: `xgw new-sipdomain ${shellWord(domain)}`,
    target: identity,
  });
}

/** The name of a credential file is new with every password and says nothing to anybody. */
function withoutCredential(user: User): User {
  const { credential: _, ...rest } = user;
  return rest;
}

/** The object that cmdlets emit. */
export function userObject(configuration: Configuration, user: User, changed?: boolean) {
  const access = xmppAccess(configuration, user);
  return {
    Identity: user.identity,
    DisplayName: user.displayName,
    SipAddress: user.identity,
    HomeServer: user.homeServer ?? configuration.gateway.accessEdgeFqdn ?? null,
    Deployment: user.deployment ?? 'Current',
    Site: user.site ?? null,
    IsSurvivableBranch: user.survivableBranch,
    SurvivableBranch: user.survivableBranch,
    ExternalAccessPolicy: user.externalAccessPolicy ?? null,
    EffectivePolicy: effectivePolicy(configuration, user).identity,
    CanRegister: user.credential !== undefined,
    XmppAllowed: access.allowed,
    XmppBlockedReason: access.allowed ? null : access.reason,
    ...(changed === undefined ? {} : { Changed: changed }),
  };
}
