/** DNS domain names as A-labels, so that comparing is comparing strings. Refuses what DNS, TLS and JIDs would not agree on. */
import { domainToASCII, domainToUnicode } from 'node:url';

import { memoized } from './memoized.ts';
import { ok, type Result, refuse } from './result.ts';

declare const brand: unique symbol;
/** A DNS domain name as A-labels in lower case, without a final dot. Made only by `parseDomainName`. */
export type DomainName = string & { readonly [brand]: 'DomainName' };

/** What may stand in a name before IDNA mapping: keeps URL syntax away from the routine, which would cut there. */
const characters = /^[^\u0000-\u002c\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a0]+$/u;
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const maxLength = 253;

/**
 * Reads a domain name with at least two labels. U-labels become A-labels, upper case becomes lower case, one final dot is dropped.
 *
 * @returns The name, or one sentence that says what is wrong. Addresses, wildcards, underscores and bare host names are refused.
 * @source RFC 1123 §2.1 (letters, digits, hyphen), RFC 1035 §2.3.4 (63 and 253 octets)
 */
export const parseDomainName: (text: string) => Result<DomainName, string> = memoized((text) => {
  const trimmed = text.replace(/\.$/, '');
  if (!characters.test(trimmed)) return refuse(`"${text}" is not a domain name.`);
  const ascii = domainToASCII(trimmed).toLowerCase();
  const labels = ascii.split('.');
  if (ascii === '' || !labels.every((part) => label.test(part))) return refuse(`"${text}" is not a domain name.`);
  if (ascii.length > maxLength) return refuse(`"${text}" is longer than ${maxLength} characters.`);
  if (labels.length < 2) return refuse(`"${text}" has one label only; a domain name looks like contoso.com.`);
  if (/^[0-9]+$/.test(labels.at(-1) ?? '')) return refuse(`"${text}" is an address, not a domain name.`);
  return ok(ascii as DomainName);
});

/** The name as people read it: A-labels become U-labels. Only for display; compare the A-labels. */
export const displayDomainName = (name: DomainName): string => domainToUnicode(name);
