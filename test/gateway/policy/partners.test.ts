import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import type { Suspension } from '../../../src/config/federated-partner.ts';
import { admitDomain } from '../../../src/gateway/policy/partners.ts';
import { streamSecurityFor } from '../../../src/gateway/policy/stream-security.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';

const now = new Date('2026-11-22T12:00:00Z');
const since = '2026-11-22T09:00:00.000Z';
const suspendedBy = (suspended: Suspension): Configuration => ({
  ...openConfiguration,
  federatedPartners: { [fabrikam.identity]: { ...fabrikam, suspended } },
});

describe('a suspended partner', () => {
  it.each(['fabrikam.example', 'emea.fabrikam.example'])('is not admitted, by none of its domains: %s', (domain) => {
    expect(admitDomain(suspendedBy({ reason: 'ticket 4711', since }), domain, now)).toEqual({
      ok: false,
      error: {
        gate: 'partner-suspended',
        reason: `fabrikam.example is suspended since ${since}: ticket 4711`,
        fix: 'xgw resume-xmppfederatedpartner fabrikam.example',
      },
    });
  });

  it('has no streams', () => {
    const configuration = suspendedBy({ reason: '', since });
    expect(streamSecurityFor(configuration, 'fabrikam.example', () => [], now)).toBeUndefined();
  });

  it.each([
    ['2026-11-22T12:00:00.001Z', false],
    ['2026-11-22T12:00:00.000Z', true],
    ['2026-11-22T11:00:00.000Z', true],
  ])('is admitted again when its time has come: until %s admits %s', (until, admitted) => {
    const configuration = suspendedBy({ reason: '', since, until });
    expect(admitDomain(configuration, 'fabrikam.example', now).ok).toBe(admitted);
    expect(streamSecurityFor(configuration, 'fabrikam.example', () => [], now) !== undefined).toBe(admitted);
  });

  it('is told from one that federation is closed to', () => {
    const configuration = { ...suspendedBy({ reason: '', since }), accessEdge: { allowFederatedUsers: false } };
    expect(admitDomain(configuration, 'fabrikam.example', now)).toMatchObject({ error: { gate: 'partner-suspended' } });
  });
});

describe('a domain', () => {
  it.each(['constructor', 'stranger.example'])('that nobody has configured is refused: %s', (domain) => {
    expect(admitDomain(openConfiguration, domain, now)).toMatchObject({ ok: false, error: { gate: 'unknown-domain' } });
  });

  it.each(['fabrikam.example', 'emea.fabrikam.example'])(
    'is known as soon as it is configured, and no longer: %s',
    (domain) => {
      const without = { ...openConfiguration, federatedPartners: {} };
      expect(admitDomain(without, domain, now).ok).toBe(false);
      expect(admitDomain(openConfiguration, domain, now)).toEqual({ ok: true, value: fabrikam });
      expect(admitDomain(without, domain, now).ok).toBe(false);
    },
  );
});
