import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type HeaderField, Headers } from '../../../src/gateway/sip/headers.ts';
import { refusalAdviceOf } from '../../../src/gateway/sip/refusal-advice.ts';
import { sipFailureOf, stanzaFailureOf } from '../../../src/gateway/translation/failure.ts';
import { stanzaFailureOfOutcome } from '../../../src/gateway/translation/refused-outcome.ts';
import {
  printStanzaError,
  readStanzaError,
  type StanzaErrorCondition,
  type StanzaErrorType,
  stanzaError,
  stanzaErrorConditions,
} from '../../../src/gateway/xmpp/stanza-error.ts';
import { element } from '../../../src/gateway/xmpp/xml/element.ts';

const conditions = Object.keys(stanzaErrorConditions) as StanzaErrorCondition[];

/** The column for bare JIDs, which is the one of 4xx codes; with our own choice where it names a 401, a 407 or a 503. */
const sipByCondition: Readonly<Record<StanzaErrorCondition, number>> = {
  'bad-request': 400,
  conflict: 400,
  'feature-not-implemented': 501,
  forbidden: 403,
  gone: 410,
  'internal-server-error': 500,
  'item-not-found': 404,
  'jid-malformed': 400,
  'not-acceptable': 406,
  'not-allowed': 403,
  'not-authorized': 403,
  'policy-violation': 403,
  'recipient-unavailable': 480,
  redirect: 302,
  'registration-required': 403,
  'remote-server-not-found': 404,
  'remote-server-timeout': 408,
  'resource-constraint': 500,
  'service-unavailable': 480,
  'subscription-required': 403,
  'undefined-condition': 400,
  'unexpected-request': 491,
};

const headersOf = (condition: StanzaErrorCondition, more: { text?: string; address?: string }) =>
  Object.fromEntries(sipFailureOf({ ...stanzaError(condition), ...more }).headers ?? []);

describe('stanza errors as SIP responses [RFC 7247 §7, table 2]', () => {
  it.each(conditions.map((condition) => [condition, sipByCondition[condition]] as const))(
    '%s is %i',
    (condition, status) => expect(sipFailureOf(stanzaError(condition)).status).toBe(status),
  );

  it('never challenges the peer, never marks the gateway down, never stops all forking', () => {
    const statuses = conditions.map((condition) => sipFailureOf(stanzaError(condition)).status);
    expect(statuses.filter((status) => [401, 407, 503].includes(status) || status >= 600 || status < 300)).toEqual([]);
  });

  it('gone with a new address is 301 with Contact, and a redirect names where to', () => {
    const moved = { ...stanzaError('gone'), address: 'xmpp:f%C3%BC@new.example?message' };
    expect(sipFailureOf(moved)).toMatchObject({ status: 301, headers: [['Contact', '<sip:f%C3%BC@new.example>']] });
    const elsewhere = headersOf('redirect', { address: 'xmpp:bob@new.example/desk' });
    expect(elsewhere).toEqual({ Contact: '<sip:bob@new.example>' });
  });

  it.each(['', 'https://new.example/', 'xmpp:new.example', 'xmpp:%ZZ@new.example', 'xmpp:a%0d%0ab@new.example'])(
    'an address that is none (%j) leaves gone as 410',
    (address) => expect(sipFailureOf({ ...stanzaError('gone'), address })).toMatchObject({ status: 410, headers: [] }),
  );

  it('the text is a Warning for people: one line, whatever the partner wrote', () => {
    expect(headersOf('forbidden', { text: 'He said "no"' })).toEqual({ Warning: '399 xgw "He said \\"no\\""' });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const warning = headersOf('forbidden', { text })['Warning'] ?? '';
        expect(warning).toMatch(/^399 xgw "[^\u0000-\u001f\u007f]*"$/);
      }),
    );
  });

  it('a full queue says when to try again', () => {
    expect(headersOf('resource-constraint', {})).toEqual({ 'Retry-After': '10' });
  });
});

