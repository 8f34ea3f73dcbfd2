/**
 * What a failure on one side is on the other: stanza error to SIP status and back, each in one table [RFC 7247 §7].
 * Where the RFC offers two codes, the 4xx is taken: a 6xx would stop forking, and a 401, 407 or 503 would make a SIP
 * peer answer a challenge or mark the whole gateway down, none of which an XMPP error means.
 */
import { type StanzaError, type StanzaErrorCondition, stanzaError } from '../xmpp/stanza-error.ts';

export interface SipFailure {
  readonly status: number;
  readonly reason: string;
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

/** The SIP answer for a stanza error. */
export const sipFailureOf = (condition: StanzaErrorCondition): SipFailure => sipByCondition[condition];

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
