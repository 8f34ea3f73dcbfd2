/**
 * Why a name in a certificate speaks for a domain, or why it does not although it looks as if it did: wildcards reach one level
 * and never the domain itself, and the name of a host is not the name of its domain. [RFC 9525 §6.3, RFC 6120 §13.7.1]
 */
import type { DomainName } from '../primitives/domain-name.ts';
import { domainIn, type GeneralName } from './general-name.ts';
import { matchingIdentifier } from './server-identity.ts';

export interface NameCoverage {
  readonly covered: boolean;
  /** One clause. */
  readonly detail: string;
}

export function nameCoverage(name: GeneralName, domain: DomainName): NameCoverage {
  if (matchingIdentifier([name], domain) !== undefined)
    return { covered: true, detail: reach(name)?.wildcard === true ? oneLevel(domain) : 'it is the domain itself' };
  return { covered: false, detail: whyNot(name, domain) };
}

const oneLevel = (domain: DomainName): string => `a wildcard reaches ${domain}; Lync takes no wildcards`;

/** The DNS name in a name, and whether a wildcard stands before it. */
function reach(name: GeneralName): { readonly parent: string; readonly wildcard: boolean } | undefined {
  const text = domainIn(name);
  if (text === undefined) return undefined;
  return text.startsWith('*.') ? { parent: text.slice(2), wildcard: true } : { parent: text, wildcard: false };
}

function whyNot(name: GeneralName, domain: DomainName): string {
  const found = reach(name);
  if (found === undefined) return 'names of this kind are not for XMPP';
  const { parent, wildcard } = found;
  if (wildcard) return whyNotWildcard(parent, domain);
  if (parent.endsWith(`.${domain}`)) return `it is a host in ${domain}; partners compare with the domain itself`;
  if (parent !== domain) return 'it is another name';
  return name.kind === 'srv'
    ? 'it is for another service than _xmpp-server'
    : 'it is the address of a user, not of the domain';
}

function whyNotWildcard(parent: string, domain: DomainName): string {
  if (parent === domain) return `a wildcard reaches the hosts of ${parent}, not ${parent} itself`;
  if (!parent.includes('.')) return 'a wildcard over a whole registry reaches nothing';
  return domain.endsWith(`.${parent}`) ? `a wildcard reaches one level below ${parent}, not two` : 'it is another name';
}
