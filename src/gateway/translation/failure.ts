/**
 * What a failure on one side is on the other: stanza error to SIP status and back, each in one table [RFC 7247 §7].
 * Where the RFC offers two codes, the 4xx is taken: a 6xx would stop forking, and a 401, 407 or 503 would make a SIP
 * peer answer a challenge or mark the whole gateway down, none of which an XMPP error means.
 */

export interface StanzaFailure {
  readonly condition: string;
  readonly type: 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';
}

export interface SipFailure {
  readonly status: number;
  readonly reason: string;
}

const sipByCondition: Readonly<Record<string, SipFailure>> = {
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

/** The SIP answer for a stanza error; an unknown condition is a 400. */
export const sipFailureOf = (condition: string): SipFailure =>
  (Object.hasOwn(sipByCondition, condition) ? sipByCondition[condition] : undefined) ?? {
    status: 400,
    reason: 'Bad Request',
  };

const cancel = (condition: string): StanzaFailure => ({ condition, type: 'cancel' });
const wait = (condition: string): StanzaFailure => ({ condition, type: 'wait' });
const modify = (condition: string): StanzaFailure => ({ condition, type: 'modify' });
const auth = (condition: string): StanzaFailure => ({ condition, type: 'auth' });

const stanzaByStatus = new Map<number, StanzaFailure>([
  ...[301, 410].map((status) => [status, cancel('gone')] as const),
  ...[300, 302, 305].map((status) => [status, modify('redirect')] as const),
  ...[380, 406, 415, 416, 421, 482, 483, 488, 505, 606].map((status) => [status, modify('not-acceptable')] as const),
  [401, auth('not-authorized')],
  [403, auth('forbidden')],
  ...[404, 481, 484, 485, 604].map((status) => [status, cancel('item-not-found')] as const),
  ...[405, 420, 439, 501].map((status) => [status, cancel('feature-not-implemented')] as const),
  [407, auth('registration-required')],
  ...[408, 504].map((status) => [status, wait('remote-server-timeout')] as const),
  ...[413, 414, 440, 489, 513].map((status) => [status, modify('policy-violation')] as const),
  [423, wait('resource-constraint')],
  ...[430, 480, 486, 487, 600, 603].map((status) => [status, wait('recipient-unavailable')] as const),
  [491, wait('unexpected-request')],
  [502, cancel('remote-server-not-found')],
]);

/**
 * The stanza error for a SIP final response.
 *
 * @param status - 300 to 699. Codes without a row fall back to their class.
 */
export function stanzaFailureOf(status: number): StanzaFailure {
  const exact = stanzaByStatus.get(status);
  if (exact !== undefined) return exact;
  if (status < 400) return modify('redirect');
  if (status < 500) return modify('bad-request');
  if (status < 600) return wait('internal-server-error');
  return wait('recipient-unavailable');
}
