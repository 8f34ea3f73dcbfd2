/** The users of a next hop: whatever is for them goes there, and whom it may be that speaks for them is decided here. */
import type { Configuration } from '../config/configuration.ts';
import { parseSipNextHop, type SipNextHop } from '../config/network-address.ts';
import type { Clock } from '../primitives/clock.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { FromSip, RequestFromUser } from './from-sip.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { hopPresence } from './hop-presence.ts';
import { type ImSessions, imSessions } from './im-sessions.ts';
import { isLocalDomain } from './policy/partners.ts';
import type { SubscribedEvent } from './sip/home/notifier.ts';
import { nextHop } from './sip/next-hop.ts';
import type { FinalResponse, IncomingRequest, SipEndpoint } from './sip/sip-endpoint.ts';
import type { PresenceNews } from './sip/subscriber/subscriber.ts';
import type { Source } from './sip/transport.ts';
import type { SipEnds, SipPresence } from './sip-presence.ts';
import type { SipTrust } from './sip-trust.ts';
import { acceptedBodies } from './translation/text-body.ts';
import { randomFraction } from './xmpp/random-fraction.ts';

export interface NextHopUsersOptions {
  readonly endpoint: Pick<SipEndpoint, 'request' | 'sendAck' | 'localAddress'>;
  readonly configuration: () => Configuration;
  readonly ports: Pick<GatewayPorts, 'clock' | 'ids' | 'onEvent'>;
  readonly trust: SipTrust;
  onOutgoing(request: RequestFromUser): void;
  admit: FromSip['admit'];
  onSubscribed(event: SubscribedEvent): void;
  onNews(ends: SipEnds, news: PresenceNews): void;
}

export interface NextHopUsers {
  handle(incoming: IncomingRequest): void;
  readonly sessions: ImSessions;
  /** Resolves within 96 s; never rejects. */
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly presence: SipPresence;
  close(): Promise<void>;
}

export function nextHopUsers(options: NextHopUsersOptions): NextHopUsers {
  const { configuration, ports, trust } = options;
  const destination = (): SipNextHop | undefined => {
    const parsed = parseSipNextHop(configuration().gateway.sipNextHop ?? '');
    return parsed.ok ? parsed.value : undefined;
  };
  const isNews = onceAWhile(ports.clock);
  const isOurs = (domain: string): boolean => isLocalDomain(configuration(), domain);
  const presence = hopPresence({
    clock: ports.clock,
    ids: ports.ids,
    endpoint: options.endpoint,
    destination,
    isLocalDomain: isOurs,
    fraction: () => randomFraction(ports.ids),
    refreshSeconds: () => configuration().gateway.subscriptionRefreshInterval,
    onSubscribed: (event) => options.onSubscribed(event),
    onNews: (ends, news) => options.onNews(ends, news),
  });
  const outcomeOf = (final: FinalResponse): SipOutcome => {
    if (final.ok) return { status: final.response.status, reason: final.response.reason };
    ports.onEvent(unreachable(configuration().gateway.sipNextHop ?? '', final.detail));
    return unanswered[final.why];
  };
  const sessions = hopSessions(options, destination, outcomeOf);
  const hop = nextHop({
    endpoint: options.endpoint,
    destination,
    isLocalDomain: isOurs,
    trust: (source) => trust.trustsAsHop(source, destination()),
    onUntrusted(source, reason) {
      if (isNews(`${source.address} ${reason}`)) ports.onEvent(notTrusted(source, reason));
    },
    accepts: acceptedBodies,
    token: (bits) => ports.ids.token(bits),
    onOutgoing: (request) => options.onOutgoing(request),
    onSession: (incoming, aor) => sessions.receive(incoming, aor),
    onSubscribe: (incoming, watcherAor) => presence.subscribe(incoming, watcherAor),
    onNotify: (incoming) => presence.notified(incoming),
  });
  return {
    handle: (incoming) => hop.handle(incoming),
    sessions,
    deliver: (delivery) => sessions.deliver(delivery, async () => outcomeOf(await hop.deliver(delivery))),
    presence,
    async close() {
      presence.close();
      await sessions.close();
    },
  };
}

const hopSessions = (
  options: NextHopUsersOptions,
  destination: () => SipNextHop | undefined,
  answerOf: (final: FinalResponse) => SipOutcome,
): ImSessions =>
  imSessions({
    clock: options.ports.clock,
    endpoint: options.endpoint,
    destination(source) {
      const place = destination();
      // Back by the hop's connection, while it is open.
      return place && { ...place, connectionId: source?.connectionId };
    },
    token: (bits) => options.ports.ids.token(bits),
    answerOf,
    mode: () => options.configuration().gateway.sipSessionMode,
    admit: (invited) => options.admit(invited),
    onOutgoing: (request) => options.onOutgoing(request),
  });

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
