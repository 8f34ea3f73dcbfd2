/** Which names a certificate of this gateway must carry, each with the reason why it is there. [RFC 9525 §4.1, certificates of Lync's edge] */
import { type DomainName, displayDomainName, parseDomainName } from '../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import { type GeneralName, printGeneralName } from './general-name.ts';

export interface PlannedName {
  readonly name: Extract<GeneralName, { kind: 'dns' | 'srv' | 'xmpp' }>;
  readonly reason: string;
}

export interface NamesWanted {
  readonly accessEdgeFqdn: DomainName | undefined;
  /** Each gets `sip.<domain>`. */
  readonly sipDomains: readonly DomainName[];
  /** Each gets its bare name: what partners compare with. */
  readonly xmppDomains: readonly DomainName[];
  /** As `parseCertificateName` accepts them. */
  readonly extra: readonly string[];
  /** SRVName and XmppAddr beside the DNS names, for private authorities. */
  readonly xmppNames: boolean;
}

/** A domain name, or `*.` before one. @returns The A-labels in lower case. */
export function parseCertificateName(text: string): Result<string, string> {
  const trimmed = text.trim();
  const isWildcard = trimmed.startsWith('*.');
  const parsed = parseDomainName(isWildcard ? trimmed.slice(2) : trimmed);
  if (!parsed.ok) return refuse(parsed.error);
  return ok(isWildcard ? `*.${parsed.value}` : parsed.value);
}

/** @returns The names in order, without duplicates; the first reason of a name counts. */
export function planNames(wanted: NamesWanted): readonly PlannedName[] {
  const dns = (name: string, reason: string): PlannedName => ({ name: { kind: 'dns', name }, reason });
  const planned = [
    ...(wanted.accessEdgeFqdn === undefined
      ? []
      : [dns(wanted.accessEdgeFqdn, 'access edge, the target of the SRV records')]),
    ...wanted.sipDomains.map((domain) => dns(`sip.${domain}`, `SIP clients of ${displayDomainName(domain)}`)),
    ...wanted.xmppDomains.map((domain) =>
      dns(domain, `XMPP partners check the domain ${displayDomainName(domain)} itself`),
    ),
    ...wanted.extra.map((name) => dns(name, '-DomainName')),
    ...(wanted.xmppNames ? wanted.xmppDomains.flatMap(xmppNames) : []),
  ];
  const byText = new Map<string, PlannedName>();
  for (const one of planned) if (!byText.has(printGeneralName(one.name))) byText.set(printGeneralName(one.name), one);
  return [...byText.values()];
}

function xmppNames(domain: DomainName): readonly PlannedName[] {
  return [
    { name: { kind: 'srv', name: `_xmpp-server.${domain}` }, reason: '-XmppSan: server of the domain' },
    { name: { kind: 'xmpp', address: displayDomainName(domain) }, reason: '-XmppSan: the domain as an XMPP address' },
  ];
}
