/**
 * Entity Capabilities [XEP-0115]: `<c/>` in the presence of our users, so that a contact need not ask what they can do.
 * The `<c/>` of contacts is not read at all: no decision here rests on a hash that nobody has verified.
 */
import { createHash } from 'node:crypto';

import { product } from '../../primitives/product.ts';
import { type Element, element } from '../xmpp/xml/element.ts';
import { capabilitiesNamespace, descriptions, type EntityDescription } from './described-entities.ts';

/** SHA-1 is the hash that everybody must know [§5.1]; it names a list, it protects nothing. */
const hash = 'sha1';

/** Base64 of the hash over identity and features, both in octet order, each ended by `<` [§5.1]. Our entities have no forms here. */
export function verificationString({ category, type, name, features }: EntityDescription): string {
  const lines = [`${category}/${type}//${name}`, ...features.toSorted()];
  return createHash(hash)
    .update(lines.map((line) => `${line}<`).join(''), 'utf8')
    .digest('base64');
}

const verification = verificationString(descriptions.resource);

/** The node under which a contact asks for the description that the verification string names [§6.2]. */
export const capabilitiesNode = `${product.uri}#${verification}`;

/** `<c/>` for the presence of a user who is available. */
export const userCapabilities: Element = element('c', capabilitiesNamespace, {
  hash: 'sha-1',
  node: product.uri,
  ver: verification,
});
