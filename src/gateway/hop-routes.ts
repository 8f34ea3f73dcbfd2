/**
 * The ways to the SIP servers that own the users of routed domains: which server a request goes to, and how each of them is.
 * To the parts that send requests it is an endpoint like any other; a destination that it has given out names the domain, so
 * that another server can take the place of one that fails.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../config/configuration.ts';
import { type RouteInForce, routeOf, routeThrough } from '../config/route-in-force.ts';
import { randomFraction } from '../primitives/random-fraction.ts';
import { refuse } from '../primitives/result.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import type { HopStatus } from './gateway-status.ts';
import { LocatedHops, type LocatedHopsOptions } from './located-hops.ts';
import { nextHopDown, nextHopUp } from './next-hop-log.ts';
import { domainOfAor } from './sip/aor.ts';
import { type Hop, HopPool } from './sip/hop-pool.ts';
import { type HopProbe, probeHop } from './sip/hop-probe.ts';
import { hostLookup } from './sip/host-lookup.ts';
import { tagOf } from './sip/name-addr.ts';
import { locateServers } from './sip/server-locator.ts';
import { type SipDns, sipDns } from './sip/sip-dns.ts';
import type { SipEndpoint } from './sip/sip-endpoint.ts';
import type { ClosedConnection, Destination, Source } from './sip/transport.ts';

export type RequestingEndpoint = Pick<SipEndpoint, 'request' | 'sendAck' | 'localAddress'>;

export interface HopRoutesOptions {
  readonly configuration: () => Configuration;
  readonly ports: Pick<GatewayPorts, 'clock' | 'ids' | 'onEvent'>;
  readonly endpoint: RequestingEndpoint;
  /** Default: the servers of the configuration. */
  readonly dns?: SipDns;
}

/** Which servers are to be asked whether they work. */
export interface HopQuestion {
  /** A SIP domain of ours. */
  readonly domain: string;
  /** In place of those of its route, as a route names one. */
  readonly nextHop?: string | undefined;
}

/** Where a request of a routed domain goes, until something better is known. */
interface RoutedDestination extends Destination {
  readonly routedDomain: string;
}

export class HopRoutes {
  readonly #options: HopRoutesOptions;
  readonly #pool: HopPool;
  readonly #locating: LocatedHopsOptions;
  readonly #located: LocatedHops;
  #routes: ReadonlyMap<string, RouteInForce>;

  /** Sends to whichever server of the destination's domain works. */
  readonly endpoint: RequestingEndpoint;

