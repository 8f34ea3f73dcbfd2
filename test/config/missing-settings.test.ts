import { describe, expect, it } from '@jest/globals';
import { assert, jsonValue, property } from 'fast-check';

import { gatewayDefaults, partnerDefaults } from '../../src/config/defaults.ts';
import { withMissingSettings } from '../../src/config/missing-settings.ts';
import { parseConfiguration, printProblem } from '../../src/config/parse-configuration.ts';
import { sampleConfiguration } from './sample-configuration.ts';

type Json = Record<string, Record<string, unknown>>;
const sample = (): Json => structuredClone(sampleConfiguration) as unknown as Json;
/** The settings of the sample's partner, to be changed in place. */
const partnerIn = (json: Json): Record<string, unknown> =>
  (json['federatedPartners'] as Json)['fabrikam.com'] as Record<string, unknown>;
const problemsOf = (json: unknown): readonly string[] => {
  const parsed = parseConfiguration(withMissingSettings(json));
  return parsed.ok ? [] : parsed.error.map(printProblem);
};

describe('a setting that an older store does not have', () => {
  it.each(Object.entries(gatewayDefaults))('of the gateway, %s, is its default', (name, value) => {
    const json = sample();
    delete json['gateway']?.[name];
    expect(withMissingSettings(json)).toMatchObject({ gateway: { [name]: value } });
  });

  it.each(Object.entries(partnerDefaults))('of a partner, %s, is its default', (name, value) => {
    const json = sample();
    delete partnerIn(json)[name];
    expect(withMissingSettings(json)).toMatchObject({ federatedPartners: { 'fabrikam.com': { [name]: value } } });
  });

  it('of SIP routes, the whole section, is none: each domain is where the settings say', () => {
    const { sipRoutes: _, ...before } = sample();
    expect(problemsOf(before)).toEqual([]);
    expect(withMissingSettings(before)).toMatchObject({ sipRoutes: {} });
  });

  it('opens nothing: access is closed by default', () => {
    const json = sample();
    json['accessEdge'] = {};
    (json['externalAccessPolicies'] as Json)['Global'] = { identity: 'Global' };
    expect(withMissingSettings(json)).toMatchObject({
      accessEdge: { allowFederatedUsers: false },
      externalAccessPolicies: { Global: { enableXmppAccess: false, enableFederationAccess: false } },
    });
  });
});

describe('what is no such setting', () => {
  it('is left as it is, where everything is there', () => {
    expect(JSON.stringify(withMissingSettings(sample()))).toBe(JSON.stringify(sample()));
  });

  it('stays refused: a whole section, a name, and what is unknown', () => {
    const { gateway: _, ...without } = sample();
    expect(problemsOf(without)).toEqual(['gateway is missing']);
    const nameless = sample();
    delete partnerIn(nameless)['identity'];
    expect(problemsOf(nameless)).toEqual(['federatedPartners/fabrikam.com/identity is missing']);
    const unknown = sample();
    const { xmppPort, ...others } = unknown['gateway'] ?? {};
    expect(problemsOf({ ...unknown, gateway: { ...others, xmpPort: xmppPort } })).toEqual([
      'gateway/xmpPort is not a known setting',
    ]);
  });

  it('of any shape at all is never a throw', () => {
    assert(
      property(jsonValue(), jsonValue(), (whole, part) => {
        withMissingSettings(whole);
        withMissingSettings({ gateway: part, federatedPartners: part, externalAccessPolicies: { a: part } });
      }),
    );
  });
});
