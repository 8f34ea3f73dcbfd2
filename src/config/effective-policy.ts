/** Which external access policy applies to a user, and whether XMPP is open to them. The closest policy wins, whole. */
import { shellWord } from '../primitives/shell-word.ts';
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

/** The settings that can close XMPP to a user. */
export type XmppGate =
  | 'survivable-branch'
  | 'legacy-user'
  | 'federation-off'
  | 'policy-federation-off'
  | 'policy-xmpp-off';

export type XmppAccess =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly gate: XmppGate;
      readonly reason: string;
      /** The command that opens the gate. */
      readonly fix: string;
    };

/** May this user exchange anything with XMPP partners? The same answer in both directions; the first closed gate gives it. */
export function xmppAccess(configuration: Configuration, user: User): XmppAccess {
  const policy = effectivePolicy(configuration, user);
  const setPolicy = `xgw set-externalaccesspolicy ${shellWord(policy.identity)}`;
  if (user.survivableBranch) {
    const reason = 'users of a survivable branch appliance have no XMPP';
    return {
      allowed: false,
      gate: 'survivable-branch',
      reason,
      fix: `xgw set-user ${shellWord(user.identity)} -SurvivableBranch false`,
    };
  }
  if (user.deployment === 'Legacy') {
    const reason = 'the user has not been moved from the legacy deployment';
    return {
      allowed: false,
      gate: 'legacy-user',
      reason,
      fix: `xgw set-user ${shellWord(user.identity)} -Deployment Current`,
    };
  }
  if (!configuration.accessEdge.allowFederatedUsers) {
    const reason = 'AllowFederatedUsers of the access edge is False';
    return {
      allowed: false,
      gate: 'federation-off',
      reason,
      fix: 'xgw set-accessedgeconfiguration -AllowFederatedUsers true',
    };
  }
  if (!policy.enableFederationAccess) {
    const reason = `EnableFederationAccess of policy ${policy.identity} is False`;
    return { allowed: false, gate: 'policy-federation-off', reason, fix: `${setPolicy} -EnableFederationAccess true` };
  }
  if (!policy.enableXmppAccess) {
    const reason = `EnableXmppAccess of policy ${policy.identity} is False`;
    return { allowed: false, gate: 'policy-xmpp-off', reason, fix: `${setPolicy} -EnableXmppAccess true` };
  }
  return { allowed: true };
}
