import { describe, expect, it } from '@jest/globals';

import type { Configuration, User } from '../../src/config/configuration.ts';
import { emptyConfiguration, policyDefaults } from '../../src/config/defaults.ts';
import { effectivePolicy, xmppAccess } from '../../src/config/effective-policy.ts';
import {
  grantPolicy,
  newPolicy,
  parsePolicyIdentity,
  removePolicies,
} from '../../src/operations/external-access-policies.ts';
import { newUser, removeUsers, selectUsers, setUser, userObject } from '../../src/operations/users.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { failureOf } from './failure-of.ts';

const alice: User = { identity: 'sip:alice@contoso.com', displayName: 'Alice Liddell', survivableBranch: false };
const open = { ...policyDefaults, enableFederationAccess: true, enableXmppAccess: true };
const configuration: Configuration = {
  ...emptyConfiguration,
  sipDomains: { 'contoso.com': { identity: 'contoso.com' as DomainName, isDefault: true } },
  users: { [alice.identity]: alice },
  accessEdge: { allowFederatedUsers: true },
  externalAccessPolicies: {
    Global: { identity: 'Global', ...policyDefaults },
    'site:Redmond': { identity: 'site:Redmond', ...open },
    'tag:FedPic': { identity: 'tag:FedPic', ...open, description: 'granted' },
  },
};

describe('users', () => {
  it('are in a SIP domain, or refused', () => {
    const error = failureOf(() => newUser(configuration, { ...alice, identity: 'sip:bob@fabrikam.com' }, 'refuse'));
    expect([error.id, error.fix]).toEqual(['DomainNotLocal', ['xgw new-sipdomain fabrikam.com']]);
  });

  it('whose addresses differ in case only are one', () => {
    const shouting = { ...alice, identity: 'sip:ALICE@contoso.com' };
    expect(failureOf(() => newUser(configuration, shouting, 'refuse')).id).toBe('ObjectAlreadyExists');
    expect(Object.keys(newUser(configuration, shouting, 'replace').users)).toEqual(['sip:ALICE@contoso.com']);
  });

  it('that are replaced keep the password nobody mentioned', () => {
    const registered = { ...configuration, users: { [alice.identity]: { ...alice, credential: '00ff' } } };
    expect(newUser(registered, alice, 'replace').users[alice.identity]?.credential).toBe('00ff');
  });

  it.each(['sip:alice@contoso.com', 'alice@contoso.com', 'Alice Liddell', '*@contoso.com', 'alice*'])(
    'are found as %s',
    (identity) => {
      expect(selectUsers(configuration, identity)).toEqual([alice]);
    },
  );

  it('that do not exist are not found by name, and are no failure by pattern', () => {
    expect(failureOf(() => selectUsers(configuration, 'alicia@contoso.com')).reason).toContain('alice@contoso.com');
    expect(selectUsers(configuration, 'bob*')).toEqual([]);
    expect(failureOf(() => setUser(configuration, 'bob@contoso.com', (user) => user)).id).toBe('ObjectNotFound');
    expect(failureOf(() => removeUsers(configuration, ['bob@contoso.com'])).id).toBe('ObjectNotFound');
  });

  it('are removed', () => {
    expect(removeUsers(configuration, ['alice@contoso.com']).users).toEqual({});
  });
});

