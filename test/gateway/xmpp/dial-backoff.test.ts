import { describe, expect, it } from '@jest/globals';

import { DialBackoff } from '../../../src/gateway/xmpp/dial-backoff.ts';
import type { DialFailure } from '../../../src/gateway/xmpp/outbound-state.ts';
import { firstBackoffMs, maxBackoffMs, maxDomainsInBackoff } from '../../../src/gateway/xmpp/s2s-limits.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { type MovableClock, movableClock } from '../../support/movable-clock.ts';

const fabrikam = 'fabrikam.example' as DomainName;
const northwind = 'northwind.example' as DomainName;
const failure: DialFailure = { step: 'tcp', condition: 'remote-server-timeout', reason: 'ECONNREFUSED' };
const other: DialFailure = { step: 'dns', condition: 'remote-server-not-found', reason: 'no such name' };

/** @param fraction - What randomness gives, from 0 to below 1. */
function backoffs(fraction = 0): { readonly backoff: DialBackoff; readonly clock: MovableClock } {
  const clock = movableClock();
  const token = Math.floor(fraction * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return { clock, backoff: new DialBackoff({ clock, ids: { token: () => token } }) };
}

/** Milliseconds for which the domain is held after its next failure. */
function heldFor(backoff: DialBackoff, clock: MovableClock): number {
  backoff.failed(fabrikam, failure, 1);
  const start = clock.now();
  while (backoff.holds(fabrikam, 1) !== undefined) clock.advance(250);
  return clock.now() - start;
}

describe('back-off after a failed dial', () => {
  it('doubles from 5 s to 300 s', () => {
    const { backoff, clock } = backoffs();
    const waits = Array.from({ length: 9 }, () => heldFor(backoff, clock) / 1000);
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect([firstBackoffMs, maxBackoffMs]).toEqual([5_000, 300_000]);
  });

  it('is shorter by up to a quarter, so that not everybody comes back at once', () => {
    for (const [fraction, expected] of [
      [0.5, 4_500],
      [0.999999, 3_750],
    ] as const) {
      const { backoff, clock } = backoffs(fraction);
      expect(Math.abs(heldFor(backoff, clock) - expected)).toBeLessThanOrEqual(250);
    }
  });

  it('answers with the last failure meanwhile, for that domain alone', () => {
    const { backoff } = backoffs();
    backoff.failed(fabrikam, failure, 1);
    expect(backoff.holds(fabrikam, 1)).toBe(failure);
    expect(backoff.holds(northwind, 1)).toBeUndefined();
  });

  it('counts dials that fail together once', () => {
    const { backoff, clock } = backoffs();
    backoff.failed(fabrikam, failure, 1);
    backoff.failed(fabrikam, other, 1);
    expect(backoff.holds(fabrikam, 1)).toBe(failure);
    clock.advance(5_000);
    expect(backoff.holds(fabrikam, 1)).toBeUndefined();
  });

  it('starts anew after a reset, of one domain or of all', () => {
    const { backoff, clock } = backoffs();
    for (const domain of [fabrikam, northwind]) backoff.failed(domain, failure, 1);
    backoff.reset(fabrikam);
    expect([backoff.holds(fabrikam, 1), backoff.holds(northwind, 1)]).toEqual([undefined, failure]);
    expect(heldFor(backoff, clock)).toBe(firstBackoffMs);
    backoff.reset();
    expect(heldFor(backoff, clock)).toBe(firstBackoffMs);
  });

  it('ends when what the failure depended on is not the same any more', () => {
    const { backoff } = backoffs();
    backoff.failed(fabrikam, failure, { startTls: 'required', anchors: [Buffer.from('a')] });
    expect(backoff.holds(fabrikam, { startTls: 'required', anchors: [Buffer.from('a')] })).toBe(failure);
    expect(backoff.holds(fabrikam, { startTls: 'required', anchors: [Buffer.from('b')] })).toBeUndefined();
    expect(backoff.holds(fabrikam, { startTls: 'required', anchors: [Buffer.from('a')] })).toBeUndefined();
  });

  it('remembers a bounded number of domains', () => {
    const { backoff } = backoffs();
    const domains = Array.from({ length: maxDomainsInBackoff + 1 }, (_, index) => `d${index}.example` as DomainName);
    for (const domain of domains) backoff.failed(domain, failure, 1);
    expect(domains.filter((domain) => backoff.holds(domain, 1) === undefined)).toEqual(['d0.example']);
  });
});
