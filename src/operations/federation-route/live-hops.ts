/** What the running gateway finds on a route: one dial for the hops out, one ping for the way there and back, the streams that came in. */

import { partnerOf } from '../../config/partner-lookup.ts';
import type { PingOutcome } from '../../gateway/pings.ts';
import type { DialStep } from '../../gateway/xmpp/s2s-event.ts';
import type { ProbeReport } from '../../gateway/xmpp/s2s-probe.ts';
import { adviceForDial } from '../federation-advice.ts';
import { askGateway } from '../service/ask-gateway.ts';
import type { RouteQuestion } from '../service/gateway-control.ts';
import { hostPort } from '../service/service-object.ts';
import { serviceState } from '../service/service-state.ts';
import { type XmppSession, xmppSessions } from '../xmpp-sessions.ts';
import { failure, type HopName, type HopOutcome, type Route, skipped, success, warning } from './route-hop.ts';

/** Milliseconds beyond the time limit of a question in which the gateway says that it has passed. */
const graceMs = 5_000;

/** Does the gateway run, on this revision, and listen for partners? */
export async function serviceHop({ storeFolder, configuration }: Route): Promise<HopOutcome> {
  const began = performance.now();
  const state = await serviceState(storeFolder);
  const latencyMs = performance.now() - began;
  const target = 'XMPPGW';
  if (state.status !== 'Running')
    return failure(
      { target, detail: state.status },
      { cause: 'the gateway service is not running', fix: 'xgw start-service' },
    );
  const { loadedRevision, listeners, warnings } = state.gateway;
  const listening = listeners.filter(({ protocol }) => protocol.startsWith('xmpp'));
  const detail = `revision ${loadedRevision}, ${listening.map(({ address, port }) => hostPort(address, port)).join(', ')}`;
  const found = { target, detail, latencyMs };
  if (listening.length === 0)
    return failure(found, {
      cause: warnings[0] ?? 'no XMPP listener is configured, so no partner can answer',
      fix: 'xgw set-xmppgatewayconfiguration -XmppPort 5269',
    });
  if (loadedRevision !== configuration.revision)
    return warning(found, {
      cause: `the store has revision ${configuration.revision}, and the gateway has not loaded it`,
      fix: 'xgw get-eventlog -Level error -Tail 5',
    });
  return success(found);
}

export const dialHopNames = ['DNS', 'TCP', 'Stream', 'PeerCertificate', 'Authentication'] as const satisfies HopName[];

/** @throws CodedError `ServiceNotRunning` when the gateway has ended meanwhile. */
export async function dialHops(route: Route): Promise<readonly HopOutcome[]> {
  return outcomesOfDial((await ask(route, 'probe-partner')) as ProbeReport, route);
}

/** The hop at which a dial that fails at this step ends. Policy is asked before anything is looked up. */
export const hopOfStep: Readonly<Record<DialStep, (typeof dialHopNames)[number]>> = {
  policy: 'DNS',
  dns: 'DNS',
  tcp: 'TCP',
  stream: 'Stream',
  tls: 'Stream',
  certificate: 'PeerCertificate',
  sasl: 'Authentication',
  dialback: 'Authentication',
  established: 'Authentication',
};

/** One outcome for each hop that the dial reached, the failing one last. */
export function outcomesOfDial(report: ProbeReport, route: Route): readonly HopOutcome[] {
  const all = [
    dnsOutcome(report, route),
    tcpOutcome(report),
    streamOutcome(report),
    peerCertificateOutcome(report, route),
    authenticationOutcome(report),
  ];
  if (report.failure === undefined) return all;
  const { step, code, reason } = report.failure;
  const failed = step === 'policy' && report.stream !== undefined ? 'Authentication' : hopOfStep[step];
  const index = dialHopNames.indexOf(failed);
  const { target = '' } = all[index] ?? {};
  const advice = adviceForDial({ ...troubleOf(route), step, code });
  const broken = failure({ target, detail: advice.hint }, { cause: reason, fix: advice.fix });
  return [...all.slice(0, index), broken];
}

const troubleOf = ({ configuration, domain, local }: Route) => ({
  partner: partnerOf(configuration, domain)?.identity ?? domain,
  domain,
  localDomain: local,
});

/** Addresses that are listed; a domain with more of them is no clearer for the rest. */
const shownEndpoints = 4;

