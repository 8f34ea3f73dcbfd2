/** What the running gateway finds when it asks the SIP servers of a domain: each step of each of them, its cause and its remedy. */

import type { Configuration } from '../../config/configuration.ts';
import { globalRoute, routeOf } from '../../config/route-in-force.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ControlHandler } from '../../gateway/service/control-channel.ts';
import type { HopProbe, HopProbeStep } from '../../gateway/sip/hop-probe.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { askGateway } from '../service/ask-gateway.ts';
import { failure, type HopOutcome, success } from './route-hop.ts';

export interface SipHopQuestion {
  /** A SIP domain of ours. */
  readonly domain: string;
  /** In place of those of its route. */
  readonly nextHop?: string | undefined;
  /** For all of it. */
  readonly timeoutMs: number;
}

/** Milliseconds beyond the time limit of a question in which the gateway says that it has passed. */
const graceMs = 5_000;

export const sipHopControl = (gateway: Gateway): Readonly<Record<string, ControlHandler>> => ({
  async 'probe-sip-hops'(parameter): Promise<readonly HopProbe[] | null> {
    const { timeoutMs, ...question } = parameter as SipHopQuestion;
    return (await gateway.probeHops(question, AbortSignal.timeout(timeoutMs))) ?? null;
  },
});

/** @returns Null: the gateway knows no servers of the domain. Its users are at home here, or it is not what the store says. @throws CodedError `ServiceNotRunning` */
export const probeSipHops = async (
  storeFolder: string,
  question: SipHopQuestion,
): Promise<readonly HopProbe[] | null> => {
  const call = { parameter: question, timeoutMs: question.timeoutMs + graceMs };
  return await askGateway(storeFolder, 'probe-sip-hops', call);
};

/** Of a domain that has a route, where the gateway knows none of its servers. */
export const noSipSide = (target: string): HopOutcome =>
  failure(
    { target, detail: 'the gateway asked no server' },
    {
      cause: 'the gateway has no SIP side, or has not loaded the route',
      fix: 'xgw get-service -OutputFormat list',
    },
  );

export const sipHopNames = ['DNS', 'TCP', 'TLS', 'OPTIONS'] as const;
export type SipHopName = (typeof sipHopNames)[number];

const nameOfStep: Readonly<Record<HopProbeStep, SipHopName>> = {
  dns: 'DNS',
  tcp: 'TCP',
  tls: 'TLS',
  options: 'OPTIONS',
};

/** The steps that this server was asked by, as far as it came; the one that failed is the last. */
export function outcomesOfProbe(
  probe: HopProbe,
  configuration: Configuration,
  domain: string,
): readonly (readonly [SipHopName, HopOutcome])[] {
  const steps = Object.entries(nameOfStep) as [HopProbeStep, SipHopName][];
  const passed = steps.filter(([step]) => probe.times[step] !== undefined && step !== probe.failure?.step);
  const good = passed.map(
    ([step, name]) => [name, success({ ...found(step, probe), latencyMs: probe.times[step] })] as const,
  );
  const { failure: trouble } = probe;
  if (trouble === undefined) return good;
  const { hint, fix } = adviceForHop(probe, configuration, domain);
  const broken = failure(
    { target: found(trouble.step, probe).target, detail: hint },
    { cause: visibleText(trouble.reason), fix },
  );
  return [...good, [nameOfStep[trouble.step], broken]];
}

function found(step: HopProbeStep, { hop, host, addresses, tlsName = '', answer }: HopProbe) {
  switch (step) {
    case 'dns':
      return { target: host, detail: addresses.join(', ') };
    case 'tcp':
      return { target: hop, detail: 'connected' };
    case 'tls':
      return { target: tlsName, detail: 'its certificate proves the name' };
    case 'options':
      return { target: hop, detail: answer === undefined ? '' : visibleText(`${answer.status} ${answer.reason}`) };
  }
}

interface Advice {
  readonly hint: string;
  /** A complete command. */
  readonly fix: string;
}

/** What an administrator can do about a server that cannot be used. */
function adviceForHop(probe: HopProbe, configuration: Configuration, domain: string): Advice {
  const { step = 'options', reason = '' } = probe.failure ?? {};
  const identity = routeOf(configuration, domain)?.identity ?? domain;
  if (step === 'tls') return adviceForTls(reason, identity);
  const elsewhere = { fix: setHop(identity, probe) };
  if (step === 'dns')
    return { hint: 'DNS does not say where the next hop is: correct its name, or give an address', ...elsewhere };
  if (step === 'tcp')
    return {
      hint: 'nobody takes connections there: it is down, a firewall stands between, or the port is another',
      ...elsewhere,
    };
  const fix = `xgw get-siproute ${identity} -OutputFormat powershell`;
  if (probe.answer?.status === 503)
    return { hint: 'the server refuses everything now: it is overloaded, drained, or does not know this gateway', fix };
  return { hint: 'the server is reached and says nothing to OPTIONS: it may not know this gateway', fix };
}

const setHop = (identity: string, { hop }: HopProbe): string =>
  identity === globalRoute
    ? `xgw set-xmppgatewayconfiguration -SipNextHop ${shellWord(hop)}`
    : `xgw set-siproute ${identity} -NextHop ${shellWord(hop)}`;

function adviceForTls(reason: string, identity: string): Advice {
  const code = /^([a-z-]+): /.exec(reason)?.[1] ?? '';
  if (['untrusted-root', 'self-signed', 'incomplete-chain'].includes(code))
    return {
      hint: 'the authority of the next hop is not trusted here, or an intermediate is missing',
      fix: 'xgw set-xmppgatewayconfiguration -TrustedRootsPath roots.pem',
    };
  if (code === 'name-mismatch' && identity !== globalRoute)
    return {
      hint: 'its certificate has another name, such as that of its pool: say which one it has to prove',
      fix: `xgw set-siproute ${identity} -TlsName pool.${identity}`,
    };
  if (code !== '')
    return {
      hint: 'the next hop must get a certificate that proves its name',
      fix: `xgw test-federatedpartner -Domain ${identity}`,
    };
  return {
    hint: 'no TLS there, or the next hop does not accept the certificate of this gateway',
    fix: `xgw get-siproute ${identity} -OutputFormat powershell`,
  };
}