  constructor(options: HopRoutesOptions) {
    const { ports, configuration, endpoint } = options;
    this.#options = options;
    const fraction = (): number => randomFraction(ports.ids);
    const dns = (): SipDns => options.dns ?? sipDns(configuration().gateway.dnsServers);
    this.#locating = {
      clock: ports.clock,
      locate: (question) => locateServers(question, { dns: dns(), random: fraction }),
    };
    this.#located = new LocatedHops(this.#locating);
    this.#pool = new HopPool({
      clock: ports.clock,
      endpoint,
      fraction,
      token: (bits) => ports.ids.token(bits),
      askerHost: () => askerHost(configuration()),
      onProbe: () => this.#locateAgain(),
      onUp: (hop) => ports.onEvent(nextHopUp(hop.name)),
      onDown: (hop, reason, waitMs) => ports.onEvent(nextHopDown(hop.name, reason, waitMs)),
    });
    this.#routes = routesOf(configuration());
    this.#keep();
    this.endpoint = {
      request: (request, destination, more) => this.#request(request, destination, more),
      sendAck: (ack, destination) => endpoint.sendAck(ack, destination),
      localAddress: (destination) => this.#localAddress(destination),
    };
  }

  /** Undefined: the home server has the users of this domain, or it is none of ours. */
  routeOf(domain: string): RouteInForce | undefined {
    return this.#routes.get(domain);
  }

  /** @param source - Where a request of the user came from: back by its connection, while it is open. */
  destination(userAor: string, source?: Source): Destination | undefined {
    const domain = domainOfAor(userAor);
    const hops = this.#known(domain);
    const itself = hops.find(({ destination: { host, transport } }) => {
      return host === source?.address && transport === source.transport;
    });
    const hop = itself ?? this.#pool.next(hops);
    const connectionId = source?.connectionId;
    if (connectionId === undefined) return hop && routed(domain, hop.destination);
    return hop && routed(domain, { connectionId, ...hop.destination });
  }

  /** The servers that may speak for the domain; of every routed domain, when it is none of them. */
  async hopsFor(domain: string): Promise<readonly Hop[]> {
    const route = this.#routes.get(domain);
    const routes = route === undefined ? [...this.#routes.values()] : [route];
    return (await Promise.all(routes.map((each) => this.#located.current(each)))).flat();
  }

  /** Each hop of each route, as it is now. */
  status(): readonly HopStatus[] {
    const routes = new Map(Array.from(this.#routes.values(), (route) => [route.identity, route]));
    return [...routes.values()].flatMap((route) =>
      this.#located.known(route).map((hop): HopStatus => {
        const { since, ...report } = this.#pool.report(hop);
        const at = since === undefined ? {} : { since: since.toISOString() };
        return { route: route.identity, hop: hop.name, ...report, ...at };
      }),
    );
  }

  /** Asks each server by itself, what is known apart. Never rejects. @returns Undefined: the home server has the users. */
  async probe({ domain, nextHop }: HopQuestion, signal: AbortSignal): Promise<readonly HopProbe[] | undefined> {
    const { configuration, endpoint, ports } = this.#options;
    const current = configuration();
    const route = nextHop === undefined ? routeOf(current, domain) : routeThrough(current, domain, nextHop);
    if (route === undefined) return undefined;
    const hops = await new LocatedHops(this.#locating).current(route);
    const asker = { token: (bits: number) => ports.ids.token(bits), askerHost: () => askerHost(configuration()) };
    const servers = (): readonly string[] => configuration().gateway.dnsServers;
    const probing = { ...asker, clock: ports.clock, endpoint, lookup: hostLookup({ clock: ports.clock, servers }) };
    return Promise.all(hops.map((hop) => probeHop(hop, probing, signal)));
  }

  /** Follows the configuration. @returns Whether the users of a domain are not where they were, or not all of them. */
  reconsider(): (domain: string) => boolean {
    const before = this.#routes;
    this.#routes = routesOf(this.#options.configuration());
    this.#keep();
    return (domain) => hasLost(before.get(domain), this.#routes.get(domain));
  }

  /** A hop that ends its connection may be about to end: it is asked soon. */
  connectionClosed(peer: ClosedConnection): void {
    this.#pool.suspect(peer);
  }

  /** After a change of the DNS servers. */
  clearDnsCache(): void {
    this.#located.forget();
    this.#keep();
  }

  close(): void {
    this.#pool.close();
  }

  async #request(...[request, destination, more]: Parameters<RequestingEndpoint['request']>) {
    const domain = domainOf(destination);
    if (domain === undefined) return this.#options.endpoint.request(request, destination, more);
    const hops = await this.#current(domain);
    const first = hops.find((hop) => isAt(hop, destination));
    if (tagOf(request.headers.get('To')) === undefined) {
      const final = await this.#pool.request(hops, request, { first, ...more });
      return final.peer === undefined ? final : { ...final, peer: routed(domain, final.peer) };
    }
    const hop = first ?? this.#pool.next(hops);
    if (hop === undefined) return { ok: false, why: 'transport', detail: noHop, isUnsent: true } as const;
    const { connectionId } = destination;
    return this.#pool.requestTo(hop, request, { ...hop.destination, connectionId });
  }

  /** Towards the first of the servers that there is a way to. */
  async #localAddress(destination: Destination): ReturnType<RequestingEndpoint['localAddress']> {
    const domain = domainOf(destination);
    if (domain === undefined) return this.#options.endpoint.localAddress(destination);
    const hops = await this.#current(domain);
    const tried = new Set<Hop>();
    let address: Awaited<ReturnType<RequestingEndpoint['localAddress']>> = refuse(noHop);
    let hop = hops.find((each) => isAt(each, destination)) ?? this.#pool.next(hops);
    while (hop !== undefined && !address.ok) {
      tried.add(hop);
      const { connectionId } = destination;
      address = await this.#pool.localAddress(hop, { ...hop.destination, connectionId });
      hop = this.#pool.next(hops, tried);
    }
    return address;
  }

  #known(domain: string): readonly Hop[] {
    const route = this.#routes.get(domain);
    return route === undefined ? [] : this.#located.known(route);
  }

  async #current(domain: string): Promise<readonly Hop[]> {
    const route = this.#routes.get(domain);
    if (route === undefined) return [];
    const before = this.#located.known(route);
    const hops = await this.#located.current(route);
    if (hops !== before) this.#keep();
    return hops;
  }

  async #locateAgain(): Promise<void> {
    await Promise.all(Array.from(this.#routes.values(), (route) => this.#located.current(route)));
    this.#keep();
  }

  #keep(): void {
    this.#pool.keep(Array.from(this.#routes.values(), (route) => this.#located.known(route)).flat());
  }
}

const noHop = 'there is no next hop';

const routed = (routedDomain: string, destination: Destination): RoutedDestination => ({
  routedDomain,
  ...destination,
});

const domainOf = (destination: Destination): string | undefined =>
  'routedDomain' in destination && typeof destination.routedDomain === 'string' ? destination.routedDomain : undefined;

const isAt = ({ destination: { host, port, transport } }: Hop, other: Destination): boolean =>
  host === other.host && port === other.port && transport === other.transport;

/** By domain. */
const routesOf = (configuration: Configuration): ReadonlyMap<string, RouteInForce> =>
  new Map(
    Object.keys(configuration.sipDomains).flatMap((domain) => {
      const route = routeOf(configuration, domain);
      return route === undefined ? [] : [[domain, route] as const];
    }),
  );

/** A server that is added takes nothing away from those that are there. */
function hasLost(before: RouteInForce | undefined, after: RouteInForce | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after;
  if (before.dnsLookup !== after.dnsLookup || before.tlsName !== after.tlsName) return true;
  return !before.hops.every((hop) => after.hops.some((other) => isDeepStrictEqual(hop, other)));
}

/** Who asks the hops whether they are there: by the name that our certificate has. */
const askerHost = ({ gateway, sipDomains }: Configuration): string =>
  gateway.accessEdgeFqdn ?? Object.values(sipDomains).find(({ isDefault }) => isDefault)?.identity ?? 'localhost';
