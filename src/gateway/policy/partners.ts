/**
 * Who may talk to whom: pure decisions over one configuration. Closed by default: what no rule permits is refused,
 * and every refusal says which gate was closed and which command opens it.
 */
import type { Configuration, User } from '../../config/configuration.ts';
import { effectivePolicy } from '../../config/effective-policy.ts';
import type { FederatedPartner } from '../../config/federated-partner.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';

export type Gate =
  | 'unknown-domain'
  | 'federation-off'
  | 'unknown-user'
  | 'survivable-branch'
  | 'policy-xmpp-off'
  | 'policy-federation-off';

export interface Refusal {
  readonly gate: Gate;
  /** For the administrator: which setting said no. Never sent to a partner. */
  readonly reason: string;
  /** The command that opens the gate. */
  readonly fix: string;
}

/** The partner that owns a domain, by its primary or an additional domain. Domains are A-labels in lower case. */
export function partnerOf(configuration: Configuration, domain: string): FederatedPartner | undefined {
  const primary = configuration.federatedPartners[domain];
  if (primary !== undefined) return primary;
  return Object.values(configuration.federatedPartners).find((partner) =>
    partner.additionalDomains.some((additional) => additional === domain),
  );
}

export const isLocalDomain = (configuration: Configuration, domain: string): boolean =>
  Object.hasOwn(configuration.sipDomains, domain);

/** Whether the gateway talks to this domain at all. Asked before any user is looked at. */
export function admitDomain(configuration: Configuration, domain: string): Result<FederatedPartner, Refusal> {
  const partner = partnerOf(configuration, domain);
  if (partner === undefined) {
    return refuse({
      gate: 'unknown-domain',
      reason: `${domain} is not an XMPP federated partner`,
      fix: `xgw new-xmppfederatedpartner ${domain}`,
    });
  }
  if (!configuration.accessEdge.allowFederatedUsers) {
    return refuse({
      gate: 'federation-off',
      reason: 'AllowFederatedUsers is False',
      fix: 'xgw set-accessedgeconfiguration -AllowFederatedUsers true',
    });
  }
  return ok(partner);
}

/**
 * Whether a user of the home server may talk to XMPP partners.
 *
 * @param aor - `sip:user@domain`, canonical.
 */
export function admitUser(configuration: Configuration, aor: string): Result<User, Refusal> {
  const user = configuration.users[aor];
  if (user === undefined) {
    return refuse({
      gate: 'unknown-user',
      reason: `${aor} is not a user`,
      fix: `xgw new-user ${aor} -PasswordFile password.txt`,
    });
  }
  if (user.survivableBranch) {
    return refuse({
      gate: 'survivable-branch',
      reason: `${aor} is homed on a survivable branch appliance, where XMPP is not available`,
      fix: `xgw set-user ${aor} -SurvivableBranch false`,
    });
  }
  return admitByPolicy(configuration, user);
}

function admitByPolicy(configuration: Configuration, user: User): Result<User, Refusal> {
  const policy = effectivePolicy(configuration, user);
  if (!policy.enableFederationAccess) {
    return refuse({
      gate: 'policy-federation-off',
      reason: `EnableFederationAccess is False in policy ${policy.identity} of ${user.identity}`,
      fix: `xgw set-externalaccesspolicy ${policy.identity} -EnableFederationAccess true`,
    });
  }
  if (!policy.enableXmppAccess) {
    return refuse({
      gate: 'policy-xmpp-off',
      reason: `EnableXmppAccess is False in policy ${policy.identity} of ${user.identity}`,
      fix: `xgw set-externalaccesspolicy ${policy.identity} -EnableXmppAccess true`,
    });
  }
  return ok(user);
}
