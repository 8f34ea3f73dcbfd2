/** What a partner's streams must pass: its row of the negotiation matrix, as the stream layer wants to hear it. */
import type { Configuration } from '../../config/configuration.ts';
import { partnerDefaults } from '../../config/defaults.ts';
import type { FederatedPartner, Negotiation } from '../../config/federated-partner.ts';
import { effectiveMethods } from '../../config/negotiation.ts';
import type { StreamSecurity } from '../xmpp/s2s-options.ts';
import { admitDomain } from './partners.ts';

const startTls: Readonly<Record<Negotiation, StreamSecurity['startTls']>> = {
  Required: 'required',
  Optional: 'optional',
  NotSupported: 'not-supported',
};

/** Reads a partner's own trust anchors, DER; called for each new stream, so the reader keeps what has not changed. */
export type ReadAnchors = (pemFile: string) => readonly Buffer[];

/** @returns Nothing for a domain that may not connect at all; then no stream to or from it is opened or kept. */
export function streamSecurityFor(
  configuration: Configuration,
  domain: string,
  readAnchors: ReadAnchors,
  now = new Date(),
): StreamSecurity | undefined {
  const partner = admitDomain(configuration, domain, now);
  if (!partner.ok) return undefined;
  // Anchors are a file, which may change while the configuration does not.
  const { trustedRootsPath } = partner.value;
  const security = securityOf(partner.value, configuration);
  return trustedRootsPath === undefined ? security : { anchors: readAnchors(trustedRootsPath), ...security };
}

/** It is asked for with every stanza: what a configuration says of a partner is worked out once. */
const known = new WeakMap<Configuration, Map<FederatedPartner, StreamSecurity>>();

function securityOf(partner: FederatedPartner, configuration: Configuration): StreamSecurity {
  const ofPartners = known.get(configuration);
  const before = ofPartners?.get(partner);
  if (before !== undefined) return before;
  const security = workedOut(partner, configuration);
  known.set(configuration, (ofPartners ?? new Map<FederatedPartner, StreamSecurity>()).set(partner, security));
  return security;
}

function workedOut(partner: FederatedPartner, { gateway }: Configuration): StreamSecurity {
  const methods = effectiveMethods(partner);
  const { proxyFqdn } = partner;
  return {
    partner: partner.identity,
    startTls: startTls[partner.tlsNegotiation],
    saslExternal: methods.includes('SASL over TLS'),
    tlsDialback: methods.includes('TLS Dialback'),
    tcpDialback: methods.includes('TCP Dialback'),
    connectionLimit: partner.connectionLimit ?? gateway.partnerConnectionLimit,
    keepAlive: partner.enableKeepAlive,
    bidi: partner.enableBidi ?? partnerDefaults.enableBidi,
    bytesPerSecond: partner.maximumBytesPerSecond ?? gateway.maximumBytesPerSecond,
    stanzasPerSecond: partner.maximumStanzasPerSecond ?? gateway.maximumStanzasPerSecond,
    pinnedSpkiSha256: partner.pinnedSpkiSha256,
    ...(proxyFqdn === undefined ? {} : { proxy: parseHostPort(proxyFqdn) }),
  };
}

/** `host`, `host:port`, `[v6]:port`; validated when it was stored. */
function parseHostPort(text: string): { host: string; port?: number } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text);
  const host = (match?.[1] ?? text).replace(/^\[|\]$/g, '');
  return match?.[2] === undefined ? { host } : { host, port: Number(match[2]) };
}
