/**
 * What the gateway answers for its domains and users by itself. An answer never depends on whether the user exists, so
 * that nobody can find out who does [XEP-0030 §8]. What is not served here, in-band registration and vCards among it, is
 * `service-unavailable` [RFC 6121 §8.5.2.1.3].
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { type Jid, parseJid } from '../xmpp/jid.ts';
import { errorReply, type StanzaError, stanzaError } from '../xmpp/stanza-error.ts';
import { childElements, type Element, element } from '../xmpp/xml/element.ts';
import {
  discoInfo,
  discoItems,
  type Entity,
  pingNamespace,
  timeNamespace,
  versionNamespace,
} from './described-entities.ts';
import { timeOf } from './entity-time.ts';
import { describeEntity, itemsOfEntity } from './service-discovery.ts';
import { softwareVersion } from './software-version.ts';
import { userResource } from './user-resource.ts';

export interface IqSurroundings {
  /** `abuse=mailto:abuse@contoso.com`, as the administrator wrote them. */
  readonly contactAddresses: readonly string[];
  readonly now: Date;
}

/**
 * The answer to an iq; nothing for results and errors, which are answers themselves [RFC 6120 §8.2.3]. A request without
 * id, of no known type, or without exactly one child is a `bad-request`.
 */
export function answerIq(iq: Element, surroundings: IqSurroundings): Element | undefined {
  const { type, from, to, id } = iq.attributes as Readonly<Record<string, string | undefined>>;
  if (type === 'result' || type === 'error') return undefined;
  const answer = contentFor(iq, surroundings);
  if (!answer.ok) return errorReply(iq, answer.error);
  return element('iq', iq.namespace, { from: to, to: from, id, type: 'result' }, ...answer.value);
}

function contentFor(iq: Element, surroundings: IqSurroundings): Result<readonly Element[], StanzaError> {
  const { type, to = '', id } = iq.attributes as Readonly<Record<string, string | undefined>>;
  const [request, ...more] = childElements(iq);
  if (id === undefined || request === undefined || more.length > 0) return refuse(stanzaError('bad-request'));
  if (type !== 'get' && type !== 'set') return refuse(stanzaError('bad-request'));
  const address = parseJid(to);
  if (!address.ok) return refuse(stanzaError('jid-malformed'));
  const entity = entityAt(address.value);
  const isServed = type === 'get' && entity !== undefined;
  return isServed ? answerOf(request, entity, surroundings) : refuse(stanzaError('service-unavailable'));
}

/** Who is meant: a domain, any user of it, or the one resource that users have; other resources are not there. */
function entityAt({ localpart, resourcepart }: Jid): Entity | 'account' | undefined {
  if (localpart === undefined) return resourcepart === undefined ? 'domain' : undefined;
  if (resourcepart === undefined) return 'account';
  return resourcepart === userResource ? 'resource' : undefined;
}

function answerOf(
  request: Element,
  entity: Entity | 'account',
  { contactAddresses, now }: IqSurroundings,
): Result<readonly Element[], StanzaError> {
  const { namespace } = request;
  if (namespace === pingNamespace) return ok([]);
  // What an account is goes to its subscribers only, and it has nothing to say that its resource does not [XEP-0030 §8].
  if (entity === 'account') return refuse(stanzaError('service-unavailable'));
  if (namespace === discoInfo) return describeEntity(entity, request.attributes['node'], contactAddresses);
  if (namespace === discoItems) return itemsOfEntity(request.attributes['node']);
  if (entity === 'domain' && namespace === versionNamespace) return ok([softwareVersion]);
  if (entity === 'domain' && namespace === timeNamespace) return ok([timeOf(now)]);
  return refuse(stanzaError('service-unavailable'));
}
