/** Does the way to the SIP servers of one of our domains work? Each server by itself: name, connection, identity, an answer. */
import type { Configuration } from '../config/configuration.ts';
import { globalRoute, routeOf } from '../config/route-in-force.ts';
import type { DomainName } from '../primitives/domain-name.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { failure, type HopOutcome, skipped, success, warning } from './federation-route/route-hop.ts';
import { noSipSide, outcomesOfProbe, probeSipHops, sipHopNames } from './federation-route/sip-hops.ts';
import { serviceState } from './service/service-state.ts';
import { routeWarnings, shownRoutes } from './sip-routes.ts';

const federatedPartnerHops = ['Route', 'Service', ...sipHopNames] as const;
type PartnerHopName = (typeof federatedPartnerHops)[number];

export interface FederatedPartnerTest {
  readonly storeFolder: string;
  readonly configuration: Configuration;
  /** One of our SIP domains. */
  readonly domain: DomainName;
  /** In place of the next hops of its route. */
  readonly proxy: string | undefined;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** The object that cmdlets emit: a hop as those of test-federationroute, and which server it belongs to. */
export interface SipTestHop {
  readonly Domain: string;
  readonly Order: number;
  readonly Name: PartnerHopName;
  /** `fe01.contoso.com:5061;transport=tls`; null before there is one. */
  readonly NextHop: string | null;
  readonly Target: string;
  readonly Result: HopOutcome['result'];
  readonly LatencyMs: number | null;
  readonly Detail: string;
  readonly Cause: string | null;
  readonly Fix: string | null;
  readonly [property: string]: unknown;
}

/** Once the route and the service are good, each of its servers; what comes after a failure is skipped. @throws CodedError `DomainNotLocal`, `ServiceNotRunning` */
export async function testFederatedPartner(test: FederatedPartnerTest): Promise<readonly SipTestHop[]> {
  const { domain, storeFolder, configuration, proxy, timeoutMs } = test;
  refuseForeign(test);
  const before: [PartnerHopName, HopOutcome][] = [['Route', routeOutcome(test)]];
  if (before.every(([, { result }]) => result !== 'Failure'))
    before.push(['Service', await serviceOutcome(storeFolder)]);
  const ours = before.map(([name, outcome]) => hopObject(domain, name, outcome));
  const failed = before.find(([, { result }]) => result === 'Failure');
  if (failed !== undefined) return [...ours, ...skippedAfter(domain, failed[0])];
  const probes = (await probeSipHops(storeFolder, { domain, nextHop: proxy, timeoutMs })) ?? [];
  if (probes.length === 0)
    return [...ours.slice(0, 1), hopObject(domain, 'Service', noSipSide('XMPPGW')), ...skippedAfter(domain, 'Service')];
  return [
    ...ours,
    ...probes.flatMap((probe) => {
      const looked = outcomesOfProbe(probe, configuration, domain);
      const [last] = looked.at(-1) ?? [];
      const isBroken = probe.failure !== undefined && last !== undefined;
      return [
        ...looked.map(([name, outcome]) => hopObject(domain, name, outcome, probe.hop)),
        ...(isBroken ? skippedAfter(domain, last, probe.hop) : []),
      ];
    }),
  ];
}

function refuseForeign({ configuration, domain }: FederatedPartnerTest): void {
  if (Object.hasOwn(configuration.sipDomains, domain)) return;
  throw new CodedError('DomainNotLocal', `${domain} is no SIP domain of this gateway.`, {
    reason: 'this test is about the SIP servers of your own domains; the way to an XMPP partner is another test',
    fix: ['xgw get-sipdomain', `xgw test-federationroute ${shellWord(domain)}`],
    target: domain,
  });
}

function routeOutcome({ configuration, domain, proxy }: FederatedPartnerTest): HopOutcome {
  if (proxy !== undefined) return success({ target: domain, detail: `${proxy}, in place of its route` });
  const route = routeOf(configuration, domain);
  if (route === undefined)
    return failure(
      { target: domain, detail: 'at home here' },
      {
        cause: `${domain} has no next hop: its users register with this gateway`,
        fix: `xgw new-siproute ${domain} -NextHop pool.${domain}:5061`,
      },
    );
  const shown = shownRoutes(configuration)[route.identity];
  const found = { target: route.identity, detail: (shown?.nextHops ?? []).join(', ') };
  const remarks = shown === undefined ? [] : routeWarnings(shown);
  const fix = `xgw get-siproute ${route.identity === globalRoute ? globalRoute : domain}`;
  return remarks.length === 0 ? success(found) : warning(found, { cause: remarks.join('; '), fix });
}

async function serviceOutcome(storeFolder: string): Promise<HopOutcome> {
  const { status } = await serviceState(storeFolder);
  const found = { target: 'XMPPGW', detail: status };
  if (status === 'Running') return success(found);
  return failure(found, { cause: 'the gateway service is not running', fix: 'xgw start-service' });
}

const skippedAfter = (domain: string, failed: PartnerHopName, nextHop?: string): readonly SipTestHop[] =>
  federatedPartnerHops
    .slice(federatedPartnerHops.indexOf(failed) + 1)
    .map((name) => hopObject(domain, name, skipped(`${failed} failed`), nextHop));

const hopObject = (domain: string, name: PartnerHopName, outcome: HopOutcome, nextHop?: string): SipTestHop => ({
  Domain: domain,
  Order: federatedPartnerHops.indexOf(name) + 1,
  Name: name,
  NextHop: nextHop ?? null,
  Target: outcome.target,
  Result: outcome.result,
  LatencyMs: outcome.latencyMs === undefined ? null : Math.round(outcome.latencyMs * 10) / 10,
  Detail: outcome.detail,
  Cause: outcome.cause ?? null,
  Fix: outcome.fix ?? null,
});
