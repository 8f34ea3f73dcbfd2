import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults } from '../../src/config/defaults.ts';
import { newSipDomain, removeSipDomains, setDefaultSipDomain } from '../../src/operations/sip-domains.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { failureOf } from './failure-of.ts';

const domain = (identity: string, isDefault = false) => ({ identity: identity as DomainName, isDefault });
const added = (configuration: Configuration, identity: string, isDefault = false): Configuration =>
  newSipDomain(configuration, domain(identity, isDefault), 'refuse');
const one = added(emptyConfiguration, 'contoso.com');
const two = added(one, 'emea.contoso.com');
const defaultsOf = ({ sipDomains }: Configuration): string[] =>
  Object.values(sipDomains).flatMap(({ identity, isDefault }) => (isDefault ? [identity] : []));

describe('SIP domains', () => {
  it('have exactly one default: the first, until another is made it', () => {
    expect(defaultsOf(one)).toEqual(['contoso.com']);
    expect(defaultsOf(two)).toEqual(['contoso.com']);
    expect(defaultsOf(added(one, 'emea.contoso.com', true))).toEqual(['emea.contoso.com']);
    expect(defaultsOf(setDefaultSipDomain(two, 'emea.contoso.com'))).toEqual(['emea.contoso.com']);
  });

  it('that exist are refused, left with -IfNotExists, and promoted with -Force and -IsDefault', () => {
    expect(failureOf(() => added(two, 'emea.contoso.com')).id).toBe('ObjectAlreadyExists');
    expect(newSipDomain(two, domain('emea.contoso.com', true), 'leave')).toBe(two);
    expect(newSipDomain(two, domain('contoso.com'), 'replace')).toBe(two);
    expect(defaultsOf(newSipDomain(two, domain('emea.contoso.com', true), 'replace'))).toEqual(['emea.contoso.com']);
  });

  it('of a partner are refused', () => {
    const identity = 'fabrikam.com' as DomainName;
    const withPartner = { ...one, federatedPartners: { [identity]: { ...partnerDefaults, identity } } };
    expect(failureOf(() => added(withPartner, 'fabrikam.com')).id).toBe('DomainBelongsToPartner');
  });

  it('are removed, unless they are the last, the default, or somebody is in them', () => {
    expect(Object.keys(removeSipDomains(two, ['emea.contoso.com']).sipDomains)).toEqual(['contoso.com']);
    const user = { identity: 'sip:eva@emea.contoso.com', displayName: 'Eva', survivableBranch: false };
    const refusals = [
      failureOf(() => removeSipDomains(one, ['contoso.com'])),
      failureOf(() => removeSipDomains(two, ['contoso.com'])),
      failureOf(() => removeSipDomains({ ...two, users: { [user.identity]: user } }, ['emea.contoso.com'])),
    ];
    expect(refusals.map(({ id }) => id)).toEqual(['ObjectInUse', 'ObjectInUse', 'ObjectInUse']);
    expect(refusals.map(({ reason }) => reason)).toEqual([
      'it is the last one',
      'it is the default domain',
      'sip:eva@emea.contoso.com is in it',
    ]);
    expect(refusals[1]?.fix).toEqual(['xgw set-sipdomain emea.contoso.com -IsDefault true']);
    expect(failureOf(() => removeSipDomains(two, ['x.com'])).id).toBe('ObjectNotFound');
  });
});
