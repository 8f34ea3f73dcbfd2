/**
 * Who may say and see what: the table of partner types as data, and the one decision over it. What a contact may do to
 * one of our users depends on the type of the contact's partner and on whether the user has added the contact; what our
 * user may do to a contact depends on policy alone, and on the contact's own server. A user without XMPP has it in neither
 * direction, and a contact whom the user has blocked stays blocked whatever the type.
 */
import type { XmppAccess, XmppGate } from './effective-policy.ts';
import type { PartnerType } from './federated-partner.ts';

export const contactActions = ['AddContact', 'SeePresence', 'SeeNote', 'SendIm', 'SendTyping', 'SendReceipt'] as const;
export type ContactAction = (typeof contactActions)[number];

/** Who acts: the contact towards our user, or our user towards the contact. */
export const contactDirections = ['FromContact', 'FromUser'] as const;
export type ContactDirection = (typeof contactDirections)[number];

/** Which presence is meant: To, our user sees the contact; From, the contact sees our user. */
export const contactSides = ['To', 'From', 'Both'] as const;
export type ContactSide = (typeof contactSides)[number];

/** For whom: for every contact, for those whom the user has added, or for none. */
export type Permission = 'always' | 'when-listed' | 'never';

type Row = Readonly<Record<PartnerType, Permission>>;

const ifListedWhenUnverified: Row = {
  Federated: 'always',
  PublicVerified: 'always',
  PublicUnverified: 'when-listed',
};

/** What contacts may do. Source: the partner types of Lync Server 2013. Typing notices and receipts follow the messages. */
export const contactTable: Readonly<Record<ContactAction, Row>> = {
  AddContact: ifListedWhenUnverified,
  SeePresence: ifListedWhenUnverified,
  SeeNote: { Federated: 'always', PublicVerified: 'never', PublicUnverified: 'never' },
  SendIm: ifListedWhenUnverified,
  SendTyping: ifListedWhenUnverified,
  SendReceipt: ifListedWhenUnverified,
};

/** Stable: logs, cmdlets and scripts name a refusal by it. */
export type ContactRefusal = XmppGate | 'blocked-by-user' | 'not-listed' | 'never-for-type';

/** Why, for people on either side: nothing in it tells a setting, a name or an address. */
export const contactRefusals: Readonly<Record<ContactRefusal, string>> = {
  'survivable-branch': 'Users of a survivable branch appliance have no XMPP.',
  'legacy-user': 'The user has not been moved to this gateway yet.',
  'federation-off': 'Federation is switched off.',
  'policy-federation-off': 'The policy of the user does not allow federation.',
  'policy-xmpp-off': 'The policy of the user does not allow XMPP.',
  'blocked-by-user': 'The user does not want this.',
  'not-listed': 'The user has to add the contact first.',
  'never-for-type': 'Status notes reach federated partners only.',
};

export interface ContactQuestion {
  readonly action: ContactAction;
  readonly direction: ContactDirection;
  readonly partnerType: PartnerType;
  /** Our user has added the contact. */
  readonly listed: boolean;
  /** Our user has blocked the contact. */
  readonly blocked: boolean;
  /** What policy says of our user. */
  readonly access: XmppAccess;
}

export type ContactDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly refusal: ContactRefusal };

/** The first reason to refuse is the answer: the user's policy, then the user's own word, then the partner's type. */
export function decideContact(question: ContactQuestion): ContactDecision {
  const { access } = question;
  if (!access.allowed) return refused(access.gate);
  if (question.direction === 'FromUser') return { allowed: true };
  if (question.blocked) return refused('blocked-by-user');
  const permission = contactTable[question.action][question.partnerType];
  if (permission === 'never') return refused('never-for-type');
  return permission === 'always' || question.listed ? { allowed: true } : refused('not-listed');
}

const refused = (refusal: ContactRefusal): ContactDecision => ({ allowed: false, refusal });

const deeds: Readonly<Record<ContactAction, string>> = {
  AddContact: 'add the user',
  SeePresence: "see the user's presence",
  SeeNote: "see the user's status note",
  SendIm: 'send messages to the user',
  SendTyping: 'show the user that they type',
  SendReceipt: 'send receipts to the user',
};

const conditions: Readonly<Record<Permission, string>> = {
  always: 'may DEED, and nobody has to approve it',
  'when-listed': 'may DEED only when the user has added them',
  never: 'never DEED',
};

/** The row of the table that decides, as a sentence. */
export function contactRule(action: ContactAction, direction: ContactDirection, partnerType: PartnerType): string {
  if (direction === 'FromUser') return 'What users do towards contacts is a matter of their policy.';
  const condition = conditions[contactTable[action][partnerType]];
  return `Contacts of a ${partnerType} partner ${condition.replace('DEED', deeds[action])}.`;
}
