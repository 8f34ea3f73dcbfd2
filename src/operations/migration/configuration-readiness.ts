/** What the configuration alone says of the readiness for a cut-over: users, gateway and partners. */
import type { Configuration, User } from '../../config/configuration.ts';
import { effectiveMethods } from '../../config/negotiation.ts';
import { blocking, type MigrationCheck, success, warning } from './migration-check.ts';

/** Names that a sentence lists. */
const maxListed = 5;

export function userReadiness({ users, gateway }: Configuration): readonly MigrationCheck[] {
  const all = Object.values(users);
  const legacy = all.filter(({ deployment }) => deployment === 'Legacy');
  const branch = all.filter(({ survivableBranch }) => survivableBranch);
  const left = legacy.filter(({ survivableBranch }) => !survivableBranch);
  const target = gateway.accessEdgeFqdn ?? 'edge.contoso.com';
  const moved =
    left.length === 0
      ? success('Users', 'AllUsersMoved', `${all.length} users, none on the legacy deployment`)
      : blocking(
          'Users',
          'AllUsersMoved',
          `${left.length} users are on the legacy deployment and lose XMPP with the cut-over: ${listed(left)}`,
          `xgw get-user -OnLegacy | xgw move-user - -Target ${target}`,
        );
  if (branch.length === 0) return [moved];
  const detail = `${branch.length} users are on a survivable branch appliance, and have neither IM nor presence with XMPP contacts: ${listed(branch)}`;
  return [moved, warning('Users', 'SurvivableBranch', detail, 'xgw get-user -OnSurvivableBranch')];
}

const listed = (users: readonly User[]): string => {
  const names = users.slice(0, maxListed).map(({ identity }) => identity);
  return [...names, ...(users.length > maxListed ? ['...'] : [])].join(', ');
};

export const gatewayReadiness = (configuration: Configuration): readonly MigrationCheck[] => [
  sipDomains(configuration),
  accessEdgeFqdn(configuration),
  federatedUsers(configuration),
  policies(configuration),
  ...partners(configuration),
];

function sipDomains({ sipDomains: domains, users, sipRoutes }: Configuration): MigrationCheck {
  const names = Object.keys(domains);
  if (names.length === 0)
    return blocking('Gateway', 'SipDomain', 'there is no SIP domain', 'xgw new-sipdomain contoso.com');
  const hasUsers = (domain: string): boolean =>
    domain in sipRoutes || 'Global' in sipRoutes || Object.keys(users).some((user) => user.endsWith(`@${domain}`));
  const empty = names.filter((name) => !hasUsers(name));
  if (empty.length === 0) return success('Gateway', 'SipDomain', names.join(', '));
  const detail = `${empty.join(', ')} has neither users nor a SIP route`;
  return warning('Gateway', 'SipDomain', detail, `xgw new-siproute ${empty[0]} -NextHop fe01.${empty[0]}:5061`);
}

const accessEdgeFqdn = ({ gateway }: Configuration): MigrationCheck =>
  gateway.accessEdgeFqdn === undefined
    ? blocking(
        'Gateway',
        'AccessEdgeFqdn',
        'the gateway has no name by which partners reach it',
        'xgw set-xmppgatewayconfiguration -AccessEdgeFqdn edge.contoso.com',
      )
    : success('Gateway', 'AccessEdgeFqdn', gateway.accessEdgeFqdn);

const federatedUsers = ({ accessEdge }: Configuration): MigrationCheck =>
  accessEdge.allowFederatedUsers
    ? success('Gateway', 'AllowFederatedUsers', 'users may talk to other organisations')
    : blocking(
        'Gateway',
        'AllowFederatedUsers',
        'the access edge lets no user talk to other organisations',
        'xgw set-accessedgeconfiguration -AllowFederatedUsers true',
      );

function policies({ externalAccessPolicies }: Configuration): MigrationCheck {
  const open = Object.values(externalAccessPolicies).filter(
    ({ enableXmppAccess, enableFederationAccess }) => enableXmppAccess && enableFederationAccess,
  );
  if (open.length > 0)
    return success('Gateway', 'XmppAccess', `allowed by ${open.map(({ identity }) => identity).join(', ')}`);
  const fix = 'xgw set-externalaccesspolicy Global -EnableFederationAccess true -EnableXmppAccess true';
  return blocking('Gateway', 'XmppAccess', 'no external access policy allows XMPP', fix);
}

function partners({ federatedPartners }: Configuration): readonly MigrationCheck[] {
  const all = Object.values(federatedPartners);
  if (all.length === 0) {
    const fix = 'xgw import-configuration -Path partners.xml';
    return [blocking('Gateway', 'Partners', 'there is no XMPP federated partner', fix)];
  }
  const weak = all.filter(
    (partner) =>
      effectiveMethods(partner).some((method) => method === 'TCP Dialback') && partner.allowInsecure === undefined,
  );
  const suspended = all.filter((partner) => partner.suspended !== undefined);
  const names = (some: typeof all): string =>
    some
      .slice(0, maxListed)
      .map(({ identity }) => identity)
      .join(', ');
  return [
    success('Gateway', 'Partners', `${all.length} partners`),
    ...(weak.length === 0
      ? []
      : [
          warning(
            'Gateway',
            'PartnerSecurity',
            `without encryption: ${names(weak)}`,
            `xgw show-negotiation ${weak[0]?.identity}`,
          ),
        ]),
    ...(suspended.length === 0
      ? []
      : [
          warning(
            'Gateway',
            'PartnerSuspended',
            names(suspended),
            `xgw resume-xmppfederatedpartner ${suspended[0]?.identity}`,
          ),
        ]),
  ];
}
