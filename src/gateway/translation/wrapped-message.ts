/**
 * Copies of messages that only a user's own server may make: carbons [XEP-0280 §11] and archive results [XEP-0313 §9].
 * From another server they are forged, so the whole message is dropped, and not answered.
 */
import { childElements, type Element } from '../xmpp/xml/element.ts';

const carbons = 'urn:xmpp:carbons:2';

/** `urn:xmpp:mam:2`, and the versions before. */
const archive = /^urn:xmpp:mam:(?:\d+|tmp)$/;

/** `<private/>` and `<no-copy/>` in the carbons namespace are harmless wishes of a sender [XEP-0280 §7]. */
export const isWrapped = (message: Element): boolean =>
  childElements(message).some(
    ({ name, namespace }) =>
      (namespace === carbons && (name === 'sent' || name === 'received')) || archive.test(namespace),
  );
