import { describe, expect, it } from '@jest/globals';

import {
  type ContactAction,
  type ContactDecision,
  type ContactDirection,
  contactActions,
  contactDirections,
  contactRefusals,
  contactRule,
  decideContact,
} from '../../src/config/contact-rules.ts';
import type { XmppAccess, XmppGate } from '../../src/config/effective-policy.ts';
import { type PartnerType, partnerTypes } from '../../src/config/federated-partner.ts';

const open: XmppAccess = { allowed: true };
const closedBy = (gate: XmppGate): XmppAccess => ({ allowed: false, gate, reason: '', fix: '' });

const said = (decision: ContactDecision): string => (decision.allowed ? 'yes' : decision.refusal);

/** `type action listed|unlisted`: what the contact gets. The table of lync's documents, written out. */
const fromContact: Readonly<Record<string, string>> = {
  'Federated AddContact listed': 'yes',
  'Federated AddContact unlisted': 'yes',
  'Federated SeePresence listed': 'yes',
  'Federated SeePresence unlisted': 'yes',
  'Federated SeeNote listed': 'yes',
  'Federated SeeNote unlisted': 'yes',
  'Federated SendIm listed': 'yes',
  'Federated SendIm unlisted': 'yes',
  'Federated SendTyping listed': 'yes',
  'Federated SendTyping unlisted': 'yes',
  'Federated SendReceipt listed': 'yes',
  'Federated SendReceipt unlisted': 'yes',
  'PublicVerified AddContact listed': 'yes',
  'PublicVerified AddContact unlisted': 'yes',
  'PublicVerified SeePresence listed': 'yes',
  'PublicVerified SeePresence unlisted': 'yes',
  'PublicVerified SeeNote listed': 'never-for-type',
  'PublicVerified SeeNote unlisted': 'never-for-type',
  'PublicVerified SendIm listed': 'yes',
  'PublicVerified SendIm unlisted': 'yes',
  'PublicVerified SendTyping listed': 'yes',
  'PublicVerified SendTyping unlisted': 'yes',
  'PublicVerified SendReceipt listed': 'yes',
  'PublicVerified SendReceipt unlisted': 'yes',
  'PublicUnverified AddContact listed': 'yes',
  'PublicUnverified AddContact unlisted': 'not-listed',
  'PublicUnverified SeePresence listed': 'yes',
  'PublicUnverified SeePresence unlisted': 'not-listed',
  'PublicUnverified SeeNote listed': 'never-for-type',
  'PublicUnverified SeeNote unlisted': 'never-for-type',
  'PublicUnverified SendIm listed': 'yes',
  'PublicUnverified SendIm unlisted': 'not-listed',
  'PublicUnverified SendTyping listed': 'yes',
  'PublicUnverified SendTyping unlisted': 'not-listed',
  'PublicUnverified SendReceipt listed': 'yes',
  'PublicUnverified SendReceipt unlisted': 'not-listed',
};

const every: readonly (readonly [PartnerType, ContactAction, boolean])[] = partnerTypes.flatMap((type) =>
  contactActions.flatMap((action) => [[type, action, true] as const, [type, action, false] as const]),
);
const ask = (
  [partnerType, action, listed]: readonly [PartnerType, ContactAction, boolean],
  more: { direction?: ContactDirection; blocked?: boolean; access?: XmppAccess } = {},
): string =>
  said(decideContact({ partnerType, action, listed, direction: 'FromContact', blocked: false, access: open, ...more }));

describe('what a contact may do to one of our users', () => {
  it('is asked for each type, action and standing', () => expect(Object.keys(fromContact)).toHaveLength(every.length));

  it.each(every)('is the table: %s, %s, listed %s', (type, action, listed) => {
    const row = fromContact[`${type} ${action} ${listed ? 'listed' : 'unlisted'}`];
    expect(ask([type, action, listed])).toBe(row);
  });

  it.each(every)('is nothing for a contact that the user has blocked: %s, %s, listed %s', (...row) => {
    expect(ask(row, { blocked: true })).toBe('blocked-by-user');
  });
});

describe('what one of our users may do to a contact', () => {
  it.each(every)('is a matter of policy, not of the partner type: %s, %s, listed %s', (...row) => {
    expect(ask(row, { direction: 'FromUser' })).toBe('yes');
    expect(ask(row, { direction: 'FromUser', blocked: true })).toBe('yes');
  });
});

describe('a user without XMPP has it in neither direction', () => {
  const gates: readonly XmppGate[] = [
    'survivable-branch',
    'legacy-user',
    'federation-off',
    'policy-federation-off',
    'policy-xmpp-off',
  ];

  it.each(gates)('whatever the type: %s', (gate) => {
    const answers = every.flatMap((row) =>
      contactDirections.map((direction) => ask(row, { direction, access: closedBy(gate), blocked: true })),
    );
    expect(new Set(answers)).toEqual(new Set([gate]));
  });
});

describe('people are told', () => {
  it.each(Object.entries(contactRefusals))('a sentence for each refusal: %s', (_refusal, sentence) => {
    expect(sentence).toMatch(/^[A-Z][A-Za-z ]+\.$/);
  });

  it('the row that decides', () => {
    expect(contactRule('SendIm', 'FromContact', 'PublicUnverified')).toBe(
      'Contacts of a PublicUnverified partner may send messages to the user only when the user has added them.',
    );
    expect(contactRule('SeeNote', 'FromContact', 'PublicVerified')).toBe(
      "Contacts of a PublicVerified partner never see the user's status note.",
    );
    expect(contactRule('AddContact', 'FromContact', 'Federated')).toBe(
      'Contacts of a Federated partner may add the user, and nobody has to approve it.',
    );
  });
});
