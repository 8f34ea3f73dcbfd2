/** How the gateway is wired: users, policies, gateway, next hops and partners, from the configuration alone. The same configuration makes the same picture. */
import type { Configuration } from '../config/configuration.ts';
import { effectiveMethods } from '../config/negotiation.ts';

export interface TopologyNode {
  readonly id: string;
  readonly kind: 'SipDomain' | 'NextHop' | 'Policy' | 'Gateway' | 'Partner';
  readonly name: string;
  /** One line each. */
  readonly details: readonly string[];
}

export interface TopologyLink {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
}

const byName = <T extends { readonly name: string }>(one: T, other: T): number => (one.name < other.name ? -1 : 1);

export function topologyOf(configuration: Configuration): Topology {
  const gateway = gatewayNode(configuration);
  const domains = domainNodes(configuration);
  const hops = hopNodes(configuration);
  const policies = policyNodes(configuration);
  const partners = partnerNodes(configuration);
  return {
    nodes: [...domains, ...policies, gateway, ...hops.map(({ node }) => node), ...partners],
    links: [
      ...policies.map(({ id }) => ({ from: id, to: gateway.id, label: 'decides' })),
      ...domains
        .filter(({ name }) => !hops.some(({ route }) => route === name || route === 'Global'))
        .map(({ id }) => ({ from: id, to: gateway.id, label: 'registers' })),
      ...hops.map(({ node, route }) => ({ from: node.id, to: gateway.id, label: route })),
      ...partners.map(({ id, details }) => ({ from: gateway.id, to: id, label: details[1] ?? '' })),
    ],
  };
}

function gatewayNode({ gateway }: Configuration): TopologyNode {
  const place = (address: string | undefined, port: number): string => `${address ?? '*'}:${port}`;
  const listens = [
    `xmpp ${place(gateway.xmppListenAddress, gateway.xmppPort)}`,
    `sip ${place(gateway.sipListenAddress, gateway.sipPort)}`,
    ...(gateway.sipTlsPort === 0 ? [] : [`sips ${place(gateway.sipListenAddress, gateway.sipTlsPort)}`]),
  ];
  return { id: 'gateway', kind: 'Gateway', name: gateway.accessEdgeFqdn ?? 'gateway', details: listens };
}

const domainNodes = ({ sipDomains, users }: Configuration): readonly TopologyNode[] =>
  Object.values(sipDomains)
    .map(({ identity, isDefault }) => {
      const count = Object.keys(users).filter((user) => user.endsWith(`@${identity}`)).length;
      const details = [`${count} users`, ...(isDefault ? ['default'] : [])];
      return { id: `domain ${identity}`, kind: 'SipDomain' as const, name: identity, details };
    })
    .toSorted(byName);

const hopNodes = ({ sipRoutes }: Configuration): readonly { readonly node: TopologyNode; readonly route: string }[] =>
  Object.values(sipRoutes)
    .flatMap(({ identity, nextHops }) =>
      nextHops.map((hop) => ({
        route: identity,
        node: { id: `hop ${identity} ${hop}`, kind: 'NextHop' as const, name: hop, details: [`route ${identity}`] },
      })),
    )
    .toSorted((one, other) => byName(one.node, other.node));

const policyNodes = ({ externalAccessPolicies }: Configuration): readonly TopologyNode[] =>
  Object.values(externalAccessPolicies)
    .map(({ identity, enableXmppAccess }) => ({
      id: `policy ${identity}`,
      kind: 'Policy' as const,
      name: identity,
      details: [`XMPP ${enableXmppAccess ? 'allowed' : 'refused'}`],
    }))
    .toSorted(byName);

const partnerNodes = ({ federatedPartners }: Configuration): readonly TopologyNode[] =>
  Object.values(federatedPartners)
    .map((partner) => ({
      id: `partner ${partner.identity}`,
      kind: 'Partner' as const,
      name: partner.identity,
      details: [
        partner.partnerType,
        effectiveMethods(partner).join(', '),
        ...partner.additionalDomains,
        ...(partner.suspended === undefined ? [] : ['suspended']),
      ],
    }))
    .toSorted(byName);
