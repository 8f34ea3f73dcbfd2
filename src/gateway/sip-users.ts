/**
 * All our SIP users together: those of the home server, and those that live on the servers of a route. Which of them somebody
 * is, is for the route of the SIP domain to say, anew for each request: a change takes effect at once.
 */
import type { Configuration } from '../config/configuration.ts';
import { userOf } from '../config/user-lookup.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import { deviceLost } from './device-log.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { HopRoutes } from './hop-routes.ts';
import { type ImSessions, imSessions, type OpenImSession } from './im-sessions.ts';
import { limitEvent } from './limit-event.ts';
import { loopDetected } from './loop-log.ts';
import { nextHopUsers } from './next-hop-users.ts';
import { isLocalDomain } from './policy/partners.ts';
import { domainOfAor, sipUriIn } from './sip/aor.ts';
import { createHomeServer, type HomeServer } from './sip/home/home-server.ts';
import { sourceAsDestination } from './sip/home/own-contact.ts';
import { tagOf } from './sip/name-addr.ts';
import type { IncomingRequest, SipEndpoint } from './sip/sip-endpoint.ts';
import type { SipDoors } from './sip-doors.ts';
import { sipOutcomeOf } from './sip-outcome.ts';
import type { SipPresence } from './sip-presence.ts';
import type { SipTrust } from './sip-trust.ts';

export interface SipUsers {
  handle(incoming: IncomingRequest): void;
  /** Resolves within 128 s; never rejects. */
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly presence: SipPresence;
  readonly home: HomeServer;
  readonly routes: HopRoutes;
  /** IM sessions, those of home server users first. */
  imSessions(): readonly OpenImSession[];
  ackMissing(callId: string, localTag: string): void;
  /** Follows the configuration. @returns Whether users have moved to other servers. */
  reconsider(): boolean;
  /** Begins to end all IM sessions: who has not taken his invitation is not to be called any longer. */
  hangUp(): void;
  close(): Promise<void>;
}

export interface SipUsersOptions {
  readonly endpoint: Pick<SipEndpoint, 'request' | 'sendAck' | 'localAddress'>;
  readonly configuration: () => Configuration;
  readonly ports: GatewayPorts;
  readonly doors: SipDoors;
  readonly trust: SipTrust;
}

export function sipUsers(options: SipUsersOptions): SipUsers {
  const { configuration, doors, ports } = options;
  const routes = new HopRoutes(options);
  const isHome = (domain: string): boolean =>
    isLocalDomain(configuration(), domain) && routes.routeOf(domain) === undefined;
  const home = homeUsers(options, isHome, routes);
  const away = nextHopUsers({
    routes,
    refreshSeconds: () => configuration().gateway.subscriptionRefreshInterval,
    choosesByAccept: () => configuration().gateway.sipPresenceFormat === 'Categories',
    ports,
    trust: options.trust,
    onOutgoing: (request) => doors.onOutgoing(request),
    admit: (invited) => doors.admit(invited),
    onSubscribed: (event) => doors.onSubscribed(event),
    onNews: (ends, news) => doors.onNews(ends, news),
  });
  const isAway = (aor: string): boolean => routes.routeOf(domainOfAor(aor)) !== undefined;
  return {
    handle(incoming) {
      const returned = doors.loops.returned(incoming.request);
      if (returned !== undefined) {
        ports.onEvent(loopDetected('sip', returned, loop));
        return incoming.respond(loop.status);
      }
      const isOfHop = isForHops(incoming, routes) || !Object.keys(configuration().sipDomains).some(isHome);
      (isOfHop ? away : home).handle(incoming);
    },
    deliver: (delivery) => (isAway(delivery.to) ? away : home).deliver(delivery),
    presence: presenceOf({ home: home.presence, away: away.presence }, isAway),
    home: home.server,
    routes,
    imSessions: () => [home, away].flatMap(({ sessions }) => sessions.list()),
    ackMissing(callId, localTag) {
      for (const { sessions } of [home, away]) sessions.ackMissing(callId, localTag);
    },
    reconsider() {
      const hasMoved = routes.reconsider();
      home.server.reconsider();
      away.presence.forget((aor) => hasMoved(domainOfAor(aor)));
      return Object.keys(configuration().sipDomains).some(hasMoved);
    },
    hangUp() {
      for (const { sessions } of [home, away]) void sessions.close();
    },
    async close() {
      routes.close();
      home.server.close();
      await Promise.all([home.sessions.close(), away.close()]);
    },
  };
}

const loop = { status: 482, reason: 'Loop Detected' } as const;

