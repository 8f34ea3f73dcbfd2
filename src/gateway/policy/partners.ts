/**
 * Who may talk to whom: pure decisions over one configuration. Closed by default: what no rule permits is refused,
 * and every refusal says which gate was closed and which command opens it.
 */

import type { Configuration, User } from '../../config/configuration.ts';
import type { ContactRefusal } from '../../config/contact-rules.ts';
import { xmppAccess } from '../../config/effective-policy.ts';
import { type FederatedPartner, type Suspension, suspensionAt } from '../../config/federated-partner.ts';
import { partnerOf } from '../../config/partner-lookup.ts';
import { routeOf } from '../../config/route-in-force.ts';
import { userDomain } from '../../config/user-identity.ts';
import { userOf } from '../../config/user-lookup.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { shellWord } from '../../primitives/shell-word.ts';

/** Stable: logs, cmdlets and scripts name a refusal by it. */
export type Gate = ContactRefusal | 'unknown-domain' | 'partner-suspended' | 'unknown-user' | 'too-many';

export interface Refusal {
  readonly gate: Gate;
  /** For the administrator: which setting said no. Never sent to a partner. */
  readonly reason: string;
  /** The command that opens the gate. */
  readonly fix: string;
}

export const isLocalDomain = (configuration: Configuration, domain: string): boolean =>
  Object.hasOwn(configuration.sipDomains, domain);

/** Whether the gateway talks to this domain at all, now. Asked before any user is looked at. */
export function admitDomain(
  configuration: Configuration,
  domain: string,
  now: Date,
): Result<FederatedPartner, Refusal> {
  const partner = partnerOf(configuration, domain);
  if (partner === undefined) {
    return refuse({
      gate: 'unknown-domain',
      reason: `${domain} is not an XMPP federated partner`,
      fix: `xgw new-xmppfederatedpartner ${domain}`,
    });
  }
  const suspension = suspensionAt(partner, now);
  if (suspension !== undefined) return refuse(suspendedRefusal(partner, suspension));
  if (!configuration.accessEdge.allowFederatedUsers) {
    return refuse({
      gate: 'federation-off',
      reason: 'AllowFederatedUsers is False',
      fix: 'xgw set-accessedgeconfiguration -AllowFederatedUsers true',
    });
  }
  return ok(partner);
}

function suspendedRefusal({ identity }: FederatedPartner, { reason, since, until }: Suspension): Refusal {
  const end = until === undefined ? '' : ` until ${until}`;
  return {
    gate: 'partner-suspended',
    reason: `${identity} is suspended since ${since}${end}${reason === '' ? '' : `: ${reason}`}`,
    fix: `xgw resume-xmppfederatedpartner ${identity}`,
  };
}

/**
 * Whether one of our users may talk to XMPP partners. The users of a next hop need not be in the store: then the Global
 * policy decides.
 *
 * @param aor - `sip:user@domain`.
 */
export function admitUser(configuration: Configuration, aor: string): Result<User, Refusal> {
  const user = userOf(configuration, aor) ?? hopUser(configuration, aor);
  if (user === undefined) {
    return refuse({
      gate: 'unknown-user',
      reason: `${aor} is not a user`,
      fix: `xgw new-user ${shellWord(aor)} -PasswordFile password.txt`,
    });
  }
  const access = xmppAccess(configuration, user);
  return access.allowed ? ok(user) : refuse({ gate: access.gate, reason: `${aor}: ${access.reason}`, fix: access.fix });
}

function hopUser(configuration: Configuration, aor: string): User | undefined {
  const domain = userDomain(aor);
  if (!isLocalDomain(configuration, domain) || routeOf(configuration, domain) === undefined) return undefined;
  return { identity: aor, displayName: '', survivableBranch: false };
}
