/** Which external access policy applies to a user, and whether XMPP is open to them. The closest policy wins, whole. */
import type { Configuration, ExternalAccessPolicy, User } from './configuration.ts';
import { policyDefaults } from './defaults.ts';

export const globalPolicy = 'Global';

/** User (`tag:`), then site (`site:`), then Global. Names compare without case. */
export function effectivePolicy(configuration: Configuration, user: User): ExternalAccessPolicy {
  const policies = Object.values(configuration.externalAccessPolicies);
  const named = (identity: string): ExternalAccessPolicy | undefined =>
    policies.find((policy) => policy.identity.toLowerCase() === identity.toLowerCase());
  const ofUser = user.externalAccessPolicy === undefined ? undefined : named(`tag:${user.externalAccessPolicy}`);
  const ofSite = user.site === undefined ? undefined : named(`site:${user.site}`);
  return ofUser ?? ofSite ?? named(globalPolicy) ?? { identity: globalPolicy, ...policyDefaults };
}

export type XmppAccess = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** May this user exchange anything with XMPP partners? The same answer in both directions. */
export function xmppAccess(configuration: Configuration, user: User): XmppAccess {
  if (user.survivableBranch) return no('users of a survivable branch appliance have no XMPP');
  if (user.deployment === 'Legacy') return no('the user has not been moved from the legacy deployment');
  if (!configuration.accessEdge.allowFederatedUsers) return no('AllowFederatedUsers of the access edge is False');
  const policy = effectivePolicy(configuration, user);
  if (!policy.enableFederationAccess) return no(`EnableFederationAccess of policy ${policy.identity} is False`);
  if (!policy.enableXmppAccess) return no(`EnableXmppAccess of policy ${policy.identity} is False`);
  return { allowed: true };
}

const no = (reason: string): XmppAccess => ({ allowed: false, reason });
