/** Distinguished names: reading, printing for people, and comparing by RFC 5280 §7.1 (string type, case and spacing do not count). */
import { visibleText } from '../primitives/visible-text.ts';
import { type DerElement, derTag } from './der.ts';
import { childrenOf, readOid, readText } from './der-values.ts';
import { attributeName, oid } from './object-identifiers.ts';

export interface NameAttribute {
  readonly type: string;
  /** Undefined for a value that is not a character string we know. */
  readonly text: string | undefined;
  readonly value: DerElement;
}

export interface DistinguishedName {
  readonly raw: Buffer;
  /** One list per relative name, in DER order: country first, common name last. */
  readonly relativeNames: readonly (readonly NameAttribute[])[];
}

export function readDistinguishedName(element: DerElement | undefined): DistinguishedName | undefined {
  const sets = childrenOf(element, derTag.sequence);
  if (element === undefined || sets === undefined) return undefined;
  const relativeNames: (readonly NameAttribute[])[] = [];
  for (const set of sets) {
    const attributes = childrenOf(set, derTag.set)?.map(readAttribute);
    if (attributes === undefined || attributes.length === 0) return undefined;
    const complete = attributes.filter((attribute) => attribute !== undefined);
    if (complete.length !== attributes.length) return undefined;
    relativeNames.push(complete);
  }
  return { raw: element.raw, relativeNames };
}

function readAttribute(element: DerElement): NameAttribute | undefined {
  const [type, value, ...rest] = childrenOf(element, derTag.sequence) ?? [];
  const identifier = readOid(type);
  if (identifier === undefined || value === undefined || rest.length > 0) return undefined;
  return { type: identifier, text: readText(value), value };
}

/** `CN=sip.contoso.com, O=Contoso, C=TW`: most specific first, as Windows and certtool print it. */
export function printDistinguishedName(name: DistinguishedName): string {
  const print = (attribute: NameAttribute): string =>
    `${attributeName(attribute.type)}=${visibleText(attribute.text ?? `#${attribute.value.raw.toString('hex')}`)}`;
  return name.relativeNames
    .map((attributes) => attributes.map(print).join('+'))
    .toReversed()
    .join(', ');
}

export const attributeTexts = (name: DistinguishedName, type: string): readonly string[] =>
  name.relativeNames.flatMap((attributes) =>
    attributes.filter((attribute) => attribute.type === type).map((attribute) => attribute.text ?? ''),
  );

export const commonNameOf = (name: DistinguishedName): string | undefined =>
  attributeTexts(name, oid.commonName).at(-1);

/** One text per relative name; equal texts are equal relative names. [RFC 5280 §7.1] */
function canonical(attributes: readonly NameAttribute[]): string {
  const one = ({ type, text, value }: NameAttribute): string =>
    `${type}=${text === undefined ? `#${value.raw.toString('hex')}` : text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()}`;
  return JSON.stringify(attributes.map(one).toSorted());
}

/** Whether `name` is `base` or lies below it. */
export function isWithin(name: DistinguishedName, base: DistinguishedName): boolean {
  return base.relativeNames.every((attributes, index) => {
    const own = name.relativeNames[index];
    return own !== undefined && canonical(own) === canonical(attributes);
  });
}

export const isSameName = (left: DistinguishedName, right: DistinguishedName): boolean =>
  left.raw.equals(right.raw) || (left.relativeNames.length === right.relativeNames.length && isWithin(left, right));
