import { describe, expect, it } from '@jest/globals';

import { sipFailureOf, stanzaFailureOf } from '../../../src/gateway/translation/failure.ts';
import { type StanzaErrorCondition, stanzaErrorConditions } from '../../../src/gateway/xmpp/stanza-error.ts';

const conditions = Object.keys(stanzaErrorConditions) as StanzaErrorCondition[];

describe('stanza errors as SIP responses [RFC 7247 §7]', () => {
  const rows: readonly (readonly [StanzaErrorCondition, number])[] = [
    ['item-not-found', 404],
    ['recipient-unavailable', 480],
    ['remote-server-not-found', 404],
    ['remote-server-timeout', 408],
    ['feature-not-implemented', 501],
    ['policy-violation', 403],
    ['gone', 410],
    ['internal-server-error', 500],
  ];
  it.each(rows)('%s is %i', (condition, status) => expect(sipFailureOf(condition).status).toBe(status));

  it('never challenges the peer, never marks the gateway down, never stops all forking', () => {
    const statuses = conditions.map((condition) => sipFailureOf(condition).status);
    expect(statuses.filter((status) => [401, 407, 503].includes(status) || status >= 600 || status < 300)).toEqual([]);
  });
});

describe('SIP responses as stanza errors [RFC 7247 §7]', () => {
  const rows: readonly (readonly [number, StanzaErrorCondition])[] = [
    [301, 'gone'],
    [302, 'redirect'],
    [400, 'bad-request'],
    [403, 'forbidden'],
    [404, 'item-not-found'],
    [405, 'feature-not-implemented'],
    [408, 'remote-server-timeout'],
    [410, 'gone'],
    [413, 'policy-violation'],
    [415, 'not-acceptable'],
    [480, 'recipient-unavailable'],
    [481, 'item-not-found'],
    [486, 'recipient-unavailable'],
    [488, 'not-acceptable'],
    [491, 'unexpected-request'],
    [499, 'bad-request'],
    [500, 'internal-server-error'],
    [502, 'remote-server-not-found'],
    [503, 'internal-server-error'],
    [504, 'remote-server-timeout'],
    [600, 'recipient-unavailable'],
    [603, 'recipient-unavailable'],
    [604, 'item-not-found'],
    [606, 'not-acceptable'],
  ];
  it.each(rows)('%i is %s', (status, condition) => expect(stanzaFailureOf(status).condition).toBe(condition));

  it('has an answer for every refusal there is', () => {
    for (let status = 300; status < 700; status += 1) expect(conditions).toContain(stanzaFailureOf(status).condition);
  });

  it('carries the reason phrase for people', () => {
    expect(stanzaFailureOf(404, 'No Such User').text).toBe('No Such User');
  });
});
