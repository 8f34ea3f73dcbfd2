/** Why can we, or can we not, talk to a domain? Every hop in order; the first that fails says why, and what to do. */
import type { Configuration } from '../config/configuration.ts';
import { userDomain } from '../config/user-identity.ts';
import type { DomainName } from '../primitives/domain-name.ts';
import { CodedError, isCodedError } from '../primitives/errors.ts';
import { certificateHop } from './federation-route/certificate-hop.ts';
import { dialHopNames, dialHops, inboundHop, pingHop, serviceHop } from './federation-route/live-hops.ts';
import { configurationHop, policyHop } from './federation-route/policy-hops.ts';
import {
  failure,
  type HopName,
  type HopOutcome,
  hopNames,
  type Route,
  type RoutePart,
  skipped,
} from './federation-route/route-hop.ts';
import { nextHopHop, userHop } from './federation-route/user-hops.ts';
import { matchingNames } from './named-objects.ts';
import { isPattern } from './wildcard.ts';

const offline: readonly RoutePart[] = [
  { names: ['Configuration'], look: (route) => [configurationHop(route)] },
  { names: ['Policy'], look: (route) => [policyHop(route)] },
  { names: ['Certificate'], look: (route) => [certificateHop(route)] },
];
const live: readonly RoutePart[] = [
  { names: ['Service'], look: async (route) => [await serviceHop(route)] },
  { names: dialHopNames, look: dialHops },
  { names: ['Ping'], look: async (route) => [await pingHop(route)] },
  { names: ['Inbound'], look: async (route) => [await inboundHop(route)] },
  { names: ['NextHop'], look: async (route) => [await nextHopHop(route)] },
];
/** Only where one is named. */
const ofUser: RoutePart = { names: ['User'], look: async (route) => [await userHop(route)] };

const partsOf = ({ user }: Route, options: RouteOptions): readonly RoutePart[] => {
  if (options.offline) return offline;
  return [...offline, ...live, ...(user === undefined ? [] : [ofUser])];
};

/** The object that cmdlets emit. */
export interface TestHop {
  readonly Domain: string;
  readonly Order: number;
  readonly Name: HopName;
  readonly Target: string;
  readonly Result: HopOutcome['result'];
  readonly LatencyMs: number | null;
  readonly Detail: string;
  readonly Cause: string | null;
  readonly Fix: string | null;
  readonly [property: string]: unknown;
}

export interface RouteOptions {
  readonly offline: boolean;
  /** Nothing is listed after a failure; otherwise the rest is listed as skipped. */
  readonly stopAtFirstFailure: boolean;
}

/** Each hop as soon as it is known. */
export async function* testFederationRoute(route: Route, options: RouteOptions): AsyncGenerator<TestHop> {
  let failed: HopName | undefined;
  for (const part of partsOf(route, options)) {
    const outcomes = failed === undefined ? await lookAt(part, route) : [];
    for (const [index, name] of part.names.entries()) {
      const outcome = outcomes[index] ?? skipped(`${failed ?? name} failed`);
      yield hopObject(route.domain, name, outcome);
      if (outcome.result !== 'Failure') continue;
      failed = name;
      if (options.stopAtFirstFailure) return;
    }
  }
}

/** What keeps us from looking is a failure of the hop. */
async function lookAt(part: RoutePart, route: Route): Promise<readonly HopOutcome[]> {
  try {
    return await part.look(route);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const { message, reason, fix, target = '' } = error;
    const cause = reason === undefined ? message : `${message} ${reason}`;
    return [failure({ target, detail: error.id }, { cause, fix: fix[0] ?? 'xgw get-eventlog -Tail 20' })];
  }
}

const hopObject = (domain: string, name: HopName, outcome: HopOutcome): TestHop => ({
  Domain: domain,
  Order: hopNames.indexOf(name) + 1,
  Name: name,
  Target: outcome.target,
  Result: outcome.result,
  // A tenth of a millisecond is as much as means anything.
  LatencyMs: outcome.latencyMs === undefined ? null : Math.round(outcome.latencyMs * 10) / 10,
  Detail: outcome.detail,
  Cause: outcome.cause ?? null,
  Fix: outcome.fix ?? null,
});

/** The domains a name or a pattern means: a pattern stands for partners, a name for itself, partner or not. */
export const routeDomains = ({ federatedPartners }: Configuration, domain: string): readonly string[] =>
  isPattern(domain) ? matchingNames(federatedPartners, domain) : [domain];

/** Our domain that the test speaks from: the user's, else the default one. @throws CodedError `SipDomainMissing`, `DomainNotLocal` */
export function localDomainFor({ sipDomains }: Configuration, user: string | undefined): DomainName {
  const all = Object.values(sipDomains);
  const wanted = user === undefined ? undefined : userDomain(user);
  const found = all.find(({ identity, isDefault }) => (wanted === undefined ? isDefault : identity === wanted));
  if (found !== undefined) return found.identity;
  if (all.length === 0)
    throw new CodedError('SipDomainMissing', 'No SIP domain is configured.', { fix: 'xgw new-sipdomain contoso.com' });
  throw new CodedError('DomainNotLocal', `${user ?? ''} is in none of your SIP domains.`, {
    fix: 'xgw get-sipdomain',
    target: user,
  });
}
