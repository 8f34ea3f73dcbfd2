/** The last hops, behind the gateway: the SIP servers of the user's domain, and the user. */
import { routeOf } from '../../config/route-in-force.ts';
import type { HopProbe } from '../../gateway/sip/hop-probe.ts';
import { canonicalAddress } from '../contacts.ts';
import { type Registration, sipRegistrationsNow } from '../sip-control.ts';
import { failure, type HopOutcome, type Route, success, warning } from './route-hop.ts';
import { noSipSide, outcomesOfProbe, probeSipHops } from './sip-hops.ts';

/** @throws CodedError `ServiceNotRunning` when the gateway has ended meanwhile. */
export async function nextHopHop(route: Route): Promise<HopOutcome> {
  const { storeFolder, local, timeoutMs } = route;
  return outcomeOfHops(await probeSipHops(storeFolder, { domain: local, timeoutMs }), route);
}

/** One server that works is enough; the others are worth a warning. */
export function outcomeOfHops(probes: readonly HopProbe[] | null, { configuration, local }: Route): HopOutcome {
  const isAtHome = routeOf(configuration, local) === undefined;
  if (probes === null)
    return isAtHome ? success({ target: local, detail: 'the users are at home here' }) : noSipSide(local);
  const ends = probes.map((probe) => outcomesOfProbe(probe, configuration, local).at(-1)?.[1]);
  const target = probes.map(({ hop }) => hop).join(', ');
  const works = ends.find((end) => end?.result === 'Success');
  const broken = ends.find((end) => end?.result === 'Failure');
  const test = `xgw test-federatedpartner -Domain ${local}`;
  if (works === undefined) {
    const { cause = 'the route has no next hop', detail = '', fix = test } = broken ?? {};
    return failure({ target, detail }, { cause, fix });
  }
  const found = { target, detail: works.detail, latencyMs: works.latencyMs };
  if (broken === undefined) return success(found);
  return warning(found, { cause: `${broken.target}: ${broken.cause ?? ''}`, fix: test });
}

export async function userHop(route: Route): Promise<HopOutcome> {
  return outcomeOfUser(await sipRegistrationsNow(route.storeFolder), route);
}

/** Whether somebody is there to read: policy has been asked long before. */
export function outcomeOfUser(registrations: readonly Registration[], route: Route): HopOutcome {
  const { configuration, local, user = '' } = route;
  const target = canonicalAddress(user);
  const behind = routeOf(configuration, local);
  if (behind !== undefined) return success({ target, detail: `lives on the servers of the route ${behind.identity}` });
  const devices = registrations.filter(({ aor }) => aor === target).length;
  if (devices > 0) return success({ target, detail: `${devices} registered ${devices === 1 ? 'device' : 'devices'}` });
  return warning(
    { target, detail: 'offline' },
    {
      cause: 'no device of the user is registered, so that what is sent to the user comes back',
      fix: 'xgw get-sipregistration',
    },
  );
}
