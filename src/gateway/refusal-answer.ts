/**
 * What the other side is told of a refusal. Our own users and federated partners learn the reason. Public networks get one
 * answer for all: whether a user does not exist, may not use XMPP, or has not added the contact is nobody's business there.
 */
import { contactRefusals } from '../config/contact-rules.ts';
import type { ContactRefused } from './policy/contacts.ts';
import type { Gate } from './policy/partners.ts';
import { type StanzaError, stanzaError } from './xmpp/stanza-error.ts';

/** For people of public networks. It must be true of each refusal there. */
const publicText = 'You cannot reach this address. If it is a user, they may have to add you to their contacts first.';

const tellable = (gate: Gate): gate is keyof typeof contactRefusals => Object.hasOwn(contactRefusals, gate);

/** The error for a stanza of a contact. */
export function stanzaErrorOf({ gate, partner }: ContactRefused): StanzaError {
  if (partner === undefined) return stanzaError('forbidden');
  if (partner.partnerType !== 'Federated') return stanzaError('forbidden', publicText);
  if (gate === 'unknown-user') return stanzaError('item-not-found');
  return stanzaError('forbidden', tellable(gate) ? contactRefusals[gate] : undefined);
}

export interface RequestRefusal {
  readonly status: 403;
  /** The reason phrase. */
  readonly reason: string;
  /** A Warning header's value: code 399, for people [RFC 3261 §20.43]. */
  readonly warning: string;
}

/** Those that are closed for all users alike. */
export const domainGates: readonly Gate[] = ['unknown-domain', 'partner-suspended', 'federation-off'];

/** The answer to a request of one of our users. */
export function requestRefusalOf({ gate }: ContactRefused): RequestRefusal {
  const isOfDomain = domainGates.includes(gate);
  const told = tellable(gate) ? contactRefusals[gate] : untellable[gate];
  return {
    status: 403,
    reason: isOfDomain ? 'Domain Not Federated' : 'User Not Allowed XMPP',
    warning: `399 xgw "${told}"`,
  };
}

const untellable: Readonly<Record<Exclude<Gate, keyof typeof contactRefusals>, string>> = {
  'unknown-domain': 'The domain is not an XMPP federated partner.',
  'partner-suspended': 'The XMPP federated partner is suspended.',
  'too-many': 'The domain has as many contacts as it may have.',
  'unknown-user': 'The sender is not a user of this gateway.',
};
