/**
 * Delivery receipts for contacts: only the 200 of a device says that the text has arrived, a 202 promises to try
 * [RFC 3428 §7]. A receipt tells that somebody is there [XEP-0184 §9]; it follows a message, so its contact may know.
 */
import type { Addressed } from './addressed.ts';
import type { Crossing, SipOutcome } from './crossing.ts';
import { receiptFor } from './translation/receipt.ts';
import type { Element } from './xmpp/xml/element.ts';

/** The receipt to send now, if any, for a message that was admitted. */
export const receiptAfter = (
  { ids }: Pick<Crossing, 'ids'>,
  { stanza, addressed }: { readonly stanza: Element; readonly addressed: Addressed },
  { status }: SipOutcome,
): Element | undefined => (status === 200 ? receiptFor(stanza, addressed.userJid, ids.token(64)) : undefined);
