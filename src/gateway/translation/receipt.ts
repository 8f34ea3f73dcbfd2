/**
 * Message Delivery Receipts [XEP-0184]: the SIP device's 200 as the receipt that the XMPP sender asked for, and the
 * contact's receipt for a message whose SIP sender asked for a notification.
 */
import { stanza as stanzaOf } from '../xmpp/stanza.ts';
import { childOf, type Element, element } from '../xmpp/xml/element.ts';

export const receiptsNamespace = 'urn:xmpp:receipts';

/** Types of messages that are receipted. Rooms would get one from everybody, and headlines expect no reply [§5.3, RFC 6121 §5.2.2]. */
const receiptedTypes: ReadonlySet<string | undefined> = new Set([undefined, 'normal', 'chat']);

/**
 * The receipt for a message; nothing when none was asked for, when it has no text that could have arrived, or no
 * id to name it by [§5.2].
 *
 * @param from - Our user: a bare JID.
 * @param id - Of the receipt itself.
 */
export function receiptFor(message: Element, from: string, id: string): Element | undefined {
  const { from: sender, id: messageId, type } = message.attributes as Readonly<Record<string, string | undefined>>;
  if (messageId === undefined || messageId === '' || sender === undefined || !receiptedTypes.has(type))
    return undefined;
  const isAsked = childOf(message, 'request', receiptsNamespace) !== undefined;
  if (!isAsked || childOf(message, 'body', message.namespace) === undefined) return undefined;
  return stanzaOf('message', { from, to: sender, id, type }, element('received', receiptsNamespace, { id: messageId }));
}

/** In a message: tell its sender when it has arrived. */
export const receiptRequest: Element = element('request', receiptsNamespace);

/** The id of the message a receipt is for; nothing in a message that is no receipt. One with a body is a message first. */
export function receivedId(message: Element): string | undefined {
  if (childOf(message, 'body', message.namespace) !== undefined) return undefined;
  return childOf(message, 'received', receiptsNamespace)?.attributes['id'];
}
