/**
 * The SIP side as the gateway runs it: the embedded home server and the peer of next hops, on one endpoint. Which of them, for
 * whom, and whom to trust comes from the configuration in force.
 */
import type { Configuration } from '../config/configuration.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { LogEventId } from '../primitives/log-events.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import type { HopStatus } from './gateway-status.ts';
import type { HopQuestion } from './hop-routes.ts';
import type { OpenImSession } from './im-sessions.ts';
import { knownSources } from './known-sources.ts';
import { limitEvent } from './limit-event.ts';
import { isLocalDomain } from './policy/partners.ts';
import type { HomeServer } from './sip/home/home-server.ts';
import type { HopProbe } from './sip/hop-probe.ts';
import { hostLookup } from './sip/host-lookup.ts';
import type { SipMessage } from './sip/message.ts';
import { createSipEndpoint, type IncomingRequest, type SipEvent } from './sip/sip-endpoint.ts';
import type { SipDoors } from './sip-doors.ts';
import type { SipPresence } from './sip-presence.ts';
import { sipTrust } from './sip-trust.ts';
import { sipUsers } from './sip-users.ts';
import { sipNote } from './trace/sip-note.ts';

export interface SipSide {
  readonly listeners: readonly ListenerAddress[];
  /** Resolves within 128 s; never rejects. */
  deliver(delivery: SipDelivery): Promise<SipOutcome>;
  readonly presence: SipPresence;
  readonly home: HomeServer;
  imSessions(): readonly OpenImSession[];
  /** The servers of the routes, as they are now. */
  hops(): readonly HopStatus[];
  /** Asks them now. @returns Undefined: the users of the domain are at home here. */
  probeHops(question: HopQuestion, signal: AbortSignal): Promise<readonly HopProbe[] | undefined>;
  /** Follows the configuration, listeners apart. @returns Whether users have moved to other servers. */
  reconsider(): boolean;
  /** After a change of the DNS servers. */
  clearDnsCache(): void;
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
  const known = knownSources(sipTrust({ configuration, ports, lookup }), ports.clock, (address) =>
    users.home.isAt(address),
  );
  const { trust } = known;
  const arrived: { handle(incoming: IncomingRequest): void } = { handle: (incoming) => incoming.respond(503) };
  const endpoint = createSipEndpoint({
    clock: ports.clock,
    ids: ports.ids,
    listen: { address: gateway.sipListenAddress, port: gateway.sipPort, tlsPort: gateway.sipTlsPort },
    product: 'xgw',
    tls: () => {
      const certificate = (ports.sipCertificate ?? ports.certificate)();
      return certificate === undefined ? undefined : { key: certificate.key.reveal(), cert: certificate.chain };
    },
    verifyPeer: (chain, name) => trust.proves(chain, name),
    isOurHost: (host) => isLocalDomain(configuration(), host),
    lookup,
    standingOf: (source) => known.standingOf(source),
    onRequest: (incoming) => arrived.handle(incoming),
    onInboundClosed: (connectionId) => users.home.connectionClosed(connectionId),
    onEvent(event) {
      if ('message' in event) {
        return ports.onTrace?.(sipNote(event, configuration().gateway.enableLoggingAllMessageBodies));
      }
      ports.onEvent(logEventOf(event));
      if (event.type === 'ack-missing') users.ackMissing(event.callId, event.localTag);
      if (event.type === 'connection-closed') users.routes.connectionClosed(event);
    },
  });
  const users = sipUsers({ endpoint, configuration, ports, doors, trust });
  arrived.handle = (incoming) => users.handle(incoming);
  const listeners = await endpoint.listen();
  return {
    listeners,
    deliver: (delivery) => users.deliver(delivery),
    presence: users.presence,
    home: users.home,
    imSessions: () => users.imSessions(),
    hops: () => users.routes.status(),
    probeHops: (question, signal) => users.routes.probe(question, signal),
    reconsider: () => users.reconsider(),
    clearDnsCache: () => users.routes.clearDnsCache(),
    abandon() {
      users.hangUp();
      endpoint.abandonRequests();
    },
    async close() {
      await users.close();
      await endpoint.close();
    },
  };
}

/** Messages are for the trace. */
function logEventOf(event: Exclude<SipEvent, { message: SipMessage }>): LogEvent {
  switch (event.type) {
    case 'malformed':
      return sipEvent('SipMalformed', 'debug', `malformed message from ${event.peer}: ${event.reason}`);
    case 'connection-refused':
      return sipEvent('SipConnectionRefused', 'warn', `connection of ${event.peer} refused: ${event.reason}`);
    case 'send-failed':
      return sipEvent('SipSendFailed', 'warn', `${event.peer} could not be sent to: ${event.reason}`);
    case 'connection-closed':
      return sipEvent('SipConnectionClosed', 'debug', `the connection to ${event.name} port ${event.port} has ended`);
    case 'limit-reached':
      return limitEvent(event, 'sip');
    case 'stray-response':
      return sipEvent('SipStrayResponse', 'debug', `a response of ${event.peer} fits no request`);
    default:
      return sipEvent('SipAckMissing', 'info', `no ACK came for ${event.callId}`);
  }
}

const sipEvent = (id: LogEventId, level: LogEvent['level'], message: string): LogEvent => ({
  id,
  level,
  component: 'sip',
  message,
});