describe('the policy that applies to a user', () => {
  it('is their own, else that of their site, else Global: the whole policy, nothing merged', () => {
    const applied = (user: User): string => effectivePolicy(configuration, user).identity;
    expect(applied(alice)).toBe('Global');
    expect(applied({ ...alice, site: 'Redmond' })).toBe('site:Redmond');
    expect(applied({ ...alice, site: 'Nowhere' })).toBe('Global');
    expect(applied({ ...alice, site: 'Redmond', externalAccessPolicy: 'FedPic' })).toBe('tag:FedPic');
  });

  it.each([
    [{ ...alice, externalAccessPolicy: 'FedPic' }, configuration, undefined],
    [alice, configuration, 'EnableFederationAccess of policy Global is False'],
    [
      alice,
      {
        ...configuration,
        externalAccessPolicies: { Global: { identity: 'Global', ...open, enableFederationAccess: false } },
      },
      'EnableFederationAccess of policy Global is False',
    ],
    [
      alice,
      {
        ...configuration,
        externalAccessPolicies: { Global: { identity: 'Global', ...open, enableXmppAccess: false } },
      },
      'EnableXmppAccess of policy Global is False',
    ],
    [
      { ...alice, externalAccessPolicy: 'FedPic' },
      { ...configuration, accessEdge: { allowFederatedUsers: false } },
      'AllowFederatedUsers of the access edge is False',
    ],
    [
      { ...alice, externalAccessPolicy: 'FedPic', survivableBranch: true },
      configuration,
      'users of a survivable branch appliance have no XMPP',
    ],
    [
      { ...alice, externalAccessPolicy: 'FedPic', deployment: 'Legacy' },
      configuration,
      'the user has not been moved from the legacy deployment',
    ],
  ] as const)('decides on XMPP, with the reason (%#)', (user, current, reason) => {
    expect(xmppAccess(current, user)).toMatchObject(
      reason === undefined ? { allowed: true } : { allowed: false, reason },
    );
    expect(userObject(current, user)).toMatchObject({
      XmppAllowed: reason === undefined,
      XmppBlockedReason: reason ?? null,
    });
  });
});

describe('external access policies', () => {
  it.each([
    ['global', 'Global'],
    ['FedPic', 'tag:FedPic'],
    ['TAG:FedPic', 'tag:FedPic'],
    ['Site:Redmond', 'site:Redmond'],
  ])('are named: %s is %s', (text, identity) => {
    expect(parsePolicyIdentity(text)).toEqual({ ok: true, value: identity });
  });

  it.each(['', 'tag:', 'site:a:b', 'tag:*', 'a/b', ' '])('%j is no name of a policy', (text) => {
    expect(parsePolicyIdentity(text).ok).toBe(false);
  });

  it('Global is always there: it cannot be made, and removing it resets it', () => {
    const changed = { ...configuration, externalAccessPolicies: { Global: { identity: 'Global', ...open } } };
    expect(failureOf(() => newPolicy(changed, { identity: 'Global', ...open }, 'replace')).id).toBe(
      'ObjectAlreadyExists',
    );
    expect(removePolicies(changed, ['Global'], false).externalAccessPolicies).toEqual({
      Global: { identity: 'Global', ...policyDefaults },
    });
  });

  it('are granted and taken back', () => {
    const granted = grantPolicy(configuration, [alice], 'tag:fedpic');
    expect(granted.users[alice.identity]?.externalAccessPolicy).toBe('FedPic');
    expect(grantPolicy(granted, Object.values(granted.users), null).users).toEqual(configuration.users);
    expect(grantPolicy(granted, Object.values(granted.users), 'Global').users).toEqual(configuration.users);
    expect(failureOf(() => grantPolicy(configuration, [alice], 'tag:None')).id).toBe('ObjectNotFound');
    expect(failureOf(() => grantPolicy(configuration, [alice], 'site:Redmond')).id).toBe('InvalidValue');
  });

  it('that are granted are removed only with -Force, which takes them from their users', () => {
    const granted = grantPolicy(configuration, [alice], 'tag:FedPic');
    const error = failureOf(() => removePolicies(granted, ['tag:FedPic'], false));
    expect([error.id, error.reason]).toEqual(['ObjectInUse', 'sip:alice@contoso.com has it']);
    const after = removePolicies(granted, ['tag:FedPic'], true);
    expect(after.users).toEqual(configuration.users);
    expect(Object.keys(after.externalAccessPolicies)).toEqual(['Global', 'site:Redmond']);
  });
});
