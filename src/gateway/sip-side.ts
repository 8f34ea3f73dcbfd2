/**
 * The SIP side as the gateway runs it: the embedded home server, or the peer of one next hop, on one endpoint. Which of
 * them, for whom, and whom to trust comes from the configuration in force.
 */
import { lookup } from 'node:dns/promises';

import { validatePeer } from '../certificates/peer-validation.ts';
import type { Configuration } from '../config/configuration.ts';
import { userOf } from '../config/user-lookup.ts';
import { parseDomainName } from '../primitives/domain-name.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { RequestFromUser } from './from-sip.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { isLocalDomain } from './policy/partners.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import { createHomeServer, type HomeServer } from './sip/home/home-server.ts';
import type { SubscribedEvent } from './sip/home/notifier.ts';
import { nextHop, parseNextHop } from './sip/next-hop.ts';
import { createSipEndpoint, type IncomingRequest, type SipEndpoint, type SipEvent } from './sip/sip-endpoint.ts';
import type { Source } from './sip/transport.ts';

export interface SipDoors {
  onOutgoing(request: RequestFromUser): void;
  onPresenceChange(userAor: string, state: Pidf): void;
  onSubscribed(event: SubscribedEvent): void;
}

export interface SipSide {
  readonly listeners: readonly ListenerAddress[];
  /** Resolves within 32 s; never rejects. */
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  /** The home server; nothing when a next hop owns the users. */
  readonly home: HomeServer | undefined;
  close(): Promise<void>;
}

/** @throws CodedError `ListenerInUse`, `ListenerDenied`, `ListenerFailed`; nothing stays open then. */
export async function openSipSide(
  configuration: () => Configuration,
  ports: GatewayPorts,
  doors: SipDoors,
): Promise<SipSide> {
  const { gateway } = configuration();
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
      const certificate = ports.certificate();
      return certificate === undefined ? undefined : { key: certificate.key.reveal(), cert: certificate.chain };
    },
    verifyPeer: (chain, name) => trustedServer(chain, name, ports),
    isOurHost: (host) => isLocalDomain(configuration(), host),
    lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    onRequest: (incoming) => arrived.handle(incoming),
    onEvent: (event) => ports.onEvent(logEventOf(event)),
  });
  const users =
    gateway.sipMode === 'HomeServer'
      ? homeUsers(endpoint, configuration, { ports, doors })
      : hopUsers(endpoint, configuration, { ports, doors });
  arrived.handle = users.handle;
  const listeners = await endpoint.listen();
  return {
    listeners,
    deliver: users.deliver,
    home: users.home,
    async close() {
      users.home?.close();
      await endpoint.close();
    },
  };
}

interface Users {
  handle(incoming: IncomingRequest): void;
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly home: HomeServer | undefined;
}

interface Around {
  readonly ports: GatewayPorts;
  readonly doors: SipDoors;
}

function homeUsers(endpoint: SipEndpoint, configuration: () => Configuration, { ports, doors }: Around): Users {
  const home = createHomeServer({
    clock: ports.clock,
    ids: ports.ids,
    endpoint,
    isLocalDomain: (domain) => isLocalDomain(configuration(), domain),
    user(aor) {
      const user = userOf(configuration(), aor);
      return user === undefined ? undefined : { credentials: ports.digestSecrets(user) };
    },
    isTrustedPeer: (source) => isTrustedPeer(configuration(), source, ports),
    realm: (domain) => domain,
    offerSha256: () => configuration().gateway.sipDigestSha256,
    onOutgoing: (request) => doors.onOutgoing(request),
    onPresenceChange: (aor, state) => doors.onPresenceChange(aor, state),
    onSubscribed: (event) => doors.onSubscribed(event),
    onUnsubscribed: () => undefined,
  });
  return { handle: (incoming) => home.handle(incoming), deliver: (delivery) => home.deliver(delivery), home };
}

function hopUsers(endpoint: SipEndpoint, configuration: () => Configuration, { ports, doors }: Around): Users {
  const destination = (): ReturnType<typeof parseNextHop> => parseNextHop(configuration().gateway.sipNextHop ?? '');
  const hop = nextHop({
    endpoint,
    destination() {
      const parsed = destination();
      return parsed.ok ? parsed.value : undefined;
    },
    isLocalDomain: (domain) => isLocalDomain(configuration(), domain),
    isTrustedPeer(source) {
      const hop = destination();
      // A UDP source can be forged: it counts for a hop that is configured to be reached over UDP, and nobody else.
      const isHop =
        hop.ok && hop.value.host === source.address && (source.transport !== 'udp' || hop.value.transport === 'udp');
      return isHop || isTrustedPeer(configuration(), source, ports);
    },
    token: (bits) => ports.ids.token(bits),
    onOutgoing: (request) => doors.onOutgoing(request),
  });
  return {
    handle: (incoming) => hop.handle(incoming),
    home: undefined,
    async deliver(delivery) {
      const final = await hop.deliver(delivery);
      if (final.ok) return { status: final.response.status, reason: final.response.reason };
      return final.why === 'timeout'
        ? { status: 408, reason: 'Next Hop Does Not Answer' }
        : { status: 503, reason: final.detail };
    },
  };
}

/** The address of a connection, or a name that the peer's certificate proves. A UDP source address proves nothing. */
function isTrustedPeer(configuration: Configuration, source: Source, ports: GatewayPorts): boolean {
  const { transport, address, peerCertificate = [] } = source;
  return configuration.gateway.trustedSipPeers.some(
    (peer) =>
      (peer === address && transport !== 'udp') ||
      (peerCertificate.length > 0 && trustedServer(peerCertificate, peer, ports).ok),
  );
}

function trustedServer(chain: readonly Buffer[], name: string, ports: GatewayPorts): Result<void, string> {
  const domain = parseDomainName(name);
  if (!domain.ok) return refuse(`${name} is no name that a certificate could prove`);
  const now = ports.clock.wallTime();
  const verdict = validatePeer({ chain, anchors: ports.anchors(), domain: domain.value, now, pinnedSpkiSha256: [] });
  return verdict.ok ? ok(undefined) : refuse(`${verdict.reason}: ${verdict.detail}`);
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
    case 'ack-missing':
      return sipEvent('SipAckMissing', 'info', `no ACK came for ${event.callId}`);
  }
}

const sipEvent = (id: string, level: LogEvent['level'], message: string): LogEvent => ({
  id,
  level,
  component: 'sip',
  message,
});
