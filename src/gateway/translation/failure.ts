/**
 * What a failure on one side is on the other: stanza error to SIP status and back, each in one table [RFC 7247 §7].
 * Where the RFC offers two codes, the 4xx is taken: a 6xx would stop forking, and a 401, 407 or 503 would make a SIP
 * peer answer a challenge or mark the whole gateway down, none of which an XMPP error means.
 */
import { visibleText } from '../../primitives/visible-text.ts';
import type { HeaderField } from '../sip/headers.ts';
import { quote } from '../sip/scan.ts';
import { parseJid } from '../xmpp/jid.ts';
import { type StanzaError, type StanzaErrorCondition, stanzaError } from '../xmpp/stanza-error.ts';
import { jidToAor } from './address.ts';

export interface SipFailure {
  readonly status: number;
  readonly reason: string;
  /** What else the answer says. */
  readonly headers?: readonly HeaderField[];
}

const sipByCondition: Readonly<Record<StanzaErrorCondition, SipFailure>> = {
  'bad-request': { status: 400, reason: 'Bad Request' },
  conflict: { status: 400, reason: 'Conflict' },
  'feature-not-implemented': { status: 501, reason: 'Not Implemented' },
  forbidden: { status: 403, reason: 'Forbidden' },
  gone: { status: 410, reason: 'Gone' },
  'internal-server-error': { status: 500, reason: 'Server Internal Error' },
  'item-not-found': { status: 404, reason: 'Not Found' },
  'jid-malformed': { status: 400, reason: 'Malformed Address' },
  'not-acceptable': { status: 406, reason: 'Not Acceptable' },
  'not-allowed': { status: 403, reason: 'Not Allowed' },
  'not-authorized': { status: 403, reason: 'Not Authorized' },
  'policy-violation': { status: 403, reason: 'Policy Violation' },
  'recipient-unavailable': { status: 480, reason: 'Recipient Unavailable' },
  redirect: { status: 302, reason: 'Moved Temporarily' },
  'registration-required': { status: 403, reason: 'Registration Required' },
  'remote-server-not-found': { status: 404, reason: 'Remote Server Not Found' },
  'remote-server-timeout': { status: 408, reason: 'Remote Server Timeout' },
  'resource-constraint': { status: 500, reason: 'Resource Constraint' },
  'service-unavailable': { status: 480, reason: 'Temporarily Unavailable' },
  'subscription-required': { status: 403, reason: 'Subscription Required' },
  'undefined-condition': { status: 400, reason: 'Undefined Condition' },
  'unexpected-request': { status: 491, reason: 'Request Pending' },
};

/** Seconds after which a stanza that was one too many may be sent again. Source: own choice; a full queue is empty by then. */
export const retryAfterSeconds = 10;

/**
 * The SIP answer for a stanza error, with what else the error says: its text as a Warning, the new address of whoever is
 * `gone` or was redirected, as 301 or 302 with Contact, and when a queue is full the time to wait.
 */
export function sipFailureOf({ condition, text, address }: StanzaError): SipFailure {
  const failure = sipByCondition[condition];
  const contact = address === undefined ? undefined : aorOfXmppUri(address);
  const moved = condition === 'gone' && contact !== undefined;
  const headers: HeaderField[] = [];
  if (contact !== undefined && (moved || condition === 'redirect')) headers.push(['Contact', `<${contact}>`]);
  if (condition === 'resource-constraint') headers.push(['Retry-After', String(retryAfterSeconds)]);
  if (text !== undefined) headers.push(warningField(text));
  return { ...failure, ...(moved && { status: 301, reason: 'Moved Permanently' }), headers };
}

/** For people [RFC 3261 §20.43]: one line, of characters that can be seen. */
const warningField = (text: string): HeaderField => [
  'Warning',
  `399 xgw ${quote(visibleText(text.slice(0, maxWarningText)))}`,
];

/** Characters. Source: own choice; a sentence. */
const maxWarningText = 200;

function aorOfXmppUri(uri: string): string | undefined {
  const jid = parseJid(decodedPath(uri));
  const aor = jid.ok ? jidToAor(jid.value) : jid;
  return aor.ok ? aor.value : undefined;
}

/** `xmpp:bob%5c26co@example.net?message` is `bob\\26co@example.net` [RFC 5122 §2]; empty for what is none. */
function decodedPath(uri: string): string {
  const path = /^xmpp:([^/?#][^?#]*)/i.exec(uri)?.[1] ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

const statuses: Readonly<Partial<Record<StanzaErrorCondition, readonly number[]>>> = {
  gone: [301, 410],
  redirect: [300, 302, 305],
  'not-acceptable': [380, 406, 415, 416, 421, 482, 483, 488, 505, 606],
  'not-authorized': [401],
  forbidden: [403],
  'item-not-found': [404, 481, 484, 485, 604],
  'feature-not-implemented': [405, 420, 439, 501],
  'registration-required': [407],
  'remote-server-timeout': [408, 504],
  'policy-violation': [413, 414, 440, 489, 513],
  'resource-constraint': [423],
  'recipient-unavailable': [430, 480, 486, 487, 600, 603],
  'unexpected-request': [491],
  'remote-server-not-found': [502],
};

const conditionByStatus = new Map(
  Object.entries(statuses).flatMap(([condition, codes]) =>
    codes.map((code) => [code, condition as StanzaErrorCondition] as const),
  ),
);

/**
 * The stanza error for a SIP final response, with the type its condition recommends.
 *
 * @param status - 300 to 699. Codes without a row fall back to their class.
 * @param text - The reason phrase, for people.
 */
export function stanzaFailureOf(status: number, text?: string): StanzaError {
  return stanzaError(conditionByStatus.get(status) ?? conditionOfClass(status), text);
}

function conditionOfClass(status: number): StanzaErrorCondition {
  if (status < 400) return 'redirect';
  if (status < 500) return 'bad-request';
  return status < 600 ? 'internal-server-error' : 'recipient-unavailable';
}
