import { describe, expect, it } from '@jest/globals';

import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { issueFromLocalCa, newLocalCa } from '../../../src/certificates/local-ca.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { thumbprintOf } from '../../../src/operations/certificates/certificates.ts';
import type { RenewalAdvice } from '../../../src/operations/online-authority/online-authority.ts';
import { refreshAdvice } from '../../../src/operations/renewal/renewal-advice.ts';
import { plannedRenewals } from '../../../src/operations/renewal/renewal-round.ts';
import { nextRenewal } from '../../../src/operations/renewal/renewal-schedule.ts';
import { CodedError } from '../../../src/primitives/errors.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';
import { renewalJournal } from '../../../src/store/renewal-journal.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

async function site(authority: string) {
  const clock = movableClock();
  const folder = temporaryFolder();
  const [store, keys, journal] = [openConfigStore(folder), openKeyStore(folder), renewalJournal(folder, clock)];
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  const names = [{ name: { kind: 'dns', name: 'contoso.example' } as const, reason: '' }];
  const plan = { subject: [], names, ...serverProfile('ECDSA_P256', false), template: undefined };
  const leaf = issueFromLocalCa(await newLocalCa(clock.wallTime()), plan, key.spki, clock.wallTime());
  const thumbprint = thumbprintOf(leaf);
  keys.saveChain(thumbprint, [leaf.der]);
  const record = {
    thumbprint,
    friendlyName: 'edge',
    publicKeySha256: key.publicKeySha256,
    privateKeyExportable: false,
    localTestCa: false,
    assignedTo: ['ExternalEdge'] as const,
    renewal: { authority },
  };
  const apply = () => ({ ...emptyConfiguration, certificates: { [thumbprint]: record } });
  await store.update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply });
  const answers: (RenewalAdvice | CodedError | undefined)[] = [];
  let asked = 0;
  const ports = {
    ...{ store, keys, journal, now: clock.wallTime, keyPassphrase: () => undefined },
    authorityFor: async () => ({
      issue: async () => [],
      async renewalAdvice() {
        asked += 1;
        const answer = answers.shift();
        if (answer instanceof CodedError) throw answer;
        return answer;
      },
    }),
  };
  const refresh = async (): Promise<number> => {
    const records = Object.values(store.read().certificates);
    await refreshAdvice(records, ports, new AbortController().signal);
    return asked;
  };
  const planned = () => plannedRenewals(store.read(), keys, journal)[0]?.at;
  return { clock, answers, refresh, planned, leaf, journal, thumbprint };
}

const after = (date: Date, ms: number): Date => new Date(date.getTime() + ms);

describe('what an authority says of when to renew', () => {
  it('counts in place of the lifetime, is asked for again when the server wants it, and survives a restart', async () => {
    const { clock, answers, refresh, planned, leaf } = await site('acme:https://ca.example/dir');
    const usual = planned();
    const from = after(leaf.notBefore, 2 * dayMs);
    answers.push({ from, until: after(from, hourMs), askAgainMs: 2 * hourMs });
    expect(await refresh()).toBe(1);
    expect(planned()?.getTime()).toBeGreaterThanOrEqual(from.getTime());
    expect(planned()?.getTime()).toBeLessThanOrEqual(from.getTime() + hourMs);
    clock.advance(hourMs);
    expect(await refresh()).toBe(1);
    clock.advance(hourMs);
    answers.push(new CodedError('AuthorityUnreachable', 'gone'));
    expect(await refresh()).toBe(2);
    // Who does not answer changes nothing, and is left alone for a while.
    expect(planned()?.getTime()).toBeLessThan(usual?.getTime() ?? 0);
    clock.advance(5 * hourMs);
    expect(await refresh()).toBe(2);
    clock.advance(hourMs);
    expect(await refresh()).toBe(3);
  });

  it('is not asked of an authority that speaks EST', async () => {
    const { refresh } = await site('est:https://ca.example');
    expect(await refresh()).toBe(0);
  });

  it('is bounded: a server that wants to be asked every moment, or never again, is asked every minute, or once a day', async () => {
    for (const [askAgainMs, least] of [
      [0, 60_000],
      [999 * dayMs, dayMs],
    ] as const) {
      const { clock, answers, refresh, leaf } = await site('acme:https://ca.example/dir');
      answers.push({ from: leaf.notBefore, until: leaf.notAfter, askAgainMs });
      await refresh();
      clock.advance(least - 1);
      expect(await refresh()).toBe(1);
      clock.advance(1);
      expect(await refresh()).toBe(2);
    }
  });
});

describe('the moment of a renewal', () => {
  const validity = { notBefore: new Date('2026-11-01T00:00:00Z'), notAfter: new Date('2027-01-30T00:00:00Z') };
  const at = (from: string, until: string) =>
    nextRenewal('80000000', validity, { advice: { from, until } }).toISOString();

  it('lies in the window, at the same place each time', () =>
    expect(at('2026-12-01T00:00:00Z', '2026-12-03T00:00:00Z')).toMatch(/^2026-12-02T00:00:00/));
  it('lies at once where the window is past, but never in the first hours of a certificate', () => {
    expect(at('2026-11-05T00:00:00Z', '2026-11-05T02:00:00Z')).toMatch(/^2026-11-05T01:00:00/);
    expect(at('2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z')).toBe('2026-11-01T06:00:00.000Z');
  });
  it('follows the lifetime where the window lies beyond the end', () =>
    expect(at('2028-01-01T00:00:00Z', '2028-01-02T00:00:00Z')).toBe(nextRenewal('80000000', validity).toISOString()));
});
