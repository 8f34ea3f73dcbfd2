/**
 * End-to-end encryption inside a message. It cannot cross: the keys are with people, not with servers. What stands beside
 * it as a body is only a hint for clients that cannot read it, and is not the message.
 */

import { type StanzaError, stanzaError } from '../xmpp/stanza-error.ts';
import { childElements, type Element } from '../xmpp/xml/element.ts';
import { childText } from './instant-message.ts';

/** Namespaces of elements whose presence makes a message an encrypted one. */
const encryptedNamespaces: ReadonlySet<string> = new Set([
  // OMEMO, as deployed since 2015 and as of XEP-0384 0.8.
  'eu.siacs.conversations.axolotl',
  'urn:xmpp:omemo:1',
  'urn:xmpp:omemo:2',
  // OpenPGP, XEP-0027 and XEP-0373.
  'jabber:x:encrypted',
  'urn:xmpp:openpgp:0',
  // Explicit Message Encryption, XEP-0380: whatever the method is.
  'urn:xmpp:eme:0',
  // S/MIME, RFC 3923.
  'urn:ietf:params:xml:ns:xmpp-e2e',
]);

/** OTR is in the body itself: queries, data, fragments and errors begin like this [XEP-0364 §2.1]. A sentence about ?OTR does not. */
const otr = /^\s*\?OTR(?:\??v[0-9xX]*\?|[?:,|]| Error:)/;

/** The error for an encrypted message; nothing for a message that everybody may read. */
export function encryptionProblem(message: Element): StanzaError | undefined {
  const isEncrypted = childElements(message).some(({ namespace }) => encryptedNamespaces.has(namespace));
  return isEncrypted || otr.test(childText(message, 'body'))
    ? stanzaError(
        'not-acceptable',
        'End-to-end encryption cannot cross this gateway; the message was not delivered. Send it unencrypted.',
      )
    : undefined;
}
