/** Set-Contact: blocks a contact, or ends that. */
import { blockContact, contactView } from '../operations/contact-control.ts';
import { contactObject, contactPair } from '../operations/contacts.ts';
import { contactOutput } from './get-contact.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { bool, mandatory, sipAddress } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Set-Contact',
  synopsis: 'Blocks an XMPP contact for a user, or lets it through again.',
  description:
    'A contact that is blocked can neither write to the user nor see the presence, whatever the type of its partner. The user can still write to it.',
  parameters: {
    User: mandatory(sipAddress, 'Address of the user.', { position: 0, pipeline: 'property' }),
    Address: mandatory(sipAddress, 'The contact, in a domain of a partner.', { position: 1, pipeline: 'property' }),
    Blocked: mandatory(bool, 'Whether the contact is blocked.', { pipeline: 'property' }),
  },
  examples: [
    {
      command: 'set-contact sip:alice@contoso.com juliet@fabrikam.com -Blocked true',
      shows: 'Nothing of Juliet reaches Alice.',
    },
  ],
  impact: 'Medium',
  output: contactOutput,
  accepts: ['Contact'],

  async run({ User, Address, Blocked }, context) {
    const configuration = context.store.read();
    const pair = contactPair(configuration, User, Address);
    const existing = await contactView(context.store.folder, pair);
    if ((existing?.standing.blocked ?? false) === Blocked) {
      if (context.passThru && existing) context.write(contactObject(configuration, existing, context.now(), false));
      return context.done(`${pair.contact} unchanged.`);
    }
    const action = Blocked ? 'Block the contact' : 'Let the contact through';
    if (!(await context.shouldProcess(`${pair.contact} for ${pair.user}`, action))) return;
    const view = await blockContact(context.store.folder, { ...pair, blocked: Blocked });
    context.done(`${pair.contact} is ${Blocked ? 'blocked' : 'let through'} for ${pair.user}.`);
    if (context.passThru) context.write(contactObject(configuration, view, context.now(), true));
  },
});
