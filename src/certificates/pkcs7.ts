/** The certificates in a PKCS#7 file: a SignedData that signs nothing, as authorities return a chain. [RFC 5652 §5.1] */
import { type DerElement, derTag } from './der.ts';
import { childrenOf, readOid } from './der-values.ts';
import { oid } from './object-identifiers.ts';

/** `[0] IMPLICIT CertificateSet`, in the order of a set: in none. */
const certificateSet = 0xa0;

/** @returns DER; undefined for what is no SignedData. */
export function certificatesInPkcs7(top: DerElement): readonly Buffer[] | undefined {
  if (readOid(top.children[0]) !== oid.signedData) return undefined;
  const content = childrenOf(top.children[1]?.children[0], derTag.sequence) ?? [];
  const set = content.find((part) => part.tag === certificateSet);
  // Attribute certificates and the like have context tags.
  return (set?.children ?? []).filter(({ tag }) => tag === derTag.sequence).map(({ raw }) => raw);
}
