/** The users of next hops: whatever is for them goes there, and whom it may be that speaks for them is decided here. */
import type { Clock } from '../primitives/clock.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import { randomFraction } from '../primitives/random-fraction.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { FromSip, RequestFromUser } from './from-sip.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { type HopPresence, hopPresence } from './hop-presence.ts';
import type { HopRoutes } from './hop-routes.ts';
import { type ImSessions, imSessions } from './im-sessions.ts';
import { hopName } from './located-hops.ts';
import { nextHopUnreachable } from './next-hop-log.ts';
import { domainOfAor } from './sip/aor.ts';
import type { SubscribedEvent } from './sip/home/notifier.ts';
import { isUntaken } from './sip/hop-pool.ts';
import { nextHop } from './sip/next-hop.ts';
import type { FinalResponse, IncomingRequest } from './sip/sip-endpoint.ts';
import type { PresenceNews } from './sip/subscriber/subscriber.ts';
import type { Source } from './sip/transport.ts';
import { diagnosing, sipOutcomeOf } from './sip-outcome.ts';
import type { SipEnds } from './sip-presence.ts';
import type { SipTrust } from './sip-trust.ts';
import { acceptedBodies } from './translation/text-body.ts';

export interface NextHopUsersOptions {
  readonly routes: HopRoutes;
  /** Seconds a subscription is asked for. */
  refreshSeconds(): number;
  /** A device that reads several presence formats gets the one it names first. Default: PIDF. */
  choosesByAccept?(): boolean;
  readonly ports: Pick<GatewayPorts, 'clock' | 'ids' | 'onEvent'>;
  readonly trust: Pick<SipTrust, 'trustsAsHop'>;
  onOutgoing(request: RequestFromUser): void;
  admit: FromSip['admit'];
  onSubscribed(event: SubscribedEvent): void;
  onNews(ends: SipEnds, news: PresenceNews): void;
}

export interface NextHopUsers {
  handle(incoming: IncomingRequest): void;
  readonly sessions: ImSessions;
  /** Resolves within 128 s; never rejects. */
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly presence: HopPresence;
  close(): Promise<void>;
}

export function nextHopUsers(options: NextHopUsersOptions): NextHopUsers {
  const { routes, ports, trust } = options;
  const { endpoint } = routes;
  const isNews = onceAWhile(ports.clock);
  const isRouted = (domain: string): boolean => routes.routeOf(domain) !== undefined;
  const presence = hopPresence({
    clock: ports.clock,
    ids: ports.ids,
    endpoint: diagnosing(endpoint, ports.onEvent),
    destination: (userAor, source) => routes.destination(userAor, source),
    isLocalDomain: isRouted,
    fraction: () => randomFraction(ports.ids),
    refreshSeconds: () => options.refreshSeconds(),
    choosesByAccept: () => options.choosesByAccept?.() ?? false,
    onSubscribed: (event) => options.onSubscribed(event),
    onNews: (ends, news) => options.onNews(ends, news),
  });
  const outcomeOf = (final: FinalResponse): SipOutcome => {
    if (!final.ok && final.isTooLong === true) return { status: 513, reason: 'Too Long For A Datagram' };
    const told = final.ok ? sipOutcomeOf(final.response, ports.onEvent) : undefined;
    // A 503 is about the server, not about the user: it comes here when no other one had a better answer.
    if (told !== undefined && told.status !== 503) return told;
    const reason = final.ok ? `it answers ${final.response.status} ${final.response.reason}` : final.detail;
    ports.onEvent(nextHopUnreachable(final.peer === undefined ? '' : hopName(final.peer), reason));
    return { ...told, ...unanswered[final.ok ? 'transport' : final.why] };
  };
  const sessions = hopSessions(options, outcomeOf);
  const hop = nextHop({
    endpoint,
    destination: (userAor) => routes.destination(userAor),
    isLocalDomain: isRouted,
    async trust(source, domain) {
      const hops = await routes.hopsFor(domain);
      return trust.trustsAsHop(
        source,
        hops.map(({ destination }) => destination),
      );
    },
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
  { routes, ports, ...options }: NextHopUsersOptions,
  answerOf: (final: FinalResponse) => SipOutcome,
): ImSessions =>
  imSessions({
    clock: ports.clock,
    endpoint: routes.endpoint,
    destination: (userAor, source) => routes.destination(userAor, source),
    token: (bits) => ports.ids.token(bits),
    answerOf: (final) => (isStranded(final) ? sessionGone : answerOf(final)),
    mode: (userAor) => routes.routeOf(domainOfAor(userAor))?.sessionMode ?? 'Pager',
    admit: (invited) => options.admit(invited),
    onOutgoing: (request) => options.onOutgoing(request),
    onEvent: (event) => ports.onEvent(event),
  });

/** A request inside a session whose hop has certainly not taken it: only another session can carry it, by another hop. */
const isStranded = (final: FinalResponse): boolean => final.peer === undefined && isUntaken(final);

const sessionGone: SipOutcome = { status: 481, reason: 'Next Hop Of The Session Is Down' };

/**
 * A hop that cannot be reached is an administrator's matter, and may be over soon: to the sender it is a server that did not
 * answer, whatever the reason.
 */
const unanswered: Readonly<Record<Extract<FinalResponse, { ok: false }>['why'], SipOutcome>> = {
  timeout: { status: 408, reason: 'Next Hop Does Not Answer' },
  transport: { status: 504, reason: 'Next Hop Cannot Be Reached' },
};

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
