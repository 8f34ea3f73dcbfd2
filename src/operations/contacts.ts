/** The contacts of our users: found, and shown with what the partner's type lets each of them do. */
import type { Configuration } from '../config/configuration.ts';
import type { ContactAction, ContactSide } from '../config/contact-rules.ts';
import { partnerOf } from '../config/partner-lookup.ts';
import { userDomain } from '../config/user-identity.ts';
import type { ContactPair, ContactTests, ContactView } from '../gateway/contact-book.ts';
import { admitContact } from '../gateway/policy/contacts.ts';
import { isLocalDomain } from '../gateway/policy/partners.ts';
import { askedByUs, seenByUs, seesUs, waitsForUs } from '../gateway/presence-link-machine.ts';
import { canonicalAor } from '../gateway/sip/aor.ts';
import { parseSipUri } from '../gateway/sip/sip-uri.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { wildcard } from './wildcard.ts';

/** Names or patterns, with `sip:` or without; absent: all. */
export interface ContactNames {
  readonly user?: string | undefined;
  readonly address?: string | undefined;
}

export const contactTests = ({ user, address }: ContactNames): ContactTests => ({
  isUser: addressTest(user),
  isContact: addressTest(address),
});

export interface ContactSelection {
  /** Primary domain of a partner, or a pattern. */
  readonly partner?: string | undefined;
  readonly side?: ContactSide | undefined;
}

export function selectContacts(
  configuration: Configuration,
  views: readonly ContactView[],
  { partner, side }: ContactSelection,
): readonly ContactView[] {
  const ofPartner = wildcard(partner ?? '*');
  return views.filter(
    (view) =>
      (partner === undefined || ofPartner(partnerName(configuration, view) ?? '')) &&
      (side === undefined || subscriptionOf(view) === 'Both' || subscriptionOf(view) === side),
  );
}

function addressTest(text: string | undefined): (aor: string) => boolean {
  if (text === undefined) return () => true;
  return wildcard(/^sips?:/i.test(text) ? text : `sip:${text}`);
}

/** An address as the gateway spells it. */
export function canonicalAddress(address: string): string {
  const uri = parseSipUri(address);
  return uri.ok ? canonicalAor(uri.value) : address;
}

/** Our user and a contact of a partner, as the gateway spells them. @throws CodedError `DomainNotLocal` */
export function contactPair(configuration: Configuration, user: string, contact: string): ContactPair {
  const pair = { user: canonicalAddress(user), contact: canonicalAddress(contact) };
  if (isLocalDomain(configuration, userDomain(pair.user))) return pair;
  throw new CodedError('DomainNotLocal', `${user} is in no SIP domain of this gateway.`, {
    reason: `the SIP domains are ${Object.keys(configuration.sipDomains).join(', ')}`,
    fix: 'xgw get-user',
    target: user,
  });
}

export const contactNotFound = ({ user, contact }: ContactPair): CodedError =>
  new CodedError('ObjectNotFound', `${contact} is no contact of ${user}.`, {
    fix: [`xgw get-contact ${shellWord(user)}`, `xgw new-contact ${shellWord(user)} ${shellWord(contact)}`],
    target: contact,
  });

export const contactExists = ({ user, contact }: ContactPair): CodedError =>
  new CodedError('ObjectAlreadyExists', `${contact} is a contact of ${user} already.`, {
    fix: `xgw get-contact ${shellWord(user)} ${shellWord(contact)}`,
    target: contact,
  });

export const subscriptions = ['None', 'To', 'From', 'Both'] as const;
export type Subscription = (typeof subscriptions)[number];

/** To: our user sees the contact. From: the contact sees our user. */
export function subscriptionOf({ state }: Pick<ContactView, 'state'>): Subscription {
  if (seenByUs(state)) return seesUs(state) ? 'Both' : 'To';
  return seesUs(state) ? 'From' : 'None';
}

/** The object that cmdlets emit. What the contact may do is computed from the settings of now. */
export function contactObject(configuration: Configuration, view: ContactView, now: Date, changed?: boolean) {
  const can = (action: ContactAction): boolean => {
    const ends = { userAor: view.user, contactAor: view.contact, standing: view.standing };
    return admitContact(configuration, { ...ends, action, direction: 'FromContact' }, now).ok;
  };
  const partner = partnerOf(configuration, userDomain(view.contact));
  return {
    User: view.user,
    Address: view.contact,
    Partner: partner?.identity ?? null,
    PartnerType: partner?.partnerType ?? null,
    Subscription: subscriptionOf(view),
    AuthorizedByUser: view.standing.listed,
    CanSeePresence: can('SeePresence'),
    CanSendIm: can('SendIm'),
    CanSeeNotes: can('SeeNote'),
    Blocked: view.standing.blocked,
    ...(changed === undefined ? {} : { Changed: changed }),
  };
}

/** One object for each direction in which presence goes, or has been asked for. */
export function subscriptionObjects(configuration: Configuration, view: ContactView) {
  const { state } = view;
  const common = { User: view.user, Address: view.contact, Partner: partnerName(configuration, view) ?? null };
  const row = (Direction: 'To' | 'From', isActive: boolean) => ({
    ...common,
    Direction,
    State: isActive ? 'Active' : 'Pending',
    Since: view.since ?? null,
  });
  return [
    ...(askedByUs(state) ? [row('To', seenByUs(state))] : []),
    ...(seesUs(state) || waitsForUs(state) ? [row('From', seesUs(state))] : []),
  ];
}

const partnerName = (configuration: Configuration, { contact }: ContactView): string | undefined =>
  partnerOf(configuration, userDomain(contact))?.identity;
