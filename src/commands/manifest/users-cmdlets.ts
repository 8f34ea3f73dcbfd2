/** A part of the manifest: users and their contacts, in the order of the help. */
import getContact from '../get-contact.ts';
import getPresenceSubscription from '../get-presence-subscription.ts';
import getUser from '../get-user.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import importUser from '../import-user.ts';
import moveUser from '../move-user.ts';
import newContact from '../new-contact.ts';
import newUser from '../new-user.ts';
import removeContact from '../remove-contact.ts';
import removeUser from '../remove-user.ts';
import setContact from '../set-contact.ts';
import setUser from '../set-user.ts';

export const users: readonly Cmdlet[] = [
  newUser,
  getUser,
  setUser,
  removeUser,
  importUser,
  moveUser,
  newContact,
  getContact,
  setContact,
  removeContact,
  getPresenceSubscription,
];
