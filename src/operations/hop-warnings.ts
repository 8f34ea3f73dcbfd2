/** What an administrator should know of the SIP servers behind the gateway: which are down, and which users nobody serves. */
import { globalRoute } from '../config/route-in-force.ts';
import type { HopStatus } from '../gateway/gateway-status.ts';

/** One sentence for each hop that is down, and first one for each route of which no hop is left. */
export function hopWarnings(hops: readonly HopStatus[]): readonly string[] {
  const routes = new Set(hops.map(({ route }) => route));
  const dead = [...routes].filter((route) => hops.every((hop) => hop.route !== route || hop.state === 'Down'));
  return [
    ...dead.map((route) => `No next hop of ${nameOf(route)} works: nothing reaches its users.`),
    ...new Set(hops.flatMap((hop) => (hop.state === 'Down' ? [downSentence(hop)] : []))),
  ];
}

const nameOf = (route: string): string => (route === globalRoute ? 'the Global route' : `the route ${route}`);

const downSentence = ({ hop, since, reason = 'it does not answer' }: HopStatus): string =>
  `The next hop ${hop} is down${since === undefined ? '' : ` since ${since}`}: ${reason}.`;
