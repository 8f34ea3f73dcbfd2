/**
 * The extensions of a certificate or of a request that decide something here (RFC 5280 §4.2), strictly read:
 * a duplicate or a broken extension refuses the whole, and what is critical and unknown is listed for the caller to refuse.
 */
import { ok, type Result, refuse } from '../primitives/result.ts';
import { type DerElement, derTag, readDer } from './der.ts';
import { childrenOf, readBoolean, readNamedBits, readOid, readSmallInteger } from './der-values.ts';
import { type GeneralName, readGeneralName } from './general-name.ts';
import { type KeyUsage, keyUsageBits, oid } from './object-identifiers.ts';

export interface BasicConstraints {
  readonly isCa: boolean;
  /** How many certificates of authorities may follow below; undefined: any number. */
  readonly pathLength: number | undefined;
}

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

export interface Extensions {
  readonly basicConstraints: BasicConstraints | undefined;
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  /** Object identifiers; undefined when the extension is absent. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectAlternativeNames: readonly GeneralName[];
  readonly nameConstraints: NameConstraints | undefined;
  readonly subjectKeyIdentifier: Buffer | undefined;
  readonly authorityKeyIdentifier: Buffer | undefined;
  /** Where the issuer's certificate can be fetched. */
  readonly issuerUris: readonly string[];
  readonly templateName: string | undefined;
  readonly identifiers: readonly string[];
  readonly unknownCritical: readonly string[];
}

/** Certificate policies count as known: with any policy accepted, they decide nothing. [RFC 5280 §6.1] */
const known = new Set<string>([
  oid.basicConstraints,
  oid.keyUsage,
  oid.extendedKeyUsage,
  oid.subjectAlternativeName,
  oid.nameConstraints,
  oid.certificatePolicies,
]);

interface RawExtension {
  readonly identifier: string;
  readonly isCritical: boolean;
  readonly value: DerElement;
}

/** @param elements - The members of the SEQUENCE OF Extension. */
export function readExtensions(elements: readonly DerElement[]): Result<Extensions, string> {
  const byIdentifier = new Map<string, RawExtension>();
  for (const element of elements) {
    const extension = readExtension(element);
    if (extension === undefined) return refuse('An extension is broken.');
    if (byIdentifier.has(extension.identifier))
      return refuse(`The extension ${extension.identifier} stands there twice.`);
    byIdentifier.set(extension.identifier, extension);
  }
  return interpret(byIdentifier);
}

function readExtension(element: DerElement): RawExtension | undefined {
  const parts = childrenOf(element, derTag.sequence);
  if (parts === undefined || parts.length < 2 || parts.length > 3) return undefined;
  const identifier = readOid(parts[0]);
  const isCritical = parts.length === 3 ? readBoolean(parts[1]) : false;
  const octets = parts.at(-1);
  if (identifier === undefined || isCritical === undefined || octets?.tag !== derTag.octetString) return undefined;
  const value = readDer(octets.contents);
  // What we do not look into may hold anything; only our own extensions must be DER inside.
  if (!value.ok) return known.has(identifier) ? undefined : { identifier, isCritical, value: octets };
  return { identifier, isCritical, value: value.value };
}

function interpret(extensions: ReadonlyMap<string, RawExtension>): Result<Extensions, string> {
  const broken: string[] = [];
  const read = <T>(identifier: string, reader: (value: DerElement) => T | undefined): T | undefined => {
    const extension = extensions.get(identifier);
    if (extension === undefined) return undefined;
    const value = reader(extension.value);
    if (value === undefined) broken.push(identifier);
    return value;
  };
  const all: Extensions = {
    basicConstraints: read(oid.basicConstraints, readBasicConstraints),
    keyUsage: read(oid.keyUsage, readKeyUsage),
    extendedKeyUsage: read(oid.extendedKeyUsage, readPurposes),
    subjectAlternativeNames: read(oid.subjectAlternativeName, readNames) ?? [],
    nameConstraints: read(oid.nameConstraints, readNameConstraints),
    subjectKeyIdentifier: read(oid.subjectKeyIdentifier, readOctets),
    authorityKeyIdentifier: read(oid.authorityKeyIdentifier, readAuthorityKey)?.keyIdentifier,
    issuerUris: read(oid.authorityInformationAccess, readIssuerUris) ?? [],
    templateName: read(oid.certificateTemplateName, readTemplate),
    identifiers: [...extensions.keys()],
    unknownCritical: [...extensions.values()]
      .filter((extension) => extension.isCritical && !known.has(extension.identifier))
      .map((extension) => extension.identifier),
  };
  return broken.length === 0 ? ok(all) : refuse(`The extension ${broken.join(', ')} is broken.`);
}

