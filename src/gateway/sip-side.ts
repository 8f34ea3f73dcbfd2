/**
 * The SIP side as the gateway runs it: the embedded home server, or the peer of one next hop, on one endpoint. Which of
 * them, for whom, and whom to trust comes from the configuration in force.
 */
import type { Configuration } from '../config/configuration.ts';
import { userOf } from '../config/user-lookup.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { FromSip, RequestFromUser } from './from-sip.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { type ImSessions, imSessions } from './im-sessions.ts';
import { limitEvent } from './limit-event.ts';
import { nextHopUsers } from './next-hop-users.ts';
import { isLocalDomain } from './policy/partners.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import type { Watcher } from './sip/bodies/watcher-info.ts';
import { createHomeServer, type HomeServer } from './sip/home/home-server.ts';
import type { SubscribedEvent } from './sip/home/notifier.ts';
import { sourceAsDestination } from './sip/home/own-contact.ts';
import { hostLookup } from './sip/host-lookup.ts';
import { createSipEndpoint, type IncomingRequest, type SipEndpoint, type SipEvent } from './sip/sip-endpoint.ts';
import type { PresenceNews } from './sip/subscriber/subscriber.ts';
import type { SipEnds, SipPresence } from './sip-presence.ts';
import { type SipTrust, sipTrust } from './sip-trust.ts';

export interface SipDoors {
  onOutgoing(request: RequestFromUser): void;
  /** Whether a user may begin an IM session. */
  admit: FromSip['admit'];
  onPresenceChange(userAor: string, state: Pidf): void;
  onSubscribed(event: SubscribedEvent): void;
  /** The contacts that see a user of the home server, or ask to. */
  watchersOf(userAor: string): readonly Watcher[];
  /** What a next hop tells of a user, for one contact. */
  onNews(ends: SipEnds, news: PresenceNews): void;
}

export interface SipSide {
  readonly listeners: readonly ListenerAddress[];
  /** Resolves within 96 s; never rejects. */
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly presence: SipPresence;
  /** The home server; nothing when a next hop owns the users. */
  readonly home: HomeServer | undefined;
  /** What is under way to a user ends undelivered now. */
  abandon(): void;
  close(): Promise<void>;
}

/** @throws CodedError `ListenerInUse`, `ListenerDenied`, `ListenerFailed`; nothing stays open then. */
export async function openSipSide(
  configuration: () => Configuration,
  ports: GatewayPorts,
  doors: SipDoors,
): Promise<SipSide> {
  const { gateway } = configuration();
  const lookup = hostLookup({ clock: ports.clock, servers: () => configuration().gateway.dnsServers });
  const trust = sipTrust({ configuration, ports, lookup });
  const arrived: { handle(incoming: IncomingRequest): void } = { handle: (incoming) => incoming.respond(503) };
  const endpoint = createSipEndpoint({
    clock: ports.clock,
    ids: ports.ids,
    listen: {
      address: gateway.sipListenAddress,
      port: gateway.sipPort,
      tlsPort: gateway.sipTlsPort,
    },
    product: 'xgw',
    tls: () => {
      const certificate = (ports.sipCertificate ?? ports.certificate)();
      return certificate === undefined ? undefined : { key: certificate.key.reveal(), cert: certificate.chain };
    },
    verifyPeer: (chain, name) => trust.proves(chain, name),
    isOurHost: (host) => isLocalDomain(configuration(), host),
    lookup,
    onRequest: (incoming) => arrived.handle(incoming),
    onEvent(event) {
      ports.onEvent(logEventOf(event));
      if (event.type === 'ack-missing') users.sessions.ackMissing(event.callId, event.localTag);
    },
  });
  const users: Users =
    gateway.sipMode === 'HomeServer'
      ? homeUsers(endpoint, configuration, { ports, doors, trust })
      : nextHopUsers({
          endpoint,
          configuration,
          ports,
          trust,
          onOutgoing: (request) => doors.onOutgoing(request),
          admit: (invited) => doors.admit(invited),
          onSubscribed: (event) => doors.onSubscribed(event),
          onNews: (ends, news) => doors.onNews(ends, news),
        });
  arrived.handle = (incoming) => users.handle(incoming);
  const listeners = await endpoint.listen();
  return {
    listeners,
    deliver: (delivery) => users.deliver(delivery),
    presence: users.presence,
    home: users.home,
    abandon: () => endpoint.abandonRequests(),
    async close() {
      await users.close();
      await endpoint.close();
    },
  };
}

