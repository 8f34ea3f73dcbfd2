/** What cmdlets may ask of the running gateway about contacts, and the asking. */

import type { ContactSide } from '../config/contact-rules.ts';
import type { ContactPair, ContactView } from '../gateway/contact-book.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ContactRefused } from '../gateway/policy/contacts.ts';
import type { ControlHandler } from '../gateway/service/control-channel.ts';
import { CodedError } from '../primitives/errors.ts';
import type { Result } from '../primitives/result.ts';
import { type ContactNames, contactTests } from './contacts.ts';
import { askGateway } from './service/ask-gateway.ts';

export type ContactRemoval = ContactPair & { readonly side: ContactSide };
export type ContactBlocking = ContactPair & { readonly blocked: boolean };

export function contactControl({ contacts }: Pick<Gateway, 'contacts'>): Readonly<Record<string, ControlHandler>> {
  return {
    contacts: (parameter) => contacts.list(contactTests(parameter as ContactNames)),
    contact: (parameter) => contacts.find(parameter as ContactPair) ?? null,
    'add-contact': (parameter) => orThrow(contacts.add(parameter as ContactPair), parameter as ContactPair),
    'remove-contact'(parameter) {
      const { side, ...pair } = parameter as ContactRemoval;
      return contacts.remove(pair, side);
    },
    'block-contact'(parameter) {
      const { blocked, ...pair } = parameter as ContactBlocking;
      return orThrow(contacts.block(pair, blocked), pair);
    },
  };
}

function orThrow(done: Result<ContactView, ContactRefused>, { user, contact }: ContactPair): ContactView {
  if (done.ok) return done.value;
  const { reason, fix } = done.error;
  throw new CodedError('ContactRefused', `${contact} cannot be a contact of ${user}.`, {
    reason,
    fix,
    target: contact,
  });
}

/** Only what is asked for crosses the channel: there may be a hundred thousand. @throws CodedError `ServiceNotRunning`, like the others */
export const contactViews = async (storeFolder: string, names: ContactNames): Promise<readonly ContactView[]> =>
  await askGateway(storeFolder, 'contacts', { parameter: names });

export const contactView = async (
  storeFolder: string,
  pair: ContactPair,
  timeoutMs?: number,
): Promise<ContactView | undefined> =>
  (await askGateway<ContactView | null>(storeFolder, 'contact', {
    parameter: pair,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })) ?? undefined;

/** @throws CodedError `ContactRefused` */
export const addContact = async (storeFolder: string, pair: ContactPair): Promise<ContactView> =>
  await askGateway(storeFolder, 'add-contact', { parameter: pair });

/** @returns Whether there was something to remove. */
export const removeContact = async (storeFolder: string, removal: ContactRemoval): Promise<boolean> =>
  await askGateway(storeFolder, 'remove-contact', { parameter: removal });

/** @throws CodedError `ContactRefused` */
export const blockContact = async (storeFolder: string, blocking: ContactBlocking): Promise<ContactView> =>
  await askGateway(storeFolder, 'block-contact', { parameter: blocking });