function readBasicConstraints(value: DerElement): BasicConstraints | undefined {
  const parts = [...(childrenOf(value, derTag.sequence) ?? [value])];
  const isCa = parts[0]?.tag === derTag.boolean ? readBoolean(parts.shift()) : false;
  if (isCa === undefined || parts.length === 0) return isCa === undefined ? undefined : { isCa, pathLength: undefined };
  const pathLength = readSmallInteger(parts.shift());
  // A path length means nothing outside an authority, and must not stand there. [RFC 5280 §4.2.1.9]
  return !isCa || pathLength === undefined || parts.length > 0 ? undefined : { isCa, pathLength };
}

function readKeyUsage(value: DerElement): ReadonlySet<KeyUsage> | undefined {
  const bits = readNamedBits(value);
  return bits === undefined ? undefined : new Set(keyUsageBits.filter((_, number) => bits.has(number)));
}

function readPurposes(value: DerElement): readonly string[] | undefined {
  return allOrNothing(childrenOf(value, derTag.sequence)?.map(readOid));
}

function readNames(value: DerElement): readonly GeneralName[] | undefined {
  return allOrNothing(childrenOf(value, derTag.sequence)?.map(readGeneralName));
}

function allOrNothing<T>(items: readonly (T | undefined)[] | undefined): readonly T[] | undefined {
  const present = items?.filter((item) => item !== undefined);
  return present === undefined || present.length === 0 || present.length !== items?.length ? undefined : present;
}

function readNameConstraints(value: DerElement): NameConstraints | undefined {
  const parts = childrenOf(value, derTag.sequence);
  if (parts === undefined || parts.some((part) => part.tag !== 0xa0 && part.tag !== 0xa1)) return undefined;
  const subtrees = (tag: number): readonly GeneralName[] | undefined => {
    const part = parts.find((candidate) => candidate.tag === tag);
    return part === undefined ? [] : allOrNothing(part.children.map(readSubtree));
  };
  const permitted = subtrees(0xa0);
  const excluded = subtrees(0xa1);
  return permitted === undefined || excluded === undefined ? undefined : { permitted, excluded };
}

/** Minimum and maximum are not used in this profile: their presence is refused. [RFC 5280 §4.2.1.10] */
function readSubtree(element: DerElement): GeneralName | undefined {
  const [base, ...bounds] = childrenOf(element, derTag.sequence) ?? [];
  return base === undefined || bounds.length > 0 ? undefined : readGeneralName(base);
}

const readOctets = (value: DerElement): Buffer | undefined =>
  value.tag === derTag.octetString ? value.contents : undefined;

function readAuthorityKey(value: DerElement): { readonly keyIdentifier: Buffer | undefined } | undefined {
  const parts = childrenOf(value, derTag.sequence);
  return parts && { keyIdentifier: parts.find((part) => part.tag === 0x80)?.contents };
}

function readIssuerUris(value: DerElement): readonly string[] | undefined {
  return childrenOf(value, derTag.sequence)?.flatMap((description) => {
    const [method, location] = childrenOf(description, derTag.sequence) ?? [];
    const name = location && readGeneralName(location);
    return readOid(method) === oid.caIssuers && name?.kind === 'uri' ? [name.uri] : [];
  });
}

const readTemplate = (value: DerElement): string | undefined =>
  value.tag === derTag.bmpString && value.contents.length % 2 === 0
    ? Buffer.from(value.contents).swap16().toString('utf16le')
    : undefined;
