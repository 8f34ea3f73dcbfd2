import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import type { PartnerType } from '../../../src/config/federated-partner.ts';
import { admitContact, type ContactAct } from '../../../src/gateway/policy/contacts.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';

const now = new Date('2026-11-22T12:00:00Z');
const alice = 'sip:alice@contoso.example';
const bob = 'sip:bob@fabrikam.example';

const ofType = (partnerType: PartnerType, more: Partial<Configuration> = {}): Configuration => ({
  ...openConfiguration,
  federatedPartners: { [fabrikam.identity]: { ...fabrikam, partnerType } },
  ...more,
});
const ask = (configuration: Configuration, act: Partial<ContactAct> = {}) =>
  admitContact(
    configuration,
    {
      action: 'SendIm',
      direction: 'FromContact',
      userAor: alice,
      contactAor: bob,
      standing: { listed: false, blocked: false },
      ...act,
    },
    now,
  );
const branch = { [alice]: { identity: alice, displayName: '', survivableBranch: true } };

describe('a refusal names its gate and the command that opens it', () => {
  it.each([
    ['not-listed', ofType('PublicUnverified'), {}, `xgw new-contact ${alice} ${bob}`],
    [
      'never-for-type',
      ofType('PublicVerified'),
      { action: 'SeeNote' },
      'xgw set-xmppfederatedpartner fabrikam.example -PartnerType Federated',
    ],
    [
      'blocked-by-user',
      ofType('Federated'),
      { standing: { listed: true, blocked: true } },
      `xgw set-contact ${alice} ${bob} -Blocked false`,
    ],
    ['survivable-branch', ofType('Federated', { users: branch }), {}, `xgw set-user ${alice} -SurvivableBranch false`],
    [
      'survivable-branch',
      ofType('Federated', { users: branch }),
      { direction: 'FromUser' },
      `xgw set-user ${alice} -SurvivableBranch false`,
    ],
    ['unknown-user', ofType('Federated', { users: {} }), {}, `xgw new-user ${alice} -PasswordFile password.txt`],
    [
      'unknown-domain',
      ofType('Federated'),
      { contactAor: 'sip:eve@stranger.example' },
      'xgw new-xmppfederatedpartner stranger.example',
    ],
  ] as const)('%s', (gate, configuration, act, fix) => {
    expect(ask(configuration, act)).toMatchObject({ ok: false, error: { gate, fix, reason: expect.any(String) } });
  });

  it('and the rule, in words', () => {
    expect(ask(ofType('PublicUnverified'))).toMatchObject({
      error: {
        reason:
          'The user has to add the contact first. Contacts of a PublicUnverified partner may send messages to the user only when the user has added them.',
      },
    });
  });
});

it('an address of a stranger does nothing in the shell into which the command is copied', () => {
  const refused = ask(ofType('PublicUnverified'), { contactAor: 'sip:$(reboot)@fabrikam.example' });
  expect(refused).toMatchObject({ error: { fix: `xgw new-contact ${alice} 'sip:$(reboot)@fabrikam.example'` } });
  const unknown = ask(ofType('PublicUnverified'), { userAor: 'sip:`x`;y@contoso.example' });
  expect(unknown).toMatchObject({
    error: { fix: "xgw new-user 'sip:`x`;y@contoso.example' -PasswordFile password.txt" },
  });
});

describe('a contact is of the partner that has its domain', () => {
  it.each(['sip:bob@fabrikam.example', 'sip:bob@emea.fabrikam.example'])('%s', (contactAor) => {
    expect(ask(ofType('Federated'), { contactAor })).toMatchObject({
      ok: true,
      value: { identity: fabrikam.identity },
    });
  });
});
