/**
 * The servers of a route: its hops as they are written, or what DNS says they are. Answers are kept for a minute; when DNS is
 * silent, the servers known from before stay, since they may well be up [RFC 8767].
 */
import type { RouteHop, RouteInForce } from '../config/route-in-force.ts';
import type { Clock } from '../primitives/clock.ts';
import type { Result } from '../primitives/result.ts';
import { locatedMs, unlocatedMs } from './sip/hop-limits.ts';
import type { Hop } from './sip/hop-pool.ts';
import type { ServerQuestion, SipServer } from './sip/server-locator.ts';

export interface LocatedHopsOptions {
  readonly clock: Clock;
  /** Never rejects. */
  locate(question: ServerQuestion): Promise<Result<readonly SipServer[], string>>;
}

interface Kept {
  /** Empty while nothing is known. */
  servers: readonly SipServer[];
  problem: string;
  until: number;
  asking?: Promise<void>;
}

type LocatedRoute = Pick<RouteInForce, 'hops' | 'dnsLookup' | 'tlsName'>;

const notAsked = 'DNS has not been asked yet';

export class LocatedHops {
  readonly #options: LocatedHopsOptions;
  readonly #kept = new Map<string, Kept>();
  /** Of routes that DNS has no say in, nothing ever changes. */
  readonly #fixed = new WeakMap<LocatedRoute, readonly Hop[]>();

  constructor(options: LocatedHopsOptions) {
    this.#options = options;
  }

  /** What is known now, in the order in which to try them; of a hop that DNS has not told, why not. */
  known(route: LocatedRoute): readonly Hop[] {
    const fixed = this.#fixed.get(route);
    if (fixed !== undefined) return fixed;
    const hops = route.hops.flatMap((hop) => this.#hopsAt(hop, route));
    if (route.hops.every((hop) => questionAbout(hop, route) === undefined)) this.#fixed.set(route, hops);
    return hops;
  }

  /** The same, after DNS was asked about what is not known, or not for sure any more. Never rejects. */
  async current(route: LocatedRoute): Promise<readonly Hop[]> {
    const fixed = this.#fixed.get(route);
    if (fixed !== undefined) return fixed;
    const questions = route.hops.flatMap((hop) => questionAbout(hop, route) ?? []);
    await Promise.all(questions.map((question) => this.#ask(question)));
    return this.known(route);
  }

  /** Of DNS, as after a change of its servers. */
  forget(): void {
    this.#kept.clear();
  }

  #hopsAt(hop: RouteHop, route: LocatedRoute): readonly Hop[] {
    const question = questionAbout(hop, route);
    // An address proves nothing by itself: the name is asked for only where there is one.
    const tlsName = route.tlsName ?? (question === undefined ? undefined : hop.host);
    const at = ({ host, port, transport }: SipServer): Hop => ({
      name: hopName({ host, port, transport }),
      destination: { transport, host, port, ...(tlsName === undefined ? {} : { tlsName }) },
    });
    if (question === undefined) return [at(hop)];
    const { servers, problem } = this.#kept.get(keyOf(question)) ?? { servers: [], problem: notAsked };
    return servers.length > 0 ? servers.map(at) : [{ ...at(hop), problem }];
  }

  async #ask(question: ServerQuestion): Promise<void> {
    const key = keyOf(question);
    const kept = this.#kept.get(key) ?? { servers: [], problem: notAsked, until: Number.NEGATIVE_INFINITY };
    this.#kept.set(key, kept);
    if (kept.asking === undefined && this.#options.clock.now() < kept.until) return;
    kept.asking ??= this.#locate(question, kept);
    await kept.asking;
  }

  async #locate(question: ServerQuestion, kept: Kept): Promise<void> {
    const { clock, locate } = this.#options;
    const found = await locate(question);
    if (found.ok) kept.servers = found.value;
    else kept.problem = found.error;
    kept.until = clock.now() + (found.ok ? locatedMs : unlocatedMs);
    delete kept.asking;
  }
}

/** `fe01.contoso.com:5061;transport=tls` */
export const hopName = ({ host, port, transport }: SipServer): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port};transport=${transport}`;

/** Nothing where there is nothing to ask: the addresses of a host come with the connection. */
function questionAbout(hop: RouteHop, { dnsLookup }: LocatedRoute): ServerQuestion | undefined {
  if (dnsLookup === 'Host' || hop.namesPort) return undefined;
  return { host: hop.host, transport: hop.namesTransport ? hop.transport : undefined, lookup: dnsLookup };
}

const keyOf = ({ host, transport, lookup }: ServerQuestion): string => `${lookup} ${host} ${transport ?? ''}`;
