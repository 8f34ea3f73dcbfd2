/** A change is checked by what it touched; the answer is that of checking everything. */
import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, dictionary, property, record, subarray, tuple } from 'fast-check';

import type { Configuration } from '../../src/config/configuration.ts';
import type { FederatedPartner } from '../../src/config/federated-partner.ts';
import { parseChanged, parseConfiguration } from '../../src/config/parse-configuration.ts';
import { sampleConfiguration } from './sample-configuration.ts';

const names = ['fabrikam.com', 'adatum.org', 'contoso.com', 'litware.net', 'NOT A DOMAIN', 'constructor'];
const [known] = Object.values(sampleConfiguration.federatedPartners) as [FederatedPartner];

const partner = record({
  identity: constantFrom(...names),
  additionalDomains: subarray(names),
  tlsNegotiation: constantFrom('Required', 'NotSupported', 'Perhaps'),
}).map((fields) => ({ ...known, ...fields }) as unknown as FederatedPartner);

const edits = tuple(
  dictionary(constantFrom(...names), partner, { maxKeys: 3 }),
  subarray(Object.keys(sampleConfiguration.federatedPartners)),
);

const edited = (
  before: Configuration,
  [made, removed]: readonly [Readonly<Record<string, FederatedPartner>>, readonly string[]],
): Configuration => {
  const kept = Object.entries(before.federatedPartners).filter(([name]) => !removed.includes(name));
  return { ...before, federatedPartners: { ...Object.fromEntries(kept), ...made } };
};

describe('a changed configuration', () => {
  it('is refused for the reasons that checking all of it gives, and taken otherwise', () => {
    let refused = 0;
    let taken = 0;
    assert(
      property(edits, edits, (first, second) => {
        const before = edited(sampleConfiguration, first);
        const start = parseConfiguration(before).ok ? before : sampleConfiguration;
        const after = edited(start, second);
        const answer = parseChanged(start, after);
        expect(answer).toEqual(parseConfiguration(after));
        if (answer.ok) taken += 1;
        else refused += 1;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(20);
  });

  it('is refused when a partner takes a domain of one that it left alone', () => {
    const owner = { ...known, additionalDomains: ['shared.example'] } as unknown as FederatedPartner;
    const before = { ...sampleConfiguration, federatedPartners: { [known.identity]: owner } };
    const thief = {
      ...known,
      identity: 'thief.example',
      additionalDomains: ['shared.example'],
    } as unknown as FederatedPartner;
    const after = { ...before, federatedPartners: { ...before.federatedPartners, 'thief.example': thief } };
    expect(parseChanged(before, after)).toMatchObject({
      ok: false,
      error: [{ message: expect.stringContaining('has the domain shared.example') }],
    });
  });

  it('is refused when a SIP domain goes whose users stay', () => {
    expect(parseChanged(sampleConfiguration, { ...sampleConfiguration, sipDomains: {} }).ok).toBe(false);
  });
});
