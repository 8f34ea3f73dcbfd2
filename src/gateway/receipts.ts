/**
 * Delivery receipts for contacts: only the 200 of a device says that the text has arrived, a 202 promises to try
 * [RFC 3428 §7]; and a receipt tells that somebody is there, so it goes to contacts who may know that [XEP-0184 §9].
 */
import type { Crossing, SipOutcome } from './crossing.ts';
import { admitDomain } from './policy/partners.ts';
import type { LinkEnds } from './presence-link-table.ts';
import { receiptFor } from './translation/receipt.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface Delivered extends LinkEnds {
  readonly partnerDomain: string;
}

export interface Watchers {
  /** Whether the contact may see the presence of our user. */
  maySee(ends: LinkEnds): boolean;
}

/** The receipt to send now, if any. */
export function receiptAfter(
  crossing: Crossing,
  watchers: Watchers,
  message: { readonly stanza: Element; readonly addressed: Delivered },
  { status }: SipOutcome,
): Element | undefined {
  const { stanza, addressed } = message;
  const receipt = status === 200 ? receiptFor(stanza, addressed.userJid, crossing.ids.token(64)) : undefined;
  if (receipt === undefined) return undefined;
  const partner = admitDomain(crossing.configuration(), addressed.partnerDomain, crossing.clock.wallTime());
  const isTrusted = partner.ok && partner.value.partnerType !== 'PublicUnverified';
  return isTrusted || watchers.maySee(addressed) ? receipt : undefined;
}
