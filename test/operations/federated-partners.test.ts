import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults } from '../../src/config/defaults.ts';
import type { FederatedPartner } from '../../src/config/federated-partner.ts';
import {
  newFederatedPartner,
  partnerObject,
  removeFederatedPartners,
  setFederatedPartner,
  suspendPartners,
} from '../../src/operations/federated-partners.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { failureOf } from './failure-of.ts';

const domain = (text: string): DomainName => text as DomainName;
const partner = (identity: string, more: Partial<FederatedPartner> = {}): FederatedPartner => ({
  ...partnerDefaults,
  identity: domain(identity),
  ...more,
});
const stamp = {
  revision: 41,
  time: '2026-11-20T09:14:07.000Z',
  user: 'ops',
  host: 'edge01',
  cmdlet: 'New-XmppFederatedPartner',
};
const configuration: Configuration = {
  ...emptyConfiguration,
  sipDomains: { 'contoso.com': { identity: domain('contoso.com'), isDefault: true } },
  federatedPartners: {
    'fabrikam.com': partner('fabrikam.com', { additionalDomains: [domain('corp.fabrikam.com')], changed: stamp }),
  },
};
const dialbackOff = { supportDialbackNegotiation: false };

describe('a new partner', () => {
  it('is added, in the order of the names, and the rest is as it was', () => {
    const after = newFederatedPartner(configuration, partner('adatum.com'), 'refuse');
    expect(Object.keys(after.federatedPartners)).toEqual(['adatum.com', 'fabrikam.com']);
    expect({ ...after, federatedPartners: {} }).toEqual({ ...configuration, federatedPartners: {} });
  });

  it('that exists is refused, with who made it, what differs, and the set- command that makes the difference', () => {
    const wanted = partner('fabrikam.com', {
      additionalDomains: [domain('corp.fabrikam.com')],
      partnerType: 'Federated',
    });
    const error = failureOf(() => newFederatedPartner(configuration, wanted, 'refuse'));
    expect(error.id).toBe('PartnerAlreadyExists');
    expect(error.message).toBe("XMPP federated partner 'fabrikam.com' already exists.");
    expect(error.reason).toBe(
      'it was created 2026-11-20 09:14 UTC by ops@edge01 (configuration revision 41); it differs: PartnerType PublicUnverified -> Federated',
    );
    expect(error.fix).toEqual(['xgw set-xmppfederatedpartner fabrikam.com -PartnerType Federated']);
  });

  it('that is identical is refused too, and the error says so', () => {
    const same = partner('fabrikam.com', { additionalDomains: [domain('corp.fabrikam.com')] });
    expect(failureOf(() => newFederatedPartner(configuration, same, 'refuse')).reason).toContain('it is identical');
  });

  it('with -Force replaces; with -IfNotExists leaves', () => {
    const wanted = partner('fabrikam.com', { description: 'new' });
    expect(newFederatedPartner(configuration, wanted, 'replace').federatedPartners['fabrikam.com']).toEqual({
      ...wanted,
      changed: stamp,
    });
    expect(newFederatedPartner(configuration, wanted, 'leave')).toBe(configuration);
  });

  it.each([
    ['a SIP domain of ours', partner('contoso.com'), 'DomainIsLocal', 'contoso.com'],
    [
      'with one as additional domain',
      partner('a.com', { additionalDomains: [domain('contoso.com')] }),
      'DomainIsLocal',
      'contoso.com',
    ],
    ['the additional domain of another', partner('corp.fabrikam.com'), 'DomainBelongsToPartner', 'corp.fabrikam.com'],
    [
      'with the domain of another',
      partner('a.com', { additionalDomains: [domain('fabrikam.com')] }),
      'DomainBelongsToPartner',
      'fabrikam.com',
    ],
    [
      'with itself as additional domain',
      partner('a.com', { additionalDomains: [domain('a.com')] }),
      'DomainBelongsToPartner',
      'a.com',
    ],
  ] as const)('that is %s is refused', (_what, wanted, id, target) => {
    const error = failureOf(() => newFederatedPartner(configuration, wanted, 'refuse'));
    expect([error.id, error.target]).toEqual([id, target]);
  });

  it('without any method left is refused with the whole commands that would work', () => {
    const wanted = partner('a.com', { description: 'note', tlsNegotiation: 'NotSupported', ...dialbackOff });
    const error = failureOf(() => newFederatedPartner(configuration, wanted, 'refuse'));
    expect(error.id).toBe('NegotiationNotValid');
    expect(error.message).toBe('TLS NotSupported + SASL Required + dialback False is not a valid combination.');
    expect(error.fix).toEqual([
      'xgw new-xmppfederatedpartner a.com -Description note -TlsNegotiation Required -SaslNegotiation Required -SupportDialbackNegotiation false',
      'xgw new-xmppfederatedpartner a.com -Description note -TlsNegotiation Optional -SaslNegotiation Required -SupportDialbackNegotiation false',
      'xgw new-xmppfederatedpartner a.com -Description note -TlsNegotiation NotSupported -SaslNegotiation Required -SupportDialbackNegotiation true',
    ]);
  });
});

