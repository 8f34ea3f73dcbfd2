import { describe, expect, it } from '@jest/globals';
import { assert, jsonValue, property } from 'fast-check';

import { emptyConfiguration } from '../../src/config/defaults.ts';
import { parseConfiguration, printProblem } from '../../src/config/parse-configuration.ts';
import { sampleConfiguration } from './sample-configuration.ts';

/** The sample with one value replaced, or removed when `value` is undefined. */
function changed(path: readonly string[], value: unknown): unknown {
  const copy = structuredClone(sampleConfiguration) as unknown as Record<string, unknown>;
  const holder = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, copy);
  holder[path.at(-1) ?? ''] = value;
  return JSON.parse(JSON.stringify(copy));
}

const problemsOf = (json: unknown): string[] => {
  const parsed = parseConfiguration(json);
  return parsed.ok ? [] : parsed.error.map(printProblem);
};

const partner = ['federatedPartners', 'fabrikam.com'] as const;

describe('a configuration', () => {
  it('with every field set is accepted as it is', () => {
    expect(parseConfiguration(sampleConfiguration)).toEqual({ ok: true, value: sampleConfiguration });
  });

  it('of a new store is accepted', () => {
    expect(parseConfiguration(emptyConfiguration).ok).toBe(true);
  });

  it('lists all its problems at once, each with its field and the allowed values', () => {
    const json = changed([...partner, 'tlsNegotiation'], 'Maybe') as typeof sampleConfiguration;
    const both = { ...json, gateway: { ...json.gateway, xmppPort: 70_000 }, colour: 'red' };
    expect(problemsOf(both)).toEqual([
      'colour is not a known setting',
      'federatedPartners/fabrikam.com/tlsNegotiation is "Maybe"; allowed are Required, Optional, NotSupported',
      'gateway/xmppPort is 70000; the most is 65535',
    ]);
  });

  it.each([
    [
      [...partner, 'enableKeepAlive'],
      'true',
      'federatedPartners/fabrikam.com/enableKeepAlive is "true", not of type boolean',
    ],
    [[...partner, 'partnerType'], undefined, 'federatedPartners/fabrikam.com/partnerType is missing'],
    [
      [...partner, 'identity'],
      'Fabrikam.com',
      'federatedPartners/fabrikam.com/identity is "Fabrikam.com", not a domain name in lower case such as fabrikam.com',
    ],
    [[...partner, 'identity'], 'other.com', 'federatedPartners/fabrikam.com is kept under another name: other.com'],
    [
      [...partner, 'additionalDomains'],
      ['corp.fabrikam.com', 'corp.fabrikam.com'],
      'federatedPartners/fabrikam.com/additionalDomains holds the same item twice',
    ],
    [
      [...partner, 'additionalDomains'],
      ['contoso.com'],
      'federatedPartners/fabrikam.com has the SIP domain contoso.com',
    ],
    [
      [...partner, 'additionalDomains'],
      ['fabrikam.com'],
      'federatedPartners/fabrikam.com has the domain fabrikam.com, which fabrikam.com has too',
    ],
    [
      [...partner, 'tlsNegotiation'],
      'NotSupported',
      'federatedPartners/fabrikam.com is not valid: SASL needs TLS, and dialback is off, so no authentication method is left',
    ],
    [
      [...partner, 'suspended', 'until'],
      '2026-13-45T99:99:99Z',
      'federatedPartners/fabrikam.com/suspended/until is no time: 2026-13-45T99:99:99Z',
    ],
    [
      [...partner, 'proxyFqdn'],
      'a b',
      'federatedPartners/fabrikam.com/proxyFqdn is wrong: "a b" is not a host with an optional port, such as xmpp.contoso.com:5269.',
    ],
    [
      ['sipDomains', 'contoso.com', 'isDefault'],
      false,
      'sipDomains has 0 default domains; exactly one isDefault must be true',
    ],
    [['externalAccessPolicies', 'Global'], undefined, 'externalAccessPolicies/Global is missing'],
    [
      ['users', 'sip:alice@contoso.com', 'externalAccessPolicy'],
      'Nowhere',
      'users/sip:alice@contoso.com/externalAccessPolicy names no policy: tag:Nowhere',
    ],
    [['gateway', 'sipNextHop'], undefined, 'gateway/sipNextHop is missing, and sipMode is NextHop'],
    [
      ['gateway', 'xmppListenAddress'],
      'localhost',
      'gateway/xmppListenAddress is wrong: "localhost" is not an IPv4 or IPv6 address.',
    ],
    [['formatVersion'], 7, 'formatVersion is 7; it must be 1'],
  ] as const)('with %j = %j says so', (path, value, sentence) => {
    expect(problemsOf(changed(path, value))).toContain(sentence);
  });

  it('refuses names that would reach into an object prototype', () => {
    const json: unknown = JSON.parse(JSON.stringify(sampleConfiguration).replace('"fabrikam.com":{', '"__proto__":{'));
    expect(problemsOf(json)).toContain('federatedPartners holds the name "__proto__", which cannot stand there');
  });

  it('shows control characters of a wrong value as text', () => {
    expect(problemsOf(changed([...partner, 'partnerType'], '\u001b[2J'))[0]).not.toContain('\u001b');
  });

  it('never throws, and never accepts what is not an object', () => {
    assert(property(jsonValue(), (json) => !parseConfiguration(json).ok));
  });

  it('bounds the number of problems it lists', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
    const parsed = parseConfiguration({ ...sampleConfiguration, ...many });
    expect(parsed.ok ? 0 : parsed.error.length).toBe(50);
  });
});
