import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults } from '../../../src/config/defaults.ts';
import { configurationChanges, countChanges } from '../../../src/operations/declarative/configuration-change.ts';
import { type Declaration, declaredConfiguration } from '../../../src/operations/declarative/declared-configuration.ts';
import { withDesired } from '../../../src/operations/declarative/desired-configuration.ts';
import type { DesiredConfiguration } from '../../../src/operations/declarative/sections.ts';
import { plannedChanges, syncedConfiguration } from '../../../src/operations/declarative/synced-configuration.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { failureOf } from '../failure-of.ts';

const owner = 'git:infra/edge';
const declaring = (desired: DesiredConfiguration, more: Partial<Declaration> = {}): Declaration => ({
  owner,
  desired,
  takeOwnership: false,
  prune: false,
  ...more,
});
const sync = (current: Configuration, desired: DesiredConfiguration, more: Partial<Declaration> = {}): Configuration =>
  syncedConfiguration(current, declaring(desired, more));

const partner = (identity: string, more: object = {}) => ({
  identity: identity as DomainName,
  ...partnerDefaults,
  ...more,
});
const withPartner = (current: Configuration, identity: string, more: object = {}): Configuration => ({
  ...current,
  federatedPartners: { ...current.federatedPartners, [identity]: partner(identity, more) },
});
const partnersOf = ({ federatedPartners }: Configuration): readonly string[] => Object.keys(federatedPartners);

const federated = { federatedPartners: { 'fabrikam.com': { partnerType: 'Federated', description: 'ours' } } } as const;
const synced = sync(emptyConfiguration, federated);

describe('a file that is applied', () => {
  it('makes what it says with the defaults for the rest, and owns it', () => {
    expect(synced.federatedPartners['fabrikam.com']).toEqual(
      partner('fabrikam.com', {
        partnerType: 'Federated',
        description: 'ours',
        owner,
        declared: ['description', 'partnerType'],
      }),
    );
  });

  it('applied again changes nothing', () => expect(sync(synced, federated)).toEqual(synced));

  it('leaves a section that it does not have', () => {
    expect(sync(synced, { gateway: { keepAliveInterval: 100 } }).federatedPartners).toEqual(synced.federatedPartners);
  });

  it('takes back a setting that it said last time and says no longer', () => {
    const after = sync(synced, { federatedPartners: { 'fabrikam.com': { description: 'ours' } } });
    expect(after.federatedPartners['fabrikam.com']).toMatchObject({
      partnerType: 'PublicUnverified',
      declared: ['description'],
    });
  });

  it('takes it back also when it never had to change it', () => {
    const byHand = withPartner(synced, 'fabrikam.com', {
      ...synced.federatedPartners['fabrikam.com'],
      connectionLimit: 5,
    });
    const said = sync(byHand, { federatedPartners: { 'fabrikam.com': { connectionLimit: 5 } } });
    const unsaid = sync(said, { federatedPartners: { 'fabrikam.com': {} } });
    expect(unsaid.federatedPartners['fabrikam.com']?.connectionLimit).toBeUndefined();
  });

  it('leaves a setting that it never said', () => {
    const byHand = withPartner(synced, 'fabrikam.com', {
      ...synced.federatedPartners['fabrikam.com'],
      enableKeepAlive: false,
    });
    expect(sync(byHand, federated).federatedPartners['fabrikam.com']?.enableKeepAlive).toBe(false);
  });

  it('puts right what somebody changed of what it says', () => {
    const byHand = withPartner(synced, 'fabrikam.com', {
      ...synced.federatedPartners['fabrikam.com'],
      description: 'mine',
    });
    expect(sync(byHand, federated)).toEqual(synced);
  });

  it('clears a setting that it says is null', () => {
    const limited = sync(synced, { federatedPartners: { 'fabrikam.com': { connectionLimit: 5 } } });
    const cleared = sync(limited, { federatedPartners: { 'fabrikam.com': { connectionLimit: null } } });
    expect('connectionLimit' in (cleared.federatedPartners['fabrikam.com'] ?? {})).toBe(false);
  });
});

