/** Which external access policy applies to a user, and whether XMPP is open to them. The closest policy wins, whole. */
import { shellWord } from '../primitives/shell-word.ts';
import type { Configuration, ExternalAccessPolicy, User } from './configuration.ts';
import { policyDefaults } from './defaults.ts';

export const globalPolicy = 'Global';

/** User (`tag:`), then site (`site:`), then Global. Names compare without case. */
export function effectivePolicy(configuration: Configuration, user: User): ExternalAccessPolicy {
  const policies = policiesOf(configuration);
  const named = (identity: string): ExternalAccessPolicy | undefined => policies.get(identity.toLowerCase());
  const ofUser = user.externalAccessPolicy === undefined ? undefined : named(`tag:${user.externalAccessPolicy}`);
  const ofSite = user.site === undefined ? undefined : named(`site:${user.site}`);
  return ofUser ?? ofSite ?? named(globalPolicy) ?? { identity: globalPolicy, ...policyDefaults };
}

const indexes = new WeakMap<Configuration['externalAccessPolicies'], ReadonlyMap<string, ExternalAccessPolicy>>();

function policiesOf({ externalAccessPolicies }: Configuration): ReadonlyMap<string, ExternalAccessPolicy> {
  const known = indexes.get(externalAccessPolicies);
  if (known !== undefined) return known;
  const policies = Object.values(externalAccessPolicies).toReversed();
  const index = new Map(policies.map((policy) => [policy.identity.toLowerCase(), policy]));
  indexes.set(externalAccessPolicies, index);
  return index;
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
    return {
      allowed: false,
      gate: 'policy-federation-off',
      reason,
      fix: `${settingOf(policy)} -EnableFederationAccess true`,
    };
  }
  if (!policy.enableXmppAccess) {
    const reason = `EnableXmppAccess of policy ${policy.identity} is False`;
    return { allowed: false, gate: 'policy-xmpp-off', reason, fix: `${settingOf(policy)} -EnableXmppAccess true` };
  }
  return { allowed: true };
}

const settingOf = ({ identity }: ExternalAccessPolicy): string => `xgw set-externalaccesspolicy ${shellWord(identity)}`;
