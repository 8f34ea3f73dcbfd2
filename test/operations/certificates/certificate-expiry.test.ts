/** The last moments of a certificate. */
import { expect, it } from '@jest/globals';

import {
  expirySentence,
  expiryWarning,
  nextExpiryMoment,
} from '../../../src/operations/certificates/certificate-expiry.ts';

const notAfter = new Date('2026-11-22T12:00:00Z');
const certificate = { thumbprint: 'AA', friendlyName: 'edge', usages: ['ExternalEdge'] as const, notAfter };
const after = (ms: number): Date => new Date(notAfter.getTime() + ms);

function toldAt(now: Date): readonly [number | undefined, string | undefined] {
  const warning = expiryWarning(certificate, now);
  return [warning?.threshold, warning && /expire[^,]*|has expired/.exec(expirySentence(warning))?.[0]];
}

it('a certificate lasts through its last moment, and is said to have expired after it [RFC 5280 §4.1.2.5]', () => {
  expect(toldAt(after(0))).toEqual([1, 'expires within a day']);
  expect(toldAt(after(1))).toEqual([0, 'has expired']);
  expect(nextExpiryMoment([certificate], after(0))).toEqual(after(1));
  expect(nextExpiryMoment([certificate], after(1))).toBeUndefined();
});

it('a day is one day', () => {
  expect(toldAt(after(-86_400_000))).toEqual([1, 'expires in 1 day']);
});
