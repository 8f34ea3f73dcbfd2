/** The XMPP side as the gateway runs it: partner policy, limits and certificate of the configuration in force, events in the log. */
import { validatePeer } from '../certificates/peer-validation.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { limitEvent } from './limit-event.ts';
import { isLocalDomain } from './policy/partners.ts';
import { streamSecurityFor } from './policy/stream-security.ts';
import { type DnsPort, dnsResolver } from './xmpp/dns-resolver.ts';
import type { S2sEvent, StreamSummary } from './xmpp/s2s-event.ts';
import { defaultS2sLimits, type S2sLimits } from './xmpp/s2s-limits.ts';
import { createS2s, type S2s } from './xmpp/s2s-sessions.ts';
import type { Handled } from './xmpp/stanza.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface XmppDoors {
  onStanza(stanza: Element): Handled;
  /** A stream to or from the domain is up; or one is gone, and nobody said goodbye. */
  onStream(remoteDomain: string, is: 'up' | 'lost'): void;
  /** Where this process accepts connections of any kind. */
  ownListeners(): readonly ListenerAddress[];
}

/** @param configuration - Asked for each decision, so that a change takes effect on the next one. */
export function xmppSide(configuration: () => Configuration, ports: GatewayPorts, doors: XmppDoors): S2s {
  const identity = (): { key: GatewayCertificate['key']; chain: string } | undefined => ports.certificate();
  return createS2s({
    clock: ports.clock,
    ids: ports.ids,
    get dialbackSecret() {
      return ports.dialbackSecret();
    },
    formerDialbackSecret: () => ports.formerDialbackSecret?.(),
    dns: configuredDns(configuration),
    limits: limitsOf(configuration),
    allowLoopbackPeers: () => configuration().gateway.allowLoopbackPeers,
    allowPrivateDialback: () => configuration().gateway.allowPrivateDialback,
    isLocalDomain: (domain) => isLocalDomain(configuration(), domain),
    securityFor: (domain) => streamSecurityFor(configuration(), domain, ports.readAnchors, ports.clock.wallTime()),
    tlsIdentity: identity,
    anchors: ports.anchors,
    validatePeer,
    ownListeners: () => doors.ownListeners(),
    onStanza: (stanza) => doors.onStanza(stanza),
    onEvent(event) {
      ports.onEvent(logEventOf(event));
      if (event.type === 'authenticated') doors.onStream(event.remoteDomain, 'up');
      if (event.type === 'closed' && event.lost)
        for (const each of event.stream.authenticated) doors.onStream(each, 'lost');
    },
  });
}

type GatewayCertificate = NonNullable<ReturnType<GatewayPorts['certificate']>>;

/** The resolvers that are configured now: another list is asked from the next question on. */
function configuredDns(configuration: () => Configuration): DnsPort {
  let servers: readonly string[] | undefined;
  let resolver = dnsResolver([]);
  const current = (): DnsPort => {
    const wanted = configuration().gateway.dnsServers;
    if (wanted !== servers) {
      servers = wanted;
      resolver = dnsResolver(wanted);
    }
    return resolver;
  };
  return {
    resolveSrv: (name) => current().resolveSrv(name),
    resolve4: (name) => current().resolve4(name),
    resolve6: (name) => current().resolve6(name),
  };
}

/** Each limit is read when it is needed: a new setting governs the next stream. */
function limitsOf(configuration: () => Configuration): S2sLimits {
  const gateway = (): Configuration['gateway'] => configuration().gateway;
  return {
    ...defaultS2sLimits,
    get establishmentMs() {
      return gateway().streamEstablishmentTimeout * 1000;
    },
    get inactivityMs() {
      return gateway().streamInactivityTimeout * 1000;
    },
    get keepAliveMs() {
      return gateway().keepAliveInterval * 1000;
    },
    get connections() {
      return gateway().connectionLimit;
    },
  };
}

function logEventOf(event: S2sEvent): LogEvent {
  if (event.type === 'limit-reached') return limitEvent(event, 'xmpp');
  return event.type === 'dial-failed' ? dialFailedEvent(event) : streamLogEvent(event);
}

type DialFailed = Extract<S2sEvent, { type: 'dial-failed' }>;

function dialFailedEvent({ remoteDomain, localDomain, step, code, reason }: DialFailed): LogEvent {
  return {
    id: 'PartnerUnreachable',
    level: 'warn',
    component: 'xmpp',
    message: `${remoteDomain} cannot be reached, step ${step}: ${reason}`,
    facts: { partner: remoteDomain, localDomain, step, code, reason },
  };
}

function streamLogEvent(event: Extract<S2sEvent, { stream: StreamSummary }>): LogEvent {
  switch (event.type) {
    case 'authenticated':
      return streamEvent(
        'StreamAuthenticated',
        'info',
        event.stream,
        `${event.remoteDomain} authenticated by ${event.method}`,
      );
    case 'refused': {
      const { code, condition, reason } = event;
      const refused = streamEvent('StreamRefused', 'warn', event.stream, `refused with ${condition}: ${reason}`);
      return { ...refused, facts: { ...refused.facts, code, condition, reason } };
    }
    case 'ignored':
      return streamEvent('StreamElementIgnored', 'info', event.stream, `ignored: ${event.reason}`);
    case 'closed':
      return streamEvent('StreamClosed', 'info', event.stream, `closed: ${event.reason}`);
    case 'stream-opened':
      return streamEvent('StreamOpened', 'debug', event.stream, 'opened');
    case 'tls-established':
      return streamEvent(
        'StreamEncrypted',
        'debug',
        event.stream,
        `encrypted with ${event.stream.tls?.protocol ?? 'TLS'}`,
      );
    case 'stanza-sent':
    case 'stanza-received':
      return streamEvent('Stanza', 'trace', event.stream, event.type);
  }
}

function streamEvent(id: string, level: LogEvent['level'], stream: StreamSummary, what: string): LogEvent {
  const { direction, remoteDomain, localDomain, peerAddress, peerPort, method, certificate } = stream;
  const name = `${direction} stream ${direction === 'inbound' ? 'from' : 'to'} ${remoteDomain ?? `${peerAddress}:${peerPort}`}`;
  return {
    id,
    level,
    component: 'xmpp',
    message: `${name}: ${what}`,
    facts: {
      stream: stream.id,
      direction,
      partner: stream.partner,
      localDomain,
      remoteDomain,
      peerAddress,
      peerPort,
      method,
      certificate,
    },
  };
}
