/** A SIP route as an object of the command line, with what the running gateway knows of its next hops. */
import { parseSipNextHop } from '../config/network-address.ts';
import type { HopStatus } from '../gateway/gateway-status.ts';
import { printHop, type ShownRoute } from './sip-routes.ts';

/** A route works when one of its hops does. Undefined: nothing is known of it. */
function stateOf(states: readonly HopStatus[]): HopStatus['state'] | undefined {
  if (states.length === 0) return undefined;
  if (states.some(({ state }) => state === 'Up')) return 'Up';
  return states.every(({ state }) => state === 'Down') ? 'Down' : 'Unknown';
}

const sentence = ({ hop, state, since, reason }: HopStatus): string =>
  [hop, state, ...(since === undefined ? [] : [`since ${since}`]), ...(reason ? [`(${reason})`] : [])].join(' ');

/** The object that cmdlets emit. @param states - Of all routes. */
export function sipRouteObject(route: ShownRoute, states: readonly HopStatus[] = [], changed?: boolean) {
  const known = states
    .filter((each) => each.route === route.identity)
    .map((each) => ({ ...each, hop: spelled(each, route) }));
  return {
    Identity: route.identity,
    NextHop: route.nextHops,
    DnsLookup: route.dnsLookup,
    TlsName: route.tlsName ?? null,
    SessionMode: route.sessionMode,
    State: stateOf(known) ?? null,
    Hops: known.map(sentence),
    Revision: route.changed?.revision ?? null,
    ...(changed === undefined ? {} : { Changed: changed }),
  };
}

/** As the route spells it, where it does: DNS may have led to other names. */
function spelled({ hop }: HopStatus, { nextHops }: ShownRoute): string {
  const one = spelling(hop);
  return nextHops.find((each) => spelling(each) === one) ?? hop;
}

function spelling(text: string): string {
  const parsed = parseSipNextHop(text);
  return parsed.ok ? printHop(parsed.value) : text;
}
