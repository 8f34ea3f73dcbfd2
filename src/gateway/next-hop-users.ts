/** The users of a next hop: whatever is for them goes there, and whom it may be that speaks for them is decided here. */
import type { Configuration } from '../config/configuration.ts';
import { parseSipNextHop, type SipNextHop } from '../config/network-address.ts';
import type { Clock } from '../primitives/clock.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { RequestFromUser } from './from-sip.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { isLocalDomain } from './policy/partners.ts';
import { nextHop } from './sip/next-hop.ts';
import type { FinalResponse, IncomingRequest, SipEndpoint } from './sip/sip-endpoint.ts';
import type { Source } from './sip/transport.ts';
import type { SipTrust } from './sip-trust.ts';
import { acceptedBodies } from './translation/text-body.ts';

export interface NextHopUsersOptions {
  readonly endpoint: Pick<SipEndpoint, 'request'>;
  readonly configuration: () => Configuration;
  readonly ports: Pick<GatewayPorts, 'clock' | 'ids' | 'onEvent'>;
  readonly trust: SipTrust;
  onOutgoing(request: RequestFromUser): void;
}

export interface NextHopUsers {
  handle(incoming: IncomingRequest): void;
  /** Resolves within 32 s; never rejects. */
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
}

export function nextHopUsers(options: NextHopUsersOptions): NextHopUsers {
  const { configuration, ports, trust } = options;
  const destination = (): SipNextHop | undefined => {
    const parsed = parseSipNextHop(configuration().gateway.sipNextHop ?? '');
    return parsed.ok ? parsed.value : undefined;
  };
  const isNews = onceAWhile(ports.clock);
  const hop = nextHop({
    endpoint: options.endpoint,
    destination,
    isLocalDomain: (domain) => isLocalDomain(configuration(), domain),
    trust: (source) => trust.trustsAsHop(source, destination()),
    onUntrusted(source, reason) {
      if (isNews(`${source.address} ${reason}`)) ports.onEvent(notTrusted(source, reason));
    },
    accepts: acceptedBodies,
    token: (bits) => ports.ids.token(bits),
    onOutgoing: (request) => options.onOutgoing(request),
  });
  return {
    handle: (incoming) => hop.handle(incoming),
    async deliver(delivery) {
      const final = await hop.deliver(delivery);
      if (final.ok) return { status: final.response.status, reason: final.response.reason };
      ports.onEvent(unreachable(configuration().gateway.sipNextHop ?? '', final.detail));
      return unanswered[final.why];
    },
  };
}

/**
 * A hop that cannot be reached is an administrator's matter, and may be over soon: to the sender it is a server that did not
 * answer, whatever the reason.
 */
const unanswered: Readonly<Record<Extract<FinalResponse, { ok: false }>['why'], SipOutcome>> = {
  timeout: { status: 408, reason: 'Next Hop Does Not Answer' },
  transport: { status: 504, reason: 'Next Hop Cannot Be Reached' },
};

const unreachable = (hop: string, reason: string): LogEvent => ({
  id: 'NextHopUnreachable',
  level: 'warn',
  component: 'sip',
  message: `the next hop ${hop} cannot be reached: ${reason}`,
  facts: { nextHop: hop, reason },
});

const notTrusted = ({ transport, address, port }: Source, reason: string): LogEvent => ({
  id: 'SipPeerNotTrusted',
  level: 'warn',
  component: 'sip',
  message: `${address} is refused, it is not trusted: ${reason}`,
  facts: { address, port, transport, reason, fix: `xgw set-xmppgatewayconfiguration -TrustedSipPeers +${address}` },
});

/** Milliseconds the same news is not told again, and how many are remembered: strangers knock as often as they like. */
const repeatMs = 60_000;
const maxNews = 1000;

function onceAWhile(clock: Clock): (news: string) => boolean {
  const told = new Map<string, number>();
  return (news) => {
    const before = told.get(news);
    if (before !== undefined && clock.now() - before < repeatMs) return false;
    if (told.size >= maxNews) told.clear();
    told.set(news, clock.now());
    return true;
  };
}
