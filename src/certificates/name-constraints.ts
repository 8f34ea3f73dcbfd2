/**
 * Name constraints (RFC 5280 §4.2.1.10). Domain constraints also bind the domain inside an SRVName (RFC 4985 §4) and an
 * XmppAddr. Domain, directory and address constraints are understood; any other kind that applies is a violation.
 */
import type { NameConstraints } from './certificate-extensions.ts';
import { attributeTexts, type DistinguishedName, isWithin } from './distinguished-name.ts';
import { domainIn, type GeneralName, printGeneralName } from './general-name.ts';
import { oid } from './object-identifiers.ts';

/** The names of a certificate that constraints bind: its alternative names, its subject, the addresses inside the subject. */
export function constrainedNames(subject: DistinguishedName, names: readonly GeneralName[]): readonly GeneralName[] {
  const directory: readonly GeneralName[] =
    subject.relativeNames.length === 0 ? [] : [{ kind: 'directory', name: subject }];
  const addresses = attributeTexts(subject, oid.emailAddress).map(
    (address): GeneralName => ({ kind: 'email', address }),
  );
  return [...names, ...directory, ...addresses];
}

/** @returns The first violation as one clause, or undefined. */
export function violation(constraints: NameConstraints, names: readonly GeneralName[]): string | undefined {
  for (const name of names) {
    const excluding = constraints.excluded.find((base) => concerns(base, name) && isBelow(name, base) !== false);
    if (excluding !== undefined) return `${printGeneralName(name)} is excluded by ${printGeneralName(excluding)}`;
    const permitting = constraints.permitted.filter((base) => concerns(base, name));
    if (permitting.length > 0 && !permitting.some((base) => isBelow(name, base) === true))
      return `${printGeneralName(name)} is outside of what the issuer may certify`;
  }
  return undefined;
}

/** Whether a constraint of this kind says anything about a name of that kind. */
function concerns(base: GeneralName, name: GeneralName): boolean {
  if (base.kind === 'dns') return domainIn(name) !== undefined;
  if (base.kind === 'other') return name.kind === 'srv' || name.kind === 'xmpp' || name.kind === 'other';
  return base.kind === name.kind;
}

/** Whether the name lies in the subtree; undefined when that kind is not understood, which counts against the certificate. */
function isBelow(name: GeneralName, base: GeneralName): boolean | undefined {
  if (base.kind === 'dns') return isBelowDomain(domainIn(name) ?? '', base.name.toLowerCase());
  if (base.kind === 'directory' && name.kind === 'directory') return isWithin(name.name, base.name);
  if (base.kind === 'ip' && name.kind === 'ip') return isInNetwork(name.octets, base.octets);
  return undefined;
}

/** `contoso.com` has itself and everything below; `.contoso.com` only what is below; the empty text everything. */
function isBelowDomain(domain: string, base: string): boolean {
  if (base === '') return true;
  return base.startsWith('.') ? domain.endsWith(base) : domain === base || domain.endsWith(`.${base}`);
}

function isInNetwork(address: Buffer, network: Buffer): boolean | undefined {
  if (network.length !== 8 && network.length !== 32) return undefined;
  const width = network.length / 2;
  if (address.length !== width) return false;
  return address.every((octet, index) => {
    const mask = network.readUInt8(width + index);
    return (octet & mask) === (network.readUInt8(index) & mask);
  });
}
