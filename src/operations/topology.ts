/** How the gateway is wired: users, policies, gateway, next hops and partners, from the configuration alone. The same configuration makes the same picture. */
import { isIPv6 } from 'node:net';

import type { Configuration } from '../config/configuration.ts';
import { suspensionAt } from '../config/federated-partner.ts';
import { effectiveMethods } from '../config/negotiation.ts';
import { domainsOfRoute, shownRoutes } from './sip-routes.ts';

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

/** @param now - Decides which partners rest. */
export function topologyOf(configuration: Configuration, now: Date): Topology {
  const gateway = gatewayNode(configuration);
  const domains = domainNodes(configuration);
  const hops = hopNodes(configuration);
  const policies = policyNodes(configuration);
  const partners = partnerNodes(configuration, now);
  return {
    nodes: [...domains, ...policies, gateway, ...hops.map(({ node }) => node), ...partners.map(({ node }) => node)],
    links: [
      ...policies.map(({ id }) => ({ from: id, to: gateway.id, label: 'decides' })),
      ...domains
        .filter(({ name }) => !hops.some(({ route }) => domainsOfRoute(configuration, route).includes(name)))
        .map(({ id }) => ({ from: id, to: gateway.id, label: 'registers' })),
      ...hops.map(({ node, route }) => ({ from: node.id, to: gateway.id, label: route })),
      ...partners.map(({ node, methods }) => ({ from: gateway.id, to: node.id, label: methods })),
    ],
  };
}

/** A port of 0 is off. */
function gatewayNode({ gateway }: Configuration): TopologyNode {
  const { xmppListenAddress, sipListenAddress } = gateway;
  const places = [
    ['xmpp', xmppListenAddress, gateway.xmppPort],
    ['xmpps', xmppListenAddress, gateway.xmppDirectTlsPort],
    ['sip', sipListenAddress, gateway.sipPort],
    ['sips', sipListenAddress, gateway.sipTlsPort],
  ] as const;
  const details = places.flatMap(([name, address = '*', port]) =>
    port === 0 ? [] : [`${name} ${isIPv6(address) ? `[${address}]` : address}:${port}`],
  );
  return { id: 'gateway', kind: 'Gateway', name: gateway.accessEdgeFqdn ?? 'gateway', details };
}

const domainNodes = ({ sipDomains, users }: Configuration): readonly TopologyNode[] =>
  Object.values(sipDomains)
    .map(({ identity, isDefault }) => {
      const count = Object.keys(users).filter((user) => user.endsWith(`@${identity}`)).length;
      const details = [`${count} users`, ...(isDefault ? ['default'] : [])];
      return { id: `domain ${identity}`, kind: 'SipDomain' as const, name: identity, details };
    })
    .toSorted(byName);

const hopNodes = (configuration: Configuration): readonly { readonly node: TopologyNode; readonly route: string }[] =>
  Object.values(shownRoutes(configuration))
    .flatMap(({ identity, nextHops }) =>
      nextHops.map((hop) => ({
        route: identity,
        node: { id: `hop ${identity} ${hop}`, kind: 'NextHop' as const, name: hop, details: [`route ${identity}`] },
      })),
    )
    .toSorted((one, other) => byName(one.node, other.node));

/** XMPP takes all three switches. */
const policyNodes = ({ externalAccessPolicies, accessEdge }: Configuration): readonly TopologyNode[] =>
  Object.values(externalAccessPolicies)
    .map(({ identity, enableXmppAccess, enableFederationAccess }) => ({
      id: `policy ${identity}`,
      kind: 'Policy' as const,
      name: identity,
      details: [
        `XMPP ${enableXmppAccess && enableFederationAccess && accessEdge.allowFederatedUsers ? 'allowed' : 'refused'}`,
      ],
    }))
    .toSorted(byName);

const partnerNodes = (
  { federatedPartners }: Configuration,
  now: Date,
): readonly { readonly node: TopologyNode; readonly methods: string }[] =>
  Object.values(federatedPartners)
    .map((partner) => {
      const methods = effectiveMethods(partner).join(', ');
      const rests = suspensionAt(partner, now) === undefined ? [] : ['suspended'];
      const details = [partner.partnerType, methods, ...partner.additionalDomains, ...rests];
      const node = { id: `partner ${partner.identity}`, kind: 'Partner' as const, name: partner.identity, details };
      return { node, methods };
    })
    .toSorted((one, other) => byName(one.node, other.node));