describe('what somebody else made', () => {
  const byHand = withPartner(emptyConfiguration, 'fabrikam.com');

  it('by hand is a conflict, and nothing changes', () => {
    const error = failureOf(() => sync(byHand, federated));
    expect(error.id).toBe('OwnershipConflict');
    expect(error.reason).toBe('XmppFederatedPartner fabrikam.com was made by hand (Description, PartnerType)');
    expect(declaredConfiguration(byHand, declaring(federated)).configuration).toEqual(byHand);
  });

  it('by another file is a conflict that names the file', () => {
    const other = sync(emptyConfiguration, federated, { owner: 'git:other' });
    const error = failureOf(() => sync(other, { federatedPartners: { 'fabrikam.com': { description: 'x' } } }));
    expect(error.reason).toMatch(/belongs to git:other/);
  });

  it('and is as the file wants it stays theirs', () => {
    expect(sync(byHand, { federatedPartners: { 'fabrikam.com': { partnerType: 'PublicUnverified' } } })).toEqual(
      byHand,
    );
  });

  it("becomes the file's with -TakeOwnership", () => {
    expect(sync(byHand, federated, { takeOwnership: true })).toEqual(synced);
  });

  it('is not there in settings of the first day: those are free to take', () => {
    const after = sync(emptyConfiguration, {
      gateway: { keepAliveInterval: 100 },
      externalAccessPolicies: { Global: { enableXmppAccess: true } },
    });
    expect(after.gateway).toMatchObject({ keepAliveInterval: 100, owner, declared: ['keepAliveInterval'] });
    const changed = { ...emptyConfiguration, gateway: { ...emptyConfiguration.gateway, keepAliveInterval: 77 } };
    expect(failureOf(() => sync(changed, { gateway: { keepAliveInterval: 100 } })).id).toBe('OwnershipConflict');
  });

  it('keeps its default SIP domain, unless ownership is taken', () => {
    const domain = { identity: 'a.com' as DomainName, isDefault: true };
    const current: Configuration = { ...emptyConfiguration, sipDomains: { 'a.com': domain } };
    const wanted = { sipDomains: { 'b.com': { isDefault: true } } };
    expect(failureOf(() => sync(current, wanted)).reason).toMatch(/SipDomain a\.com was made by hand \(IsDefault\)/);
    const taken = sync(current, wanted, { takeOwnership: true });
    expect(taken.sipDomains['a.com']).toEqual({ ...domain, isDefault: false });
  });
});

describe('-Prune', () => {
  const two = sync(withPartner(emptyConfiguration, 'hand.com'), {
    federatedPartners: { 'fabrikam.com': {}, 'gone.com': {} },
  });
  const wanted: DesiredConfiguration = { federatedPartners: { 'fabrikam.com': {} } };

  it('removes what the file made and has no longer, and nothing that anybody else made', () => {
    expect(partnersOf(sync(two, wanted, { prune: true }))).toEqual(['fabrikam.com', 'hand.com']);
  });

  it('is what it takes: without it everything stays', () => {
    expect(partnersOf(sync(two, wanted))).toEqual(['fabrikam.com', 'gone.com', 'hand.com']);
  });

  it('of an empty section removes all that the file made; of a missing one nothing', () => {
    expect(partnersOf(sync(two, { federatedPartners: {} }, { prune: true }))).toEqual(['hand.com']);
    expect(sync(two, {}, { prune: true })).toEqual(two);
  });

  it('puts the Global policy back to the first day', () => {
    const open = sync(emptyConfiguration, { externalAccessPolicies: { Global: { enableXmppAccess: true } } });
    expect(sync(open, { externalAccessPolicies: {} }, { prune: true })).toEqual(emptyConfiguration);
  });

  it('removes what others refer to after what refers to it', () => {
    const said: DesiredConfiguration = {
      sipDomains: { 'a.com': { isDefault: true }, 'b.com': {} },
      users: { 'sip:alice@b.com': {} },
    };
    const made = sync(emptyConfiguration, said);
    const less: DesiredConfiguration = { sipDomains: { 'a.com': { isDefault: true } }, users: {} };
    const changes = configurationChanges(made, sync(made, less, { prune: true }));
    expect(changes.map(({ Action, Identity }) => [Action, Identity])).toEqual([
      ['Remove', 'sip:alice@b.com'],
      ['Remove', 'b.com'],
    ]);
  });

  it('that would leave something without what it needs is refused, whole', () => {
    const made = sync(emptyConfiguration, { sipDomains: { 'a.com': { isDefault: true }, 'b.com': {} } });
    const user = { identity: 'sip:alice@b.com', displayName: '', survivableBranch: false };
    const used = { ...made, users: { 'sip:alice@b.com': user } };
    const error = failureOf(() => sync(used, { sipDomains: { 'a.com': { isDefault: true } } }, { prune: true }));
    expect([error.id, error.reason]).toEqual([
      'InvalidValue',
      expect.stringMatching(/sip:alice@b\.com is in no SIP domain/),
    ]);
  });

  it('shows in a plan without it what it would remove', () => {
    const changes = plannedChanges(two, declaring(wanted));
    expect(changes).toMatchObject([
      {
        Action: 'Remove',
        Identity: 'gone.com',
        Consequence: [expect.stringMatching(/only -Prune/), expect.anything()],
      },
    ]);
  });
});

