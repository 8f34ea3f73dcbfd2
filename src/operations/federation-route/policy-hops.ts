/** What the configuration alone can say about a route: the partner's settings and the policy of our users. */
import type { Configuration, User } from '../../config/configuration.ts';
import { type XmppAccess, xmppAccess } from '../../config/effective-policy.ts';
import { suspensionAt } from '../../config/federated-partner.ts';
import { effectiveMethods } from '../../config/negotiation.ts';
import { partnerOf } from '../../config/partner-lookup.ts';
import { admitDomain, admitUser } from '../../gateway/policy/partners.ts';
import { partnerWarnings } from '../federated-partners.ts';
import { failure, type HopOutcome, type Route, success, warning } from './route-hop.ts';

/** Is the domain a partner's, not suspended, with settings that leave a method? */
export function configurationHop({ configuration, domain, now }: Route): HopOutcome {
  const partner = partnerOf(configuration, domain);
  const admitted = admitDomain(configuration, domain, now);
  if (partner === undefined || suspensionAt(partner, now) !== undefined) {
    const { reason: cause, fix } = admitted.ok ? { reason: '', fix: '' } : admitted.error;
    return failure({ target: domain, detail: partner === undefined ? 'no partner' : 'suspended' }, { cause, fix });
  }
  const found = {
    target: partner.identity,
    detail: `${partner.partnerType}, ${effectiveMethods(partner).join(' or ')}`,
  };
  const remarks = partnerWarnings(partner, true);
  if (remarks.length === 0) return success(found);
  return warning(found, { cause: remarks.join('; '), fix: `xgw get-xmppfederatedpartner ${partner.identity}` });
}

/** May our users talk to partners: the one that was named, or any? */
export function policyHop({ configuration, user, domain, now }: Route): HopOutcome {
  const admitted = admitDomain(configuration, domain, now);
  if (!admitted.ok)
    return failure(
      { target: 'AccessEdge', detail: 'closed' },
      { cause: admitted.error.reason, fix: admitted.error.fix },
    );
  if (user !== undefined) {
    const access = admitUser(configuration, user);
    if (access.ok) return success({ target: user, detail: 'may talk to XMPP partners' });
    return failure({ target: user, detail: 'refused' }, { cause: access.error.reason, fix: access.error.fix });
  }
  return usersInGeneral(configuration);
}

/** Nobody in particular: what the Global policy says. */
const anybody: User = { identity: '', displayName: '', survivableBranch: false };

function usersInGeneral(configuration: Configuration): HopOutcome {
  const users = Object.values(configuration.users);
  const closed = (users.length === 0 ? [anybody] : users)
    .map((user) => xmppAccess(configuration, user))
    .filter((access): access is Extract<XmppAccess, { allowed: false }> => !access.allowed);
  const [first] = closed;
  const detail =
    users.length === 0
      ? 'by the Global policy'
      : `${users.length - closed.length} of ${users.length} users may use XMPP`;
  const found = { target: 'ExternalAccessPolicy', detail };
  if (first === undefined) return success(found);
  const trouble = { cause: first.reason, fix: first.fix };
  return closed.length >= users.length ? failure(found, trouble) : success(found);
}