describe('a changed partner', () => {
  it('keeps what is not named', () => {
    const after = setFederatedPartner(configuration, 'fabrikam.com', (old) => ({ ...old, description: 'new' }));
    expect(after.federatedPartners['fabrikam.com']).toEqual({
      ...configuration.federatedPartners['fabrikam.com'],
      description: 'new',
    });
  });

  it('is found in any case', () => {
    const after = setFederatedPartner(configuration, 'FABRIKAM.com', (old) => ({ ...old, description: 'new' }));
    expect(after.federatedPartners['fabrikam.com']?.description).toBe('new');
  });

  it('without any method left is refused with the set- commands that would work from what is stored', () => {
    const off = (old: FederatedPartner): FederatedPartner => ({
      ...old,
      tlsNegotiation: 'NotSupported',
      ...dialbackOff,
    });
    expect(failureOf(() => setFederatedPartner(configuration, 'fabrikam.com', off)).fix).toEqual([
      'xgw set-xmppfederatedpartner fabrikam.com -SupportDialbackNegotiation false',
      'xgw set-xmppfederatedpartner fabrikam.com -TlsNegotiation Optional -SupportDialbackNegotiation false',
      'xgw set-xmppfederatedpartner fabrikam.com -TlsNegotiation NotSupported',
    ]);
  });

  it('that does not exist is not found, with the near names', () => {
    const error = failureOf(() => setFederatedPartner(configuration, 'fabrikan.com', (old) => old));
    expect([error.id, error.reason]).toEqual(['ObjectNotFound', 'names like it are fabrikam.com']);
  });
});

describe('a removed partner', () => {
  it('is gone', () => {
    expect(removeFederatedPartners(configuration, ['fabrikam.com']).federatedPartners).toEqual({});
  });

  it('that does not exist is not found', () => {
    expect(failureOf(() => removeFederatedPartners(configuration, ['x.com'])).id).toBe('ObjectNotFound');
  });
});

describe('the object of a partner', () => {
  it('has the properties of the catalogue, in its order, and null for what is absent', () => {
    expect(Object.entries(partnerObject(partner('a.com'), true))).toEqual([
      ['Identity', 'a.com'],
      ['Domain', 'a.com'],
      ['Description', ''],
      ['AdditionalDomains', []],
      ['PartnerType', 'PublicUnverified'],
      ['TlsNegotiation', 'Required'],
      ['SaslNegotiation', 'Required'],
      ['SupportDialbackNegotiation', true],
      ['EnableKeepAlive', true],
      ['EnableBidi', true],
      ['ConnectionLimit', null],
      ['MaximumBytesPerSecond', null],
      ['MaximumStanzasPerSecond', null],
      ['ProxyFqdn', null],
      ['AllowInsecure', null],
      ['TrustedRootsPath', null],
      ['PinnedSpkiSha256', []],
      ['EffectiveMethods', ['SASL over TLS']],
      ['Suspended', false],
      ['SuspendedReason', null],
      ['SuspendedUntil', null],
      ['Warnings', ['dialback is never used, since TLS and SASL are both required']],
      ['Owner', null],
      ['Revision', null],
      ['LastChanged', null],
      ['Changed', true],
    ]);
  });

  it('of a store that never heard of streams for both directions has the default', () => {
    const { enableBidi: _never, ...older } = partner('a.com');
    expect(partnerObject(older).EnableBidi).toBe(true);
    expect(partnerObject({ ...older, enableBidi: false }).EnableBidi).toBe(false);
  });

  it('warns of TCP dialback until somebody accepts it', () => {
    const gmail = { tlsNegotiation: 'NotSupported', saslNegotiation: 'NotSupported' } as const;
    const warning = 'TCP dialback is possible: no encryption, and the identity rests on DNS alone';
    expect(partnerObject(partner('gmail.com', gmail)).Warnings).toEqual([warning]);
    expect(partnerObject(partner('gmail.com', { ...gmail, allowInsecure: 'CISO-114' })).Warnings).toEqual([]);
  });
});

describe('a suspended partner', () => {
  const suspension = { reason: 'ticket 4711', since: '2026-11-22T09:00:00.000Z', until: '2026-11-23T09:00:00.000Z' };
  const suspended = suspendPartners(configuration, ['fabrikam.com'], suspension);

  it('keeps all its settings, and has them when it is resumed', () => {
    const after = suspendPartners(suspended, ['FABRIKAM.com'], undefined);
    expect(suspended).not.toEqual(configuration);
    expect(after).toEqual(configuration);
  });

  it('that does not exist is refused', () => {
    expect(failureOf(() => suspendPartners(configuration, ['fabrikan.com'], suspension))).toMatchObject({
      id: 'ObjectNotFound',
      reason: 'names like it are fabrikam.com',
    });
  });

  it.each([
    ['2026-11-23T08:59:59.999Z', true],
    ['2026-11-23T09:00:00.000Z', false],
  ])('counts as resumed when its time has come: at %s suspended is %s', (time, expected) => {
    const rests = suspended.federatedPartners['fabrikam.com'] as FederatedPartner;
    expect(partnerObject(rests, undefined, new Date(time))).toMatchObject({
      Suspended: expected,
      SuspendedReason: expected ? 'ticket 4711' : null,
      SuspendedUntil: expected ? suspension.until : null,
    });
  });

  it('differs from a new one by its settings only, so that the fix of the refusal runs', () => {
    const wanted = partner('fabrikam.com', { additionalDomains: [domain('corp.fabrikam.com')] });
    expect(failureOf(() => newFederatedPartner(suspended, wanted, 'refuse')).reason).toContain('it is identical');
  });
});
