import { describe, expect, it } from '@jest/globals';

import type { Negotiation } from '../../src/config/federated-partner.ts';
import { type NegotiationSettings, nearestValid, negotiationOutcome } from '../../src/config/negotiation.ts';

const settings = (
  tlsNegotiation: Negotiation,
  saslNegotiation: Negotiation,
  dialback: boolean,
): NegotiationSettings => ({
  tlsNegotiation,
  saslNegotiation,
  supportDialbackNegotiation: dialback,
});

const sasl = 'SASL over TLS';
const tlsDialback = 'TLS Dialback';
const tcpDialback = 'TCP Dialback';

// In the order of the document: TLS, SASL, dialback, methods, class, remark.
const rows = [
  [1, 'Required', 'Required', true, [sasl], 'Warning', 'DialbackInert'],
  [2, 'Required', 'Required', false, [sasl], 'Ok', undefined],
  [3, 'Optional', 'Required', true, [sasl, tlsDialback, tcpDialback], 'Warning', 'SaslNeedsTls'],
  [4, 'Optional', 'Required', false, [sasl], 'Warning', 'SaslNeedsTls'],
  [5, 'NotSupported', 'Required', true, [tcpDialback], 'Warning', 'SaslNeedsTls'],
  [6, 'NotSupported', 'Required', false, [], 'Invalid', 'SaslWithoutTls'],
  [7, 'Required', 'Optional', true, [sasl, tlsDialback], 'Ok', undefined],
  [8, 'Required', 'Optional', false, [sasl], 'Ok', undefined],
  [9, 'Optional', 'Optional', true, [sasl, tlsDialback, tcpDialback], 'Warning', 'SaslNeedsTls'],
  [10, 'Optional', 'Optional', false, [sasl], 'Warning', 'SaslNeedsTls'],
  [11, 'NotSupported', 'Optional', true, [tcpDialback], 'Warning', 'SaslNeedsTls'],
  [12, 'NotSupported', 'Optional', false, [], 'Invalid', 'SaslWithoutTls'],
  [13, 'Required', 'NotSupported', true, [tlsDialback], 'Ok', undefined],
  [14, 'Required', 'NotSupported', false, [], 'Invalid', 'NoMethod'],
  [15, 'Optional', 'NotSupported', true, [tlsDialback, tcpDialback], 'Ok', undefined],
  [16, 'Optional', 'NotSupported', false, [], 'Invalid', 'NoMethod'],
  [17, 'NotSupported', 'NotSupported', true, [tcpDialback], 'Ok', undefined],
  [18, 'NotSupported', 'NotSupported', false, [], 'Invalid', 'NoMethod'],
] as const;

describe('the negotiation matrix [JJ552456]', () => {
  it.each(rows)('row %i: TLS %s, SASL %s, dialback %s', (...row) => {
    const [, tls, saslSetting, dialback, methods, kind, remark] = row;
    const outcome = negotiationOutcome(settings(tls, saslSetting, dialback));
    expect(outcome.methods).toEqual(methods);
    expect(outcome.class).toBe(kind);
    expect(outcome.remark).toBe(remark);
  });

  it('lists every combination once', () => {
    expect(new Set(rows.map(([, tls, saslSetting, dialback]) => `${tls} ${saslSetting} ${dialback}`)).size).toBe(18);
  });
});

describe('the nearest valid combinations', () => {
  it.each([
    [
      6,
      settings('NotSupported', 'Required', false),
      [
        settings('Required', 'Required', false),
        settings('Optional', 'Required', false),
        settings('NotSupported', 'Required', true),
      ],
    ],
    [
      12,
      settings('NotSupported', 'Optional', false),
      [
        settings('Required', 'Optional', false),
        settings('Optional', 'Optional', false),
        settings('NotSupported', 'Optional', true),
      ],
    ],
    [
      14,
      settings('Required', 'NotSupported', false),
      [
        settings('Required', 'Required', false),
        settings('Required', 'Optional', false),
        settings('Required', 'NotSupported', true),
      ],
    ],
    [
      16,
      settings('Optional', 'NotSupported', false),
      [
        settings('Optional', 'Required', false),
        settings('Optional', 'Optional', false),
        settings('Optional', 'NotSupported', true),
      ],
    ],
    [18, settings('NotSupported', 'NotSupported', false), [settings('NotSupported', 'NotSupported', true)]],
  ])('of row %i differ in one value, the strongest first', (_row, invalid, nearest) => {
    expect(nearestValid(invalid)).toEqual(nearest);
  });
});
