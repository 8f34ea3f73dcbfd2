/** External access policies: Global, one per site, and those granted to users by name. Every function of a configuration is pure. */
import type { Configuration, ExternalAccessPolicy, User } from '../config/configuration.ts';
import { policyDefaults } from '../config/defaults.ts';
import { globalPolicy } from '../config/effective-policy.ts';
import { CodedError } from '../primitives/errors.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import { shellWord } from '../primitives/shell-word.ts';
import {
  alreadyExists,
  findNamed,
  type IfExists,
  matchingNames,
  namedOrThrow,
  replacing,
  sameName,
  withNamed,
  withoutNamed,
} from './named-objects.ts';
import { isPattern } from './wildcard.ts';

export const policyKind = { words: 'external access policy', noun: 'ExternalAccessPolicy' } as const;

const tag = 'tag:';
const namePattern = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_ .-]{0,62}[\p{L}\p{N}_])?$/u;

/** `Global`, `site:name`, `tag:name`; a bare name is a tag. The prefixes compare without case. */
export function parsePolicyIdentity(text: string): Result<string, string> {
  const [, prefix, name = ''] = /^(?:(site|tag):)?(.*)$/is.exec(text.trim()) ?? [];
  if (prefix === undefined && sameName(name, globalPolicy)) return ok(globalPolicy);
  if (!namePattern.test(name)) return refuse(`"${text}" is no policy; it is Global, site:name or tag:name.`);
  return ok(`${(prefix ?? 'tag').toLowerCase()}:${name}`);
}

/** A name to look for: the bare name of a tag becomes `tag:name`; a pattern stays as it is. */
export function policySelection(text: string | undefined): string | undefined {
  if (text === undefined || isPattern(text)) return text;
  const parsed = parsePolicyIdentity(text);
  return parsed.ok ? parsed.value : text;
}

/** Identities that a name or a pattern means. */
export function matchingPolicies(policies: Configuration['externalAccessPolicies'], text: string): readonly string[] {
  return matchingNames(policies, policySelection(text) ?? text);
}

/**
 * Adds a policy.
 *
 * @throws CodedError `ObjectAlreadyExists`; always for Global, which is there from the beginning
 */
export function newPolicy(
  configuration: Configuration,
  policy: ExternalAccessPolicy,
  ifExists: IfExists,
): Configuration {
  const policies = configuration.externalAccessPolicies;
  const existing = findNamed(policies, policy.identity);
  if (existing !== undefined && ifExists === 'leave') return configuration;
  if (existing !== undefined && (ifExists === 'refuse' || existing.identity === globalPolicy)) {
    throw alreadyExists('ObjectAlreadyExists', policyKind, existing, policy);
  }
  // A policy keeps the spelling it was granted by.
  const identity = existing?.identity ?? policy.identity;
  return {
    ...configuration,
    externalAccessPolicies: withNamed(policies, replacing(existing, { ...policy, identity })),
  };
}

/** @throws CodedError `ObjectNotFound` */
export function setPolicy(
  configuration: Configuration,
  identity: string,
  edit: (policy: ExternalAccessPolicy) => ExternalAccessPolicy,
): Configuration {
  const policies = configuration.externalAccessPolicies;
  const policy = namedOrThrow(policies, identity, policyKind);
  return { ...configuration, externalAccessPolicies: withNamed(policies, edit(policy)) };
}

/**
 * Removes policies; Global goes back to its defaults instead.
 *
 * @param revoke Take a granted policy from its users too, and do not refuse.
 * @throws CodedError `ObjectNotFound`, `ObjectInUse`
 */
export function removePolicies(
  configuration: Configuration,
  identities: readonly string[],
  revoke: boolean,
): Configuration {
  let after = configuration;
  for (const identity of identities) after = removePolicy(after, identity, revoke);
  return after;
}

function removePolicy(configuration: Configuration, identity: string, revoke: boolean): Configuration {
  const policies = configuration.externalAccessPolicies;
  const policy = namedOrThrow(policies, identity, policyKind);
  if (policy.identity === globalPolicy) {
    const reset = replacing(policy, { identity: globalPolicy, ...policyDefaults });
    return { ...configuration, externalAccessPolicies: withNamed(policies, reset) };
  }
  const granted = Object.values(configuration.users).filter((user) => isGranted(user, policy));
  if (granted.length > 0 && !revoke) throw inUse(policy, granted);
  const users = granted.reduce((all, user) => withNamed(all, withoutPolicy(user)), configuration.users);
  return { ...configuration, users, externalAccessPolicies: withoutNamed(policies, [policy.identity]) };
}

const isGranted = ({ externalAccessPolicy: name }: User, { identity }: ExternalAccessPolicy): boolean =>
  name !== undefined && sameName(`${tag}${name}`, identity);

function inUse({ identity }: ExternalAccessPolicy, granted: readonly User[]): CodedError {
  const users = granted.length === 1 ? 'one user' : `${granted.length} users`;
  return new CodedError('ObjectInUse', `policy ${identity} cannot be removed: it is granted to ${users}.`, {
    reason: `${granted[0]?.identity ?? ''} has it`,
    fix: [
      `xgw grant-externalaccesspolicy ${shellWord(granted[0]?.identity ?? '')} '$null'`,
      `xgw remove-externalaccesspolicy ${shellWord(identity)} -Force`,
    ],
    target: identity,
  });
}

/**
 * Grants a per-user policy to users, or takes it from them.
 *
 * @param identity Identity of a `tag:` policy; `null` and Global leave the users to their site's policy or Global.
 * @throws CodedError `ObjectNotFound`, `InvalidValue` for a site's policy, which applies by itself
 */
export function grantPolicy(
  configuration: Configuration,
  granted: readonly User[],
  identity: string | null,
): Configuration {
  const grant = granting(configuration, identity);
  const users = granted.reduce((all, user) => withNamed(all, grant(user)), configuration.users);
  return { ...configuration, users };
}

function granting(configuration: Configuration, identity: string | null): (user: User) => User {
  if (identity === null || identity === globalPolicy) return withoutPolicy;
  const policy = namedOrThrow(configuration.externalAccessPolicies, identity, policyKind);
  if (!policy.identity.startsWith(tag)) {
    throw new CodedError('InvalidValue', `policy ${policy.identity} cannot be granted.`, {
      reason: 'the policy of a site applies to its users by itself',
      fix: "xgw get-externalaccesspolicy 'tag:*'",
      target: policy.identity,
    });
  }
  const name = policy.identity.slice(tag.length);
  return (user) => ({ ...user, externalAccessPolicy: name });
}

function withoutPolicy(user: User): User {
  const { externalAccessPolicy: _, ...rest } = user;
  return rest;
}

/** What an administrator should know: XMPP is a kind of federation, and without it the setting does nothing. */
export const policyWarnings = ({ identity, enableXmppAccess, enableFederationAccess }: ExternalAccessPolicy) =>
  enableXmppAccess && !enableFederationAccess
    ? [`EnableXmppAccess of ${identity} has no effect until EnableFederationAccess is True`]
    : [];

/** The object that cmdlets emit, in Lync's order. */
export const policyObject = (policy: ExternalAccessPolicy, changed?: boolean) => ({
  Identity: policy.identity,
  Description: policy.description,
  EnableFederationAccess: policy.enableFederationAccess,
  EnableXmppAccess: policy.enableXmppAccess,
  EnablePublicCloudAccess: policy.enablePublicCloudAccess,
  EnableOutsideAccess: policy.enableOutsideAccess,
  ...(changed === undefined ? {} : { Changed: changed }),
});