describe('what is planned', () => {
  it('comes in the order in which things refer to each other, new objects as a whole first', () => {
    const said: DesiredConfiguration = {
      federatedPartners: { 'fabrikam.com': { tlsNegotiation: 'Optional' } },
      gateway: { keepAliveInterval: 100 },
      sipDomains: { 'contoso.com': {} },
    };
    const changes = configurationChanges(emptyConfiguration, sync(emptyConfiguration, said));
    expect(
      changes.map(({ Action, TargetKind, Property }) => `${Action} ${TargetKind} ${Property ?? ''}`.trim()),
    ).toEqual([
      'Add SipDomain',
      'Add SipDomain IsDefault',
      'Change XmppGatewayConfiguration KeepAliveInterval',
      'Add XmppGatewayConfiguration Owner',
      'Add XmppFederatedPartner',
      'Add XmppFederatedPartner TlsNegotiation',
    ]);
    expect(countChanges(changes)).toEqual({ added: 2, changed: 1, removed: 0 });
  });

  it('says what follows for a partner: methods lost, streams closed', () => {
    const before = withPartner(emptyConfiguration, 'a.com', {
      tlsNegotiation: 'Optional',
      saslNegotiation: 'Optional',
    });
    const after = withPartner(emptyConfiguration, 'a.com', { tlsNegotiation: 'Required', saslNegotiation: 'Required' });
    expect(configurationChanges(before, after)[0]?.Consequence.join()).toMatch(/no longer possible: .*TCP Dialback/);
    expect(configurationChanges(before, emptyConfiguration)[0]?.Consequence.join()).toMatch(/streams are closed/);
  });

  it('shows no secret', () => {
    const gateway = { ...emptyConfiguration.gateway, dialbackPassphraseTime: '2026-11-22T09:14:00.000Z' };
    const changes = configurationChanges(emptyConfiguration, { ...emptyConfiguration, gateway });
    expect(changes).toMatchObject([{ Property: 'DialbackPassphrase', Before: null, After: '********' }]);
  });
});

describe('an import', () => {
  it('that merges leaves what it does not say, and that replaces leaves nothing else of its sections', () => {
    const current = withPartner(withPartner(emptyConfiguration, 'a.com', { description: 'a' }), 'b.com');
    const desired: DesiredConfiguration = { federatedPartners: { 'a.com': { partnerType: 'Federated' } } };
    const merged = withDesired(current, desired, 'merge');
    expect(merged.federatedPartners['a.com']).toEqual(partner('a.com', { description: 'a', partnerType: 'Federated' }));
    expect(partnersOf(merged)).toEqual(['a.com', 'b.com']);
    const replaced = withDesired(current, desired, 'replace');
    expect(replaced.federatedPartners).toEqual({ 'a.com': partner('a.com', { partnerType: 'Federated' }) });
    expect(replaced.gateway).toEqual(current.gateway);
  });

  it('that replaces keeps what no file says: passwords and suspensions', () => {
    const suspended = { reason: 'x', since: '2026-11-22T09:14:00.000Z' };
    const current = withPartner(emptyConfiguration, 'a.com', { suspended, description: 'a' });
    const replaced = withDesired(current, { federatedPartners: { 'a.com': {} } }, 'replace');
    expect(replaced.federatedPartners['a.com']).toEqual(partner('a.com', { suspended }));
  });

  it('finds users in any case, and makes the first SIP domain the default', () => {
    const after = withDesired(
      emptyConfiguration,
      { sipDomains: { 'a.com': {}, 'b.com': {} }, users: { 'sip:Al@a.com': {} } },
      'merge',
    );
    expect([after.sipDomains['a.com']?.isDefault, after.sipDomains['b.com']?.isDefault]).toEqual([true, false]);
    const again = withDesired(after, { users: { 'sip:al@a.com': { displayName: 'Al' } } }, 'merge');
    expect(again.users).toMatchObject({ 'sip:Al@a.com': { identity: 'sip:Al@a.com', displayName: 'Al' } });
  });
});
