/**
 * Which of a contact's clients speaks, and by which name: `epid` of From [MS-SIPRE 2.2.1], by which Microsoft's servers tell
 * the devices of a user apart, and P-Asserted-Identity [RFC 3325], from which they take the name that they show. Both are for
 * a next hop alone, which trusts us as we trust it.
 */
import type { HeaderField, Headers } from './headers.ts';
import { parseNameAddr, printNameAddr } from './name-addr.ts';
import { splitAtCommas } from './scan.ts';

/** Characters of a name that cross, in either direction. Source: own choice; a line of a client's window. */
export const maxNameLength = 64;

export interface Speaker {
  /** 1 to 16 letters and digits; always the same for one client. */
  readonly epid?: string | undefined;
  /** As the contact calls himself. */
  readonly name?: string | undefined;
}

/** From of a request outside of dialogs. */
export const fromField = (aor: string, tag: string, speaker: Speaker | undefined): HeaderField => [
  'From',
  `<${aor}>;tag=${tag}${speaker?.epid === undefined ? '' : `;epid=${speaker.epid}`}`,
];

export const assertedIdentity = (aor: string, speaker: Speaker | undefined): HeaderField => [
  'P-Asserted-Identity',
  printNameAddr({ displayName: speaker?.name, uri: aor, parameters: new Map() }),
];

/** The sender's name, as somebody we trust has asserted it; text of the network. */
export function assertedName(headers: Headers): string | undefined {
  const [first = ''] = splitAtCommas(headers.get('P-Asserted-Identity') ?? '');
  const asserted = parseNameAddr(first);
  const name = asserted.ok ? asserted.value.displayName?.slice(0, maxNameLength).trim() : '';
  return name === '' ? undefined : name;
}
