/** The one spelling of a user's address of record, as the key of every table here. */
import { type NameAddr, parseNameAddr } from './name-addr.ts';
import { aorOf, parseSipUri, type SipUri } from './sip-uri.ts';

/**
 * The address of record with its user part in lower case. SIP compares user parts by case [RFC 3261 §19.1.4], but XMPP and
 * Lync do not, and two users who differ by case alone could not be told apart across the gateway.
 */
export function canonicalAor(uri: SipUri): string {
  const user = uri.user?.replace(/%[0-9A-F]{2}|[A-Z]+/g, (part) => (part.startsWith('%') ? part : part.toLowerCase()));
  return aorOf({ ...uri, user });
}

/** The sip URI in a From, To or Contact value; undefined when it is malformed or has another scheme. */
export function sipUriIn(value: string | undefined): SipUri | undefined {
  const address = parseNameAddr(value ?? '');
  return address.ok ? sipUriOf(address.value) : undefined;
}

function sipUriOf(address: NameAddr): SipUri | undefined {
  const uri = parseSipUri(address.uri);
  return uri.ok ? uri.value : undefined;
}

/** Of an address of record; empty for what is none. */
export const domainOfAor = (aor: string): string => sipUriIn(`<${aor}>`)?.host ?? '';
