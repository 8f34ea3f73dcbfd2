/** What the recipes for the administrators of the next hops are made of: names, ports and domains of this gateway. */
import { isIP } from 'node:net';

import type { Configuration } from '../../config/configuration.ts';
import { parseSipNextHop, type SipNextHop } from '../../config/network-address.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { sipUsages } from '../certificates/shown-certificates.ts';
import { domainsOfRoute, type ShownRoute } from '../sip-routes.ts';
import { certificateDoubts, hopCertificate, ownFqdn } from './hop-certificate.ts';

export interface RecipeFacts {
  /** The identity of the route. */
  readonly route: string;
  /** At least one. */
  readonly hops: readonly SipNextHop[];
  readonly tlsName: string | undefined;
  /** Whether the next hops are the edge of another organisation, which takes this gateway as a federated one. */
  readonly throughEdge: boolean;
  /** SIP domains whose users are behind the next hops. */
  readonly sipDomains: readonly string[];
  /** Domains of the XMPP partners, additional ones too, in the order of the alphabet. */
  readonly partnerDomains: readonly string[];
  /** The name of this gateway. */
  readonly fqdn: string;
  /** The one address that it listens on for SIP; undefined: any of its addresses. */
  readonly address: string | undefined;
  /** Where it listens for what the first next hop speaks. */
  readonly port: number;
  readonly revision: number;
  /** What the other side would refuse in our certificate, one sentence each; nothing without TLS. */
  readonly certificateDoubts: readonly string[];
}

export interface Recipe {
  readonly text: string;
  /** One sentence each; the text has them too. */
  readonly warnings: readonly string[];
}

/** @throws CodedError `AccessEdgeMissing`; `InvalidValue` when the gateway does not listen for what the next hop speaks */
export function recipeFacts(
  configuration: Configuration,
  route: ShownRoute,
  view: { keys: KeyStore; now: Date },
): RecipeFacts {
  const { gateway, federatedPartners, revision } = configuration;
  const hops = route.nextHops.flatMap((text) => {
    const parsed = parseSipNextHop(text);
    return parsed.ok ? [parsed.value] : [];
  });
  const overTls = hops[0]?.transport === 'tls';
  const shown = hopCertificate(configuration, view.keys, view.now);
  const fqdn = ownFqdn(configuration, shown);
  const [usage = 'InternalEdge'] = sipUsages(configuration);
  const listens = gateway.sipListenAddress;
  const domains = Object.values(federatedPartners).flatMap((each) => [each.identity, ...each.additionalDomains]);
  return {
    route: route.identity,
    hops,
    tlsName: route.tlsName,
    throughEdge: route.dnsLookup === 'SipFederation',
    sipDomains: domainsOfRoute(configuration, route.identity),
    partnerDomains: domains.toSorted(),
    fqdn,
    address: listens === undefined || /^(?:0\.0\.0\.0|::)$/.test(listens) ? undefined : listens,
    port: openPort(overTls ? 'SipTlsPort' : 'SipPort', overTls ? gateway.sipTlsPort : gateway.sipPort, route.identity),
    revision,
    certificateDoubts: overTls ? certificateDoubts(shown, { fqdn, usage }) : [],
  };
}

function openPort(setting: 'SipTlsPort' | 'SipPort', port: number, route: string): number {
  if (port !== 0) return port;
  throw new CodedError(
    'InvalidValue',
    `${setting} is 0, and the first next hop of ${route} must reach this gateway there.`,
    {
      reason: 'the other side sends by the transport by which it is sent to',
      fix: `xgw set-xmppgatewayconfiguration -${setting} ${setting === 'SipTlsPort' ? 5061 : 5060}`,
      target: route,
    },
  );
}

/** `[2001:db8::1]`, as a URI has it. */
export const uriHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** Lines of a remark in a script; text that is not ours stays on its line. */
export const remarks = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line === '' ? '#' : `# ${line}`));

export const noPartnerWarning =
  'No XMPP partner is configured, so nothing leads to this gateway: xgw new-xmppfederatedpartner';
