/**
 * Which SIP servers own the users of a SIP domain: those of its route, else what the gateway's settings say for every domain
 * that has none. A domain with neither is at home here.
 */
import { memoized } from '../primitives/memoized.ts';
import type { Configuration } from './configuration.ts';
import type { SipSessionMode } from './gateway-configuration.ts';
import { parseHostWithPort, parseSipNextHop, type SipNextHop } from './network-address.ts';
import type { DnsLookup } from './sip-route.ts';

/** A next hop, and what of it the administrator wrote down: the rest may be for DNS to say [RFC 3263 §4]. */
export interface RouteHop extends SipNextHop {
  readonly namesPort: boolean;
  readonly namesTransport: boolean;
}

export interface RouteInForce {
  /** The route's identity; `Global` for the settings of the gateway. */
  readonly identity: string;
  readonly hops: readonly RouteHop[];
  readonly dnsLookup: DnsLookup;
  readonly tlsName?: string;
  readonly sessionMode: SipSessionMode;
}

export const globalRoute = 'Global';

/** Undefined: the home server has the users of this domain. */
export function routeOf({ sipRoutes, gateway }: Configuration, domain: string): RouteInForce | undefined {
  const route = Object.hasOwn(sipRoutes, domain) ? sipRoutes[domain] : undefined;
  if (route !== undefined) return { ...route, hops: hopsOf(route.nextHops) };
  if (gateway.sipMode === 'HomeServer') return undefined;
  const hops = hopsOf(gateway.sipNextHop === undefined ? [] : [gateway.sipNextHop]);
  return { identity: globalRoute, hops, dnsLookup: 'Host', sessionMode: gateway.sipSessionMode };
}

/** The route of a domain, or of none yet, with this next hop in place of its own. */
export function routeThrough(configuration: Configuration, domain: string, nextHop: string): RouteInForce {
  const none = { identity: domain, dnsLookup: 'Host', sessionMode: 'Pager' } as const;
  return { ...none, ...routeOf(configuration, domain), hops: hopsOf([nextHop]) };
}

/** The configuration was checked when it was read: what does not parse here is not there. */
const hopsOf = (nextHops: readonly string[]): readonly RouteHop[] => nextHops.flatMap(hopOf);

const hopOf = memoized((text): readonly RouteHop[] => {
  const parsed = parseSipNextHop(text);
  if (!parsed.ok) return [];
  const [where = '', ...parameters] = text.split(';');
  const place = parseHostWithPort(where);
  const namesPort = place.ok && place.value.port !== undefined;
  return [{ ...parsed.value, namesPort, namesTransport: parameters.length > 0 }];
});
