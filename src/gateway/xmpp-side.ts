/** The XMPP side as the gateway runs it: partner policy, limits and certificate of the configuration in force, events in the log. */
import { validatePeer } from '../certificates/peer-validation.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { isLocalDomain } from './policy/partners.ts';
import { streamSecurityFor } from './policy/stream-security.ts';
import { streamLog } from './stream-log.ts';
import { stanzaNote } from './trace/stanza-note.ts';
import { type DnsPort, dnsResolver } from './xmpp/dns-resolver.ts';
import type { S2sEvent, StreamSummary } from './xmpp/s2s-event.ts';
import { defaultS2sLimits, type S2sLimits } from './xmpp/s2s-limits.ts';
import { createS2s, type S2s } from './xmpp/s2s-sessions.ts';
import type { Handled } from './xmpp/stanza.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface XmppDoors {
  /** @param isCounted - Its peer keeps it until it hears that it is handled. */
  onStanza(stanza: Element, isCounted: boolean): Handled;
  /** Before its peer hears that it is handled although it is not yet. @returns Whether that may be. */
  keepLate(stanza: Element, handling: Promise<void | 'unanswered'>): Promise<boolean>;
  /** An error for a contact's message may not have arrived. */
  onErrorLost(error: Element): void;
  /** A stream to or from the domain is up; or one is gone, and nobody said goodbye. */
  onStream(remoteDomain: string, is: 'up' | 'lost'): void;
  /** Where this process accepts connections of any kind. */
  ownListeners(): readonly ListenerAddress[];
}

/** @param configuration - Asked for each decision, so that a change takes effect on the next one. */
export function xmppSide(configuration: () => Configuration, ports: GatewayPorts, doors: XmppDoors): S2s {
  const log = streamLog(ports.onEvent, ports.clock);
  const trace = stanzaTrace(configuration, ports);
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
    tlsIdentity: (localDomain) => ports.certificate(localDomain),
    anchors: ports.anchors,
    validatePeer,
    onErrorLost: (error) => doors.onErrorLost(error),
    ownListeners: () => doors.ownListeners(),
    onStanza: (stanza, _, isCounted) => doors.onStanza(stanza, isCounted),
    keepLate: (stanza, handling) => doors.keepLate(stanza, handling),
    onEvent(event) {
      if ('stanza' in event) return trace(event);
      log(event);
      if (event.type === 'authenticated') doors.onStream(event.remoteDomain, 'up');
      if (event.type === 'closed' && event.lost)
        for (const each of event.stream.authenticated) doors.onStream(each, 'lost');
    },
  });
}

/** Whether stanzas can go to the domain, or come from it, now. */
export const hasStreamWith = (sessions: readonly StreamSummary[], domain: string): boolean =>
  sessions.some(({ state, authenticated }) => state === 'established' && authenticated.some((each) => each === domain));

type OfStanza = Extract<S2sEvent, { stanza: Element }>;

function stanzaTrace(configuration: () => Configuration, { onTrace }: GatewayPorts): (event: OfStanza) => void {
  if (onTrace === undefined) return () => undefined;
  return ({ type, stanza, stream }) => {
    const withBodies = configuration().gateway.enableLoggingAllMessageBodies;
    onTrace(stanzaNote({ stanza, stream, direction: type === 'stanza-received' ? 'In' : 'Out', withBodies }));
  };
}

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
