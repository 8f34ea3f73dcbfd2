/** Service Discovery [XEP-0030]: what an entity is and can do, and whom to write to about it [XEP-0157]. Nothing lists users. */
import { contactKinds, parseContactAddress } from '../../config/contact-address.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.ts';
import { type Element, element } from '../xmpp/xml/element.ts';
import { descriptions, discoInfo, discoItems, type Entity } from './described-entities.ts';
import { capabilitiesNode } from './entity-capabilities.ts';

const formNamespace = 'jabber:x:data';
const serverInformation = 'http://jabber.org/network/serverinfo';

type Answer = Result<readonly Element[], StanzaError>;

/**
 * @param node - Nothing, or for a user's resource the one our presence names.
 * @param contactAddresses - Of the domain only: `abuse=mailto:abuse@contoso.com`.
 */
export function describeEntity(entity: Entity, node: string | undefined, contactAddresses: readonly string[]): Answer {
  const isKnown = node === undefined || (entity === 'resource' && node === capabilitiesNode);
  if (!isKnown) return refuse(stanzaError('item-not-found'));
  const { category, type, name, features } = descriptions[entity];
  const content = [
    element('identity', discoInfo, { category, type, name }),
    ...features.map((feature) => element('feature', discoInfo, { var: feature })),
    ...(entity === 'domain' && contactAddresses.length > 0 ? [contactForm(contactAddresses)] : []),
  ];
  return ok([element('query', discoInfo, { node }, ...content)]);
}

/** Nothing belongs to a domain or to a resource, as far as others may know. */
export const itemsOfEntity = (node: string | undefined): Answer =>
  node === undefined ? ok([element('query', discoItems)]) : refuse(stanzaError('item-not-found'));

/** The form of XEP-0157: one field a kind, one value an address. */
function contactForm(contactAddresses: readonly string[]): Element {
  const parsed = contactAddresses.map(parseContactAddress).flatMap((address) => (address.ok ? [address.value] : []));
  const fields = contactKinds.flatMap((kind) => {
    const uris = parsed.filter((address) => address.kind === kind).map(({ uri }) => uri);
    return uris.length === 0 ? [] : [field(`${kind}-addresses`, 'list-multi', uris)];
  });
  return element('x', formNamespace, { type: 'result' }, field('FORM_TYPE', 'hidden', [serverInformation]), ...fields);
}

const field = (name: string, type: string, values: readonly string[]): Element =>
  element(
    'field',
    formNamespace,
    { var: name, type },
    ...values.map((value) => element('value', formNamespace, {}, value)),
  );
