/** What cmdlets may ask of the running gateway beside its status and its end: one method each, by name. All answers are plain data. */

import type { Gateway } from '../../gateway/gateway.ts';
import type { PingOutcome, PingRequest } from '../../gateway/pings.ts';
import type { ControlHandler } from '../../gateway/service/control-channel.ts';
import type { ProbeReport } from '../../gateway/xmpp/s2s-probe.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { contactControl } from '../contact-control.ts';
import { sipHopControl } from '../federation-route/sip-hops.ts';
import { queueControl } from '../queued-messages.ts';
import { sipControl } from '../sip-control.ts';
import { sendTestMessage, type TestMessage } from '../test-message.ts';

/** Between our domain and a partner's; the milliseconds are for all of it. */
export type RouteQuestion = PingRequest;

export interface Disconnection {
  /** Ids of streams. */
  readonly ids: readonly string[];
  readonly reason: string;
}

/** What is forgotten: the servers of one domain, or without it those of all. */
export interface DnsCacheClearing {
  readonly domain?: string;
}

/** One chain that a partner showed, and where. */
export interface ShownChain {
  readonly stream: string;
  readonly domain: DomainName;
  /** DER in base64, leaf first. */
  readonly chain: readonly string[];
  /** The identifier that matched, or why the certificate proves nothing. */
  readonly verdict:
    | { readonly ok: true; readonly identity: string }
    | { readonly ok: false; readonly reason: string; readonly detail: string };
}

export function gatewayControl(gateway: Gateway): Readonly<Record<string, ControlHandler>> {
  return {
    'test-message': (parameter) => sendTestMessage(gateway, parameter as TestMessage),
    sessions: () => gateway.sessions(),
    'disconnect-sessions'(parameter): readonly string[] {
      const { ids, reason } = parameter as Disconnection;
      return ids.filter((id) => gateway.streams.disconnectStream(id, reason));
    },
    'clear-dns-cache'(parameter) {
      const { domain } = parameter as DnsCacheClearing;
      gateway.streams.clearDnsCache(domain);
      gateway.streams.resetBackoff(domain);
      gateway.queue.retry(domain);
    },
    'peer-certificates': () => shownChains(gateway),
    'probe-partner'(parameter): Promise<ProbeReport> {
      const { local, remote, timeoutMs } = parameter as RouteQuestion;
      return gateway.streams.probe({ local, remote }, AbortSignal.timeout(timeoutMs));
    },
    ...contactControl(gateway),
    ...queueControl(gateway),
    ...sipHopControl(gateway),
    ...sipControl(gateway),
    'ping-partner': (parameter): Promise<PingOutcome> => gateway.ping(parameter as RouteQuestion),
  };
}

const shownChains = (gateway: Gateway): readonly ShownChain[] =>
  gateway.streams.peerCertificates().map(({ stream, remoteDomain, chain, verdict }) => ({
    stream,
    domain: remoteDomain,
    chain: chain.map((der) => der.toString('base64')),
    verdict,
  }));
