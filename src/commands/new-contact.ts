/** New-Contact: adds a contact for a user, as the user's own client would. */
import { addContact, contactView } from '../operations/contact-control.ts';
import { contactExists, contactObject, contactPair } from '../operations/contacts.ts';
import { contactOutput } from './get-contact.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, sipAddress, switchType } from './host/parameters.ts';

export default defineCmdlet({
  name: 'New-Contact',
  synopsis: 'Adds an XMPP contact for a user: the gateway asks to see the contact on behalf of the user.',
  description:
    "The contact's side decides whether the user sees it. A contact of a PublicUnverified partner may from now on write to the user and see the user's presence.",
  parameters: {
    User: mandatory(sipAddress, 'Address of the user.', {
      position: 0,
      pipeline: 'property',
      aliases: ['Identity', 'SipAddress'],
    }),
    Address: mandatory(sipAddress, 'The contact, in a domain of a partner: juliet@fabrikam.com.', {
      position: 1,
      pipeline: 'property',
    }),
    IfNotExists: optional(switchType, 'Leaves a contact that exists as it is.'),
  },
  examples: [{ command: 'new-contact sip:alice@contoso.com juliet@fabrikam.com', shows: 'Alice asks to see Juliet.' }],
  impact: 'Low',
  output: contactOutput,
  accepts: ['Contact', 'User'],

  async run({ User, Address, IfNotExists }, context) {
    const configuration = context.store.read();
    const pair = contactPair(configuration, User, Address);
    const existing = await contactView(context.store.folder, pair);
    if (existing?.standing.listed === true) {
      if (!IfNotExists && !context.force) throw contactExists(pair);
      context.done(`${pair.contact} is a contact of ${pair.user} already.`);
      return context.write(contactObject(configuration, existing, context.now(), false));
    }
    if (!(await context.shouldProcess(`${pair.contact} for ${pair.user}`, 'Add the contact'))) return;
    const added = await addContact(context.store.folder, pair);
    context.done(`${pair.contact} is a contact of ${pair.user} now.`);
    context.write(contactObject(configuration, added, context.now(), true));
  },
});
