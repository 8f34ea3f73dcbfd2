/** What the gateway answers for its domains and users by itself: ping [XEP-0199], who am I [XEP-0030], and a clean no. */
import { errorReply, stanzaError } from './xmpp/stanza-error.ts';
import { childElements, type Element, element } from './xmpp/xml/element.ts';

const discoInfo = 'http://jabber.org/protocol/disco#info';
const discoItems = 'http://jabber.org/protocol/disco#items';
const ping = 'urn:xmpp:ping';

/** The answer to an iq; nothing for results and errors, which are answers themselves [RFC 6120 §8.2.3]. */
export function answerIq(iq: Element): Element | undefined {
  const { type, from, to, id } = iq.attributes as Readonly<Record<string, string | undefined>>;
  if (type !== 'get' && type !== 'set') return undefined;
  if (id === undefined || from === undefined || to === undefined) return errorReply(iq, stanzaError('bad-request'));
  const content = type === 'get' ? contentFor(to, childElements(iq)[0]?.namespace ?? '') : undefined;
  if (content === undefined) return errorReply(iq, stanzaError('service-unavailable'));
  return element('iq', iq.namespace, { from: to, to: from, id, type: 'result' }, ...content);
}

/** What a question gets. A user is nobody's to enumerate: only the domain itself tells what it is [XEP-0030 §8]. */
function contentFor(to: string, namespace: string): readonly Element[] | undefined {
  if (namespace === ping) return [];
  if (to.includes('@')) return undefined;
  if (namespace === discoInfo) return [identity()];
  return namespace === discoItems ? [element('query', discoItems, {})] : undefined;
}

const identity = (): Element =>
  element(
    'query',
    discoInfo,
    {},
    element('identity', discoInfo, { category: 'gateway', type: 'simple', name: 'xgw' }),
    ...[discoInfo, discoItems, ping].map((feature) => element('feature', discoInfo, { var: feature })),
  );