function dnsOutcome({ endpoints, times }: ProbeReport, { domain, configuration }: Route): HopOutcome {
  const proxy = partnerOf(configuration, domain)?.proxyFqdn;
  const shown = endpoints
    .slice(0, shownEndpoints)
    .map(({ host, address, port, directTls }) => `${host} ${hostPort(address, port)}${directTls ? ' direct TLS' : ''}`);
  const more = endpoints.length > shownEndpoints ? [`and ${endpoints.length - shownEndpoints} more`] : [];
  const target = proxy ?? `_xmpp-server._tcp.${domain}`;
  return success({ target, detail: [...shown, ...more].join(', '), latencyMs: times.dns });
}

function tcpOutcome({ stream, endpoints, times }: ProbeReport): HopOutcome {
  const [first] = endpoints;
  const tried = first === undefined ? '' : hostPort(first.address, first.port);
  const target = stream === undefined ? tried : hostPort(stream.peerAddress, stream.peerPort);
  return success({ target, detail: 'connected', latencyMs: times.tcp });
}

function streamOutcome({ stream, times }: ProbeReport): HopOutcome {
  const target = stream?.remoteDomain ?? '';
  const detail = stream?.tls === undefined ? 'in clear' : `${stream.tls.protocol}, ${stream.tls.cipher}`;
  return success({ target, detail, latencyMs: times.stream });
}

/** A certificate that proves nothing is no failure where dialback may take its place. */
function peerCertificateOutcome({ verdict, stream }: ProbeReport, route: Route): HopOutcome {
  const target = stream?.remoteDomain ?? '';
  if (verdict === undefined) return skipped('the stream is in clear: there is none', target);
  if (verdict.ok) return success({ target, detail: verdict.identity });
  const { fix } = adviceForDial({ ...troubleOf(route), step: 'certificate', code: verdict.reason });
  return warning({ target, detail: verdict.reason }, { cause: verdict.detail, fix });
}

function authenticationOutcome({ stream, times }: ProbeReport): HopOutcome {
  return success({
    target: stream?.remoteDomain ?? '',
    detail: stream?.method ?? '',
    latencyMs: times.authentication,
  });
}

export async function pingHop(route: Route): Promise<HopOutcome> {
  return outcomeOfPing((await ask(route, 'ping-partner')) as PingOutcome, route);
}

export function outcomeOfPing(outcome: PingOutcome, { domain, local }: Route): HopOutcome {
  const fix = `xgw get-xmppfederationfailure ${domain}`;
  switch (outcome.type) {
    case 'answered':
      return success({
        target: domain,
        detail: outcome.error === undefined ? 'answered' : `answered with ${outcome.error}`,
        latencyMs: outcome.roundTripMs,
      });
    case 'undelivered':
      return failure({ target: domain, detail: 'not sent' }, { cause: outcome.reason, fix });
    default:
      return failure(
        { target: domain, detail: 'no answer' },
        {
          cause: `${domain} took the ping and did not answer: it answers on a stream of its own, for which it must find _xmpp-server._tcp.${local} in DNS, reach this gateway and believe it`,
          fix,
        },
      );
  }
}

export async function inboundHop(route: Route): Promise<HopOutcome> {
  const selection = { domain: route.domain, direction: 'Inbound' } as const;
  return outcomeOfInbound(await xmppSessions(route.storeFolder, selection), route);
}

export function outcomeOfInbound(sessions: readonly XmppSession[], { domain, local }: Route): HopOutcome {
  const session = sessions.find(({ authenticated }) => authenticated.includes(domain));
  if (session !== undefined) {
    const from = hostPort(session.peerAddress, session.peerPort);
    return success({ target: from, detail: `${domain} authenticated by ${session.method ?? ''}` });
  }
  return warning(
    { target: local, detail: 'no stream now' },
    {
      cause: `${domain} has opened no stream that is authenticated; it must find _xmpp-server._tcp.${local} in DNS, with a listener of this gateway behind it`,
      fix: 'xgw get-service -ExpandProperty Listeners',
    },
  );
}

async function ask({ storeFolder, local, domain, timeoutMs }: Route, method: string): Promise<unknown> {
  const parameter: RouteQuestion = { local, remote: domain, timeoutMs };
  return askGateway(storeFolder, method, { parameter, timeoutMs: timeoutMs + graceMs });
}
