/** GeneralName (RFC 5280 §4.2.1.6): the entries of a subjectAlternativeName and the bases of name constraints. */
import { domainToASCII } from 'node:url';

import { visibleText } from '../primitives/visible-text.ts';
import { type DerElement, derTag } from './der.ts';
import { childrenOf, readOid, readText } from './der-values.ts';
import { type DistinguishedName, printDistinguishedName, readDistinguishedName } from './distinguished-name.ts';
import { oid } from './object-identifiers.ts';

export type GeneralName =
  | { readonly kind: 'dns'; readonly name: string }
  /** SRVName as written: `_service.name`. [RFC 4985 §2] */
  | { readonly kind: 'srv'; readonly name: string }
  /** XmppAddr as written. [RFC 6120 §13.7.1.4] */
  | { readonly kind: 'xmpp'; readonly address: string }
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'uri'; readonly uri: string }
  /** 4 or 16 octets; twice as many in a name constraint. */
  | { readonly kind: 'ip'; readonly octets: Buffer }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'other'; readonly type: string };

const contextPrimitive = 0x80;
const contextConstructed = 0xa0;

/** @returns undefined where the encoding is broken. Text with a NUL octet is broken: it once fooled C programs. */
export function readGeneralName(element: DerElement): GeneralName | undefined {
  switch (element.tag) {
    case contextConstructed + 0:
      return readOtherName(element);
    case contextPrimitive + 1:
      return withAscii(element, (address) => ({ kind: 'email', address }));
    case contextPrimitive + 2:
      return withAscii(element, (name) => ({ kind: 'dns', name }));
    case contextConstructed + 4:
      return readDirectoryName(element);
    case contextPrimitive + 6:
      return withAscii(element, (uri) => ({ kind: 'uri', uri }));
    case contextPrimitive + 7:
      return { kind: 'ip', octets: element.contents };
    case contextConstructed + 3:
    case contextConstructed + 5:
    case contextPrimitive + 8:
      return { kind: 'other', type: `[${element.tag & 0x1f}]` };
    default:
      return undefined;
  }
}

function withAscii(element: DerElement, make: (text: string) => GeneralName): GeneralName | undefined {
  const isAscii = element.contents.every((octet) => octet > 0 && octet < 0x80);
  return isAscii ? make(element.contents.toString('latin1')) : undefined;
}

function readDirectoryName(element: DerElement): GeneralName | undefined {
  const name = readDistinguishedName(element.children[0]);
  return name === undefined || element.children.length !== 1 ? undefined : { kind: 'directory', name };
}

function readOtherName(element: DerElement): GeneralName | undefined {
  const [type, wrapped, ...rest] = element.children;
  const identifier = readOid(type);
  if (identifier === undefined || wrapped === undefined || rest.length > 0) return undefined;
  const [value] = childrenOf(wrapped, contextConstructed) ?? [];
  return readXmppName(identifier, value) ?? { kind: 'other', type: identifier };
}

function readXmppName(identifier: string, value: DerElement | undefined): GeneralName | undefined {
  const text = readText(value);
  if (text === undefined || text.includes('\0')) return undefined;
  if (identifier === oid.srvName && value?.tag === derTag.ia5String) return { kind: 'srv', name: text };
  if (identifier === oid.xmppAddr && value?.tag === derTag.utf8String) return { kind: 'xmpp', address: text };
  return undefined;
}

/** `DNS:contoso.com`, `SRV:_xmpp-server.contoso.com`, `XMPP:contoso.com`; safe to show. */
export function printGeneralName(name: GeneralName): string {
  switch (name.kind) {
    case 'dns':
      return `DNS:${visibleText(name.name)}`;
    case 'srv':
      return `SRV:${visibleText(name.name)}`;
    case 'xmpp':
      return `XMPP:${visibleText(name.address)}`;
    case 'email':
      return `email:${visibleText(name.address)}`;
    case 'uri':
      return `URI:${visibleText(name.uri)}`;
    case 'ip':
      return `IP:${printAddress(name.octets)}`;
    case 'directory':
      return `DirName:${printDistinguishedName(name.name)}`;
    default:
      return `other:${name.type}`;
  }
}

function printAddress(octets: Buffer): string {
  if (octets.length === 4) return [...octets].join('.');
  return octets.toString('hex').replace(/(.{4})(?=.)/g, '$1:');
}

/** The domain inside a name, as A-labels in lower case; undefined for names that hold none. A wildcard label stays. */
export function domainIn(name: GeneralName): string | undefined {
  switch (name.kind) {
    case 'dns':
      return name.name.toLowerCase();
    case 'srv':
      return name.name.toLowerCase().replace(/^_[^.]*\./, '');
    case 'xmpp':
      return domainToASCII(name.address.replace(/\/.*$/s, '').replace(/^.*@/s, '')).toLowerCase();
    default:
      return undefined;
  }
}