/** Every row of the table, and each class for codes that have none. */
const conditionByStatus: readonly (readonly [number, StanzaErrorCondition])[] = [
  ...[300, 302, 305, 399].map((status) => [status, 'redirect'] as const),
  [301, 'gone'],
  [380, 'not-acceptable'],
  ...[400, 402, 493, 499].map((status) => [status, 'bad-request'] as const),
  [401, 'not-authorized'],
  [403, 'forbidden'],
  ...[404, 481, 484, 485, 604].map((status) => [status, 'item-not-found'] as const),
  ...[405, 420, 439, 501].map((status) => [status, 'feature-not-implemented'] as const),
  ...[406, 415, 416, 421, 482, 483, 488, 505, 606].map((status) => [status, 'not-acceptable'] as const),
  [407, 'registration-required'],
  ...[408, 504].map((status) => [status, 'remote-server-timeout'] as const),
  [410, 'gone'],
  ...[413, 414, 440, 489, 513].map((status) => [status, 'policy-violation'] as const),
  [423, 'resource-constraint'],
  ...[430, 480, 486, 487, 600, 603, 699].map((status) => [status, 'recipient-unavailable'] as const),
  [491, 'unexpected-request'],
  ...[500, 503, 599].map((status) => [status, 'internal-server-error'] as const),
  [502, 'remote-server-not-found'],
];

describe('SIP responses as stanza errors [RFC 7247 §7, table 3]', () => {
  it.each(conditionByStatus)('%i is %s, of the type that the condition has', (status, condition) => {
    expect(stanzaFailureOf(status)).toEqual({ condition, type: stanzaErrorConditions[condition] });
  });

  it('has an answer for every refusal there is', () => {
    for (let status = 300; status < 700; status += 1) expect(conditions).toContain(stanzaFailureOf(status).condition);
  });

  it('carries the reason phrase for people', () => {
    expect(stanzaFailureOf(404, 'No Such User').text).toBe('No Such User');
  });

  const failure = (status: number, ...fields: HeaderField[]) => {
    const headers = Headers.of(fields);
    const advice = refusalAdviceOf({ kind: 'response', status, reason: 'R', headers, body: Buffer.alloc(0) });
    return stanzaFailureOfOutcome({ status, reason: 'R', ...advice });
  };

  it.each<[number, string, StanzaErrorCondition, string | undefined]>([
    [301, '<sip:Alice@new.example:5061>', 'gone', 'xmpp:alice@new.example'],
    [302, '"A" <sip:al%20ice@new.example>;q=0.5, <sip:b@c.example>', 'redirect', 'xmpp:al%5C20ice@new.example'],
    [302, '<tel:+45123>, <sip:bob@new.example>', 'redirect', 'xmpp:bob@new.example'],
    [302, '<sip:alice@192.0.2.1:5060>', 'redirect', undefined],
    [302, '<sip:new.example>', 'redirect', undefined],
    [302, 'nonsense', 'redirect', undefined],
    [480, '<sip:alice@new.example>', 'recipient-unavailable', undefined],
  ])('%i with Contact %s is %s with %s', (status, contact, condition, address) => {
    const told = failure(status, ['Contact', contact]);
    expect([told.condition, told.address]).toEqual([condition, address]);
  });

  it.each<[number, string, StanzaErrorType, string]>([
    [486, '120', 'wait', 'R (try again in 120 s)'],
    [404, '30 (at lunch);duration=60', 'wait', 'R (try again in 30 s)'],
    [404, '99999999999', 'cancel', 'R'],
    [404, '99999999', 'wait', 'R (try again in 86400 s)'],
    [404, 'soon', 'cancel', 'R'],
    [404, '0', 'cancel', 'R'],
  ])('%i with Retry-After %s is of type %s', (status, value, type, text) => {
    expect(failure(status, ['Retry-After', value])).toMatchObject({ type, text });
  });
});

describe('the new address of an error [RFC 6120 §8.3.3.5]', () => {
  it('is written into the condition, and read from there', () => {
    const error = { ...stanzaError('gone', 'Moved'), address: 'xmpp:bob@new.example' };
    expect(readStanzaError(element('message', 'jabber:server', {}, printStanzaError(error)))).toEqual(error);
  });

  it('is none in a condition that has no address', () => {
    const error = { ...stanzaError('forbidden'), address: 'xmpp:bob@new.example' };
    const read = readStanzaError(element('message', 'jabber:server', {}, printStanzaError(error)));
    expect(read.address).toBeUndefined();
  });
});