interface Users {
  handle(incoming: IncomingRequest): void;
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly presence: SipPresence;
  readonly home?: HomeServer;
  readonly sessions: ImSessions;
  close(): Promise<void>;
}

interface Around {
  readonly ports: GatewayPorts;
  readonly doors: SipDoors;
  readonly trust: SipTrust;
}

function homeUsers(endpoint: SipEndpoint, configuration: () => Configuration, { ports, doors, trust }: Around): Users {
  const sessions = imSessions({
    clock: ports.clock,
    endpoint,
    destination: (source) => source && sourceAsDestination(source),
    token: (bits) => ports.ids.token(bits),
    answerOf: (final) => (final.ok ? final.response : { status: final.why === 'timeout' ? 408 : 480, reason: 'Gone' }),
    // A device is invited by its user alone: who has several gets each message on all of them.
    mode: () => 'Pager',
    admit: (invited) => doors.admit(invited),
    onOutgoing: (request) => doors.onOutgoing(request),
  });
  const home = createHomeServer({
    clock: ports.clock,
    ids: ports.ids,
    endpoint,
    isLocalDomain: (domain) => isLocalDomain(configuration(), domain),
    user(aor) {
      const user = userOf(configuration(), aor);
      return user === undefined ? undefined : { credentials: ports.digestSecrets(user) };
    },
    isTrustedPeer: (source) => trust.isListed(source),
    realm: (domain) => domain,
    offerSha256: () => configuration().gateway.sipDigestSha256,
    refreshSeconds: () => configuration().gateway.subscriptionRefreshInterval,
    onGuessing: (met) => ports.onEvent(limitEvent(met, 'sip')),
    onOutgoing: (request) => {
      if (!sessions.receive(request, request.aor)) doors.onOutgoing(request);
    },
    onPresenceChange: (aor, state) => doors.onPresenceChange(aor, state),
    onSubscribed: (event) => doors.onSubscribed(event),
    onUnsubscribed: () => undefined,
    watchersElsewhere: (aor) => doors.watchersOf(aor),
  });
  return {
    handle: (incoming) => home.handle(incoming),
    sessions,
    deliver: (delivery) => sessions.deliver(delivery, () => home.deliver(delivery)),
    // The home server tells each change of its users by itself.
    presence: {
      presenceOf: ({ userAor }) => home.presence.presenceOf(userAor),
      notify: (contactAor, userAor, update) => home.presence.notifier.update(contactAor, userAor, update),
      follow: () => undefined,
      unfollow: () => undefined,
      watchersChanged: (userAor, ended) => home.presence.watchersChanged(userAor, ended),
    },
    home,
    async close() {
      home.close();
      await sessions.close();
    },
  };
}

function logEventOf(event: SipEvent): LogEvent {
  switch (event.type) {
    case 'received':
    case 'sent': {
      const { message } = event;
      const what = message.kind === 'request' ? message.method : `${message.status} ${message.reason}`;
      return sipEvent('SipMessage', 'trace', `${event.type} ${what}, ${event.transport} ${event.peer}`);
    }
    case 'malformed':
      return sipEvent('SipMalformed', 'debug', `malformed message from ${event.peer}: ${event.reason}`);
    case 'connection-refused':
      return sipEvent('SipConnectionRefused', 'warn', `connection of ${event.peer} refused: ${event.reason}`);
    case 'send-failed':
      return sipEvent('SipSendFailed', 'warn', `${event.peer} could not be sent to: ${event.reason}`);
    case 'stray-response':
      return sipEvent('SipStrayResponse', 'debug', `a response of ${event.peer} fits no request`);
    default:
      return sipEvent('SipAckMissing', 'info', `no ACK came for ${event.callId}`);
  }
}

const sipEvent = (id: string, level: LogEvent['level'], message: string): LogEvent => ({
  id,
  level,
  component: 'sip',
  message,
});
