/**
 * Does this certificate speak for this XMPP domain? RFC 9525 §6.3 with RFC 6120 §13.7.1: DNS-ID, SRV-ID for `_xmpp-server`,
 * XmppAddr. Never the common name, never an SRV target. A wildcard is the whole leftmost label and covers exactly one.
 */
import { type DomainName, parseDomainName } from '../primitives/domain-name.ts';
import { type GeneralName, printGeneralName } from './general-name.ts';

/** Which presented identifier matches the reference identifier. @returns It as text (`DNS:contoso.com`), or undefined. */
export function matchingIdentifier(names: readonly GeneralName[], domain: DomainName): string | undefined {
  const match = names.find((name) => isExact(name, domain)) ?? names.find((name) => isCovering(name, domain));
  return match && printGeneralName(match);
}

const serverService = '_xmpp-server.';

/** The DNS name a DNS-ID or an SRV-ID for servers holds. */
function dnsNameIn(name: GeneralName): string | undefined {
  if (name.kind === 'dns') return name.name.toLowerCase();
  if (name.kind !== 'srv') return undefined;
  const text = name.name.toLowerCase();
  return text.startsWith(serverService) ? text.slice(serverService.length) : undefined;
}

function isExact(name: GeneralName, domain: DomainName): boolean {
  if (name.kind === 'xmpp') return isBareDomain(name.address, domain);
  return dnsNameIn(name) === domain;
}

/** Addresses with a localpart or a resource name a user, not a server. */
function isBareDomain(address: string, domain: DomainName): boolean {
  if (/[@/]/.test(address)) return false;
  const parsed = parseDomainName(address);
  return parsed.ok && parsed.value === domain;
}

function isCovering(name: GeneralName, domain: DomainName): boolean {
  const pattern = dnsNameIn(name);
  if (pattern === undefined || !pattern.startsWith('*.')) return false;
  const parent = pattern.slice(2);
  // `*.com` would cover a whole registry.
  return parent.includes('.') && domain.slice(domain.indexOf('.') + 1) === parent;
}
