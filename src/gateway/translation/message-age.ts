/**
 * When a message was said, where that was not just now: Date of a MESSAGE, and a delay in a stanza [XEP-0203]; and whether it
 * is of use to anybody still [RFC 3428 §7]. Times that cannot be read are none.
 */
import type { HeaderField, Headers } from '../sip/headers.ts';
import { namespaces } from '../xmpp/namespaces.ts';
import { childOf, type Element, element } from '../xmpp/xml/element.ts';

/** Milliseconds by which clocks may differ. Source: own choice. */
const toleranceMs = 60_000;

/** Without Date the time to live begins now: whoever receives it has not been waiting for it. */
export function isExpired(headers: Headers, now: Date): boolean {
  const seconds = secondsToLive(headers);
  const said = dateIn(headers);
  if (seconds === undefined || said === undefined) return false;
  return now.getTime() > said.getTime() + seconds * 1000 + toleranceMs;
}

/** When its time to live ends; nothing for one that says none. */
export function expiryOf(headers: Headers, now: Date): Date | undefined {
  const seconds = secondsToLive(headers);
  return seconds === undefined ? undefined : new Date((dateIn(headers) ?? now).getTime() + seconds * 1000);
}

function secondsToLive(headers: Headers): number | undefined {
  const seconds = /^\s*(\d{1,10})\s*$/.exec(headers.get('Expires') ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** `<delay/>` for a message that was under way for longer than clocks differ. */
export function delayOf(headers: Headers, now: Date): Element | undefined {
  const said = dateIn(headers);
  if (said === undefined || now.getTime() - said.getTime() <= toleranceMs) return undefined;
  return element('delay', namespaces.delay, { stamp: said.toISOString().replace('.000Z', 'Z') });
}

/** Date of a message that its server has kept; none for the others. */
export function dateFields(stanza: Element): readonly HeaderField[] {
  const stamp = childOf(stanza, 'delay', namespaces.delay)?.attributes['stamp'] ?? '';
  const said = dateTime.test(stamp) ? new Date(stamp) : undefined;
  return said === undefined || Number.isNaN(said.getTime()) ? [] : [['Date', said.toUTCString()]];
}

/** [XEP-0082 §3.2] */
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** [RFC 3261 §25.1 `rfc1123-date`] */
const rfc1123 = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function dateIn(headers: Headers): Date | undefined {
  const value = headers.get('Date')?.trim() ?? '';
  const said = rfc1123.test(value) ? new Date(value) : undefined;
  return said === undefined || Number.isNaN(said.getTime()) ? undefined : said;
}
