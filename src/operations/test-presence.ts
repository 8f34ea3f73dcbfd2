/** May the subscriber see the publisher, and which rule says so? One of them is our user, the other a contact of a partner. */

import type { Configuration } from '../config/configuration.ts';
import { contactRule } from '../config/contact-rules.ts';
import { partnerOf } from '../config/partner-lookup.ts';
import { userDomain } from '../config/user-identity.ts';
import type { ContactPair, ContactView } from '../gateway/contact-book.ts';
import { admitContact, type ContactAct, stranger } from '../gateway/policy/contacts.ts';
import { isLocalDomain, type Refusal } from '../gateway/policy/partners.ts';
import { askedByUs, seenByUs, seesUs, waitsForUs } from '../gateway/presence-link-machine.ts';
import { CodedError } from '../primitives/errors.ts';
import { canonicalAddress, subscriptionOf } from './contacts.ts';

export interface PresenceTest {
  /** `sip:user@domain`, both. */
  readonly publisher: string;
  readonly subscriber: string;
}

/** @param view - What the running gateway knows of the contact. */
export function testPresence(
  configuration: Configuration,
  { user, contact, direction }: Roles,
  view: ContactView | undefined,
  now: Date,
) {
  const ends = { userAor: user, contactAor: contact, standing: view?.standing ?? stranger, direction };
  const may = (action: ContactAct['action']) => admitContact(configuration, { ...ends, action }, now);
  const presence = may('SeePresence');
  const partner = partnerOf(configuration, userDomain(contact));
  const of =
    partner === undefined
      ? { Partner: null, PartnerType: null, Rule: null }
      : {
          Partner: partner.identity,
          PartnerType: partner.partnerType,
          Rule: contactRule('SeePresence', direction, partner.partnerType),
        };
  return {
    Publisher: direction === 'FromContact' ? user : contact,
    Subscriber: direction === 'FromContact' ? contact : user,
    Result: presence.ok ? ('Success' as const) : ('Failure' as const),
    ...of,
    ...(presence.ok ? permitted : refusal(presence.error)),
    CanSeeNotes: may('SeeNote').ok,
    Subscription: view === undefined ? 'None' : subscriptionOf(view),
    State: stateOf(view, direction),
  };
}

const permitted: ReturnType<typeof refusal> = { Gate: null, Reason: null, Fix: [] };

const refusal = ({
  gate,
  reason,
  fix,
}: Refusal): { Gate: string | null; Reason: string | null; Fix: readonly string[] } => ({
  Gate: gate,
  Reason: reason,
  Fix: [fix],
});

interface Roles extends ContactPair {
  /** Who wants to see: the contact our user, or our user the contact. */
  readonly direction: ContactAct['direction'];
}

/** @throws CodedError `DomainNotLocal`, `InvalidValue` */
export function rolesIn(configuration: Configuration, test: PresenceTest): Roles {
  const [publisher, subscriber] = [canonicalAddress(test.publisher), canonicalAddress(test.subscriber)];
  const isOurs = (aor: string): boolean => isLocalDomain(configuration, userDomain(aor));
  if (isOurs(publisher) === isOurs(subscriber)) throw noContact(isOurs(publisher), publisher, subscriber);
  return isOurs(publisher)
    ? { user: publisher, contact: subscriber, direction: 'FromContact' }
    : { user: subscriber, contact: publisher, direction: 'FromUser' };
}

function stateOf(view: ContactView | undefined, direction: ContactAct['direction']): 'None' | 'Pending' | 'Active' {
  if (view === undefined) return 'None';
  const { state } = view;
  const [sees, asks] =
    direction === 'FromUser' ? [seenByUs(state), askedByUs(state)] : [seesUs(state), waitsForUs(state)];
  if (sees) return 'Active';
  return asks ? 'Pending' : 'None';
}

function noContact(areOurs: boolean, publisher: string, subscriber: string): CodedError {
  const fix = 'xgw test-presence -Publisher sip:alice@contoso.com -Subscriber juliet@fabrikam.com';
  if (areOurs) {
    const reason = 'the rules of partner types are for contacts of XMPP partners';
    return new CodedError('InvalidValue', `${publisher} and ${subscriber} are both your users.`, { reason, fix });
  }
  const reason = 'one of the two must be in a SIP domain of this gateway';
  return new CodedError('DomainNotLocal', `Neither ${publisher} nor ${subscriber} is your user.`, { reason, fix });
}