/** The users of a domain speak through its servers alone. Whoever speaks for no domain of ours is for the home server to refuse. */
const isForHops = ({ request: { headers } }: IncomingRequest, routes: HopRoutes): boolean =>
  routes.routeOf(sipUriIn(headers.get('From'))?.host ?? '') !== undefined;

interface HomeUsers {
  handle(incoming: IncomingRequest): void;
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly presence: SipPresence;
  readonly server: HomeServer;
  readonly sessions: ImSessions;
}

function homeUsers(
  { endpoint, configuration, ports, doors, trust }: SipUsersOptions,
  isHome: (domain: string) => boolean,
  routes: HopRoutes,
): HomeUsers {
  const sessions = homeSessions({ endpoint, ports, doors });
  const server = createHomeServer({
    clock: ports.clock,
    ids: ports.ids,
    endpoint,
    isLocalDomain: isHome,
    loops: doors.loops,
    livesElsewhere: (domain) => routes.routeOf(domain) !== undefined,
    user(aor) {
      const user = isHome(domainOfAor(aor)) ? userOf(configuration(), aor) : undefined;
      return user === undefined ? undefined : { credentials: ports.digestSecrets(user) };
    },
    isTrustedPeer: (source) => trust.isListed(source),
    realm: (domain) => domain,
    offerSha256: () => configuration().gateway.sipDigestSha256,
    refreshSeconds: () => configuration().gateway.subscriptionRefreshInterval,
    choosesByAccept: () => configuration().gateway.sipPresenceFormat === 'Categories',
    onGuessing: (met) => ports.onEvent(limitEvent(met, 'sip')),
    onLost: (device) => ports.onEvent(deviceLost(device)),
    onOutgoing: (request) => {
      if (sessions.receive(request, request.aor)) return;
      // Beside sessions there are no dialogs with contacts [RFC 3261 §12.2.2].
      if (tagOf(request.request.headers.get('To')) !== undefined) request.respond(481);
      else doors.onOutgoing(request);
    },
    onPresenceChange: (aor, state) => doors.onPresenceChange(aor, state),
    onSubscribed: (event) => doors.onSubscribed(event),
    onUnsubscribed: () => undefined,
    watchersElsewhere: (aor) => doors.watchersOf(aor),
  });
  return {
    handle: (incoming) => server.handle(incoming),
    deliver: (delivery) =>
      sessions.deliver(delivery, async () => {
        const { status, reason, response } = await server.deliver(delivery);
        return response === undefined ? { status, reason } : sipOutcomeOf(response, ports.onEvent);
      }),
    // The home server tells each change of its users by itself.
    presence: {
      presenceOf: ({ userAor }) => server.presence.presenceOf(userAor),
      notify: (contactAor, userAor, update) => server.presence.notifier.update(contactAor, userAor, update),
      follow: () => undefined,
      unfollow: () => undefined,
      watchersChanged: (userAor, ended) => server.presence.watchersChanged(userAor, ended),
    },
    server,
    sessions,
  };
}

const homeSessions = ({ endpoint, ports, doors }: Pick<SipUsersOptions, 'endpoint' | 'ports' | 'doors'>): ImSessions =>
  imSessions({
    clock: ports.clock,
    endpoint,
    destination: (_userAor, source) => source && sourceAsDestination(source),
    token: (bits) => ports.ids.token(bits),
    answerOf(final) {
      if (final.ok) return final.response;
      if (final.isTooLong === true) return { status: 513, reason: 'Too Long For A Datagram' };
      return { status: final.why === 'timeout' ? 408 : 480, reason: 'Gone' };
    },
    // A device is invited by its user alone: who has several gets each message on all of them.
    mode: () => 'Pager',
    admit: (invited) => doors.admit(invited),
    onOutgoing: (request) => doors.onOutgoing(request),
    onEvent: (event) => ports.onEvent(event),
  });

/** Of each user by the side on which the user is. */
function presenceOf(
  { home, away }: { readonly home: SipPresence; readonly away: SipPresence },
  isAway: (userAor: string) => boolean,
): SipPresence {
  const of = (userAor: string): SipPresence => (isAway(userAor) ? away : home);
  return {
    presenceOf: (ends) => of(ends.userAor).presenceOf(ends),
    notify: (contactAor, userAor, update) => of(userAor).notify(contactAor, userAor, update),
    follow: (ends) => of(ends.userAor).follow(ends),
    // Whoever follows a user that has moved is to be forgotten where the user was.
    unfollow(ends) {
      for (const side of [home, away]) side.unfollow(ends);
    },
    watchersChanged: (userAor, ended) => of(userAor).watchersChanged?.(userAor, ended),
  };
}
