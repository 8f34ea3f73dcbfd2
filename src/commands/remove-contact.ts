/** Remove-Contact: ends what a user and a contact see of each other. */
import { contactSides } from '../config/contact-rules.ts';
import { contactViews, removeContact } from '../operations/contact-control.ts';
import { contactNotFound, contactObject, contactPair } from '../operations/contacts.ts';
import { isPattern } from '../operations/wildcard.ts';
import { contactOutput, sipUri } from './get-contact.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, oneOf, optional, pattern, switchType } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Remove-Contact',
  synopsis: 'Removes XMPP contacts of users: neither side sees the other any more.',
  description:
    'The gateway tells the server of the contact. A client of the user that still shows the contact may add it again.',
  parameters: {
    User: mandatory(pattern, 'Address of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'property',
      aliases: ['Identity', 'SipAddress'],
      wildcard: true,
    }),
    Address: mandatory(pattern, 'Address of a contact; * ? and [] select several.', {
      position: 1,
      pipeline: 'property',
      wildcard: true,
    }),
    Direction: optional(
      oneOf(contactSides, 'Direction'),
      'To: the user no longer sees the contact. From: the contact no longer sees the user.',
      { defaultText: 'Both' },
    ),
    IfExists: optional(switchType, 'A contact that does not exist is no failure.'),
  },
  examples: [
    { command: 'remove-contact sip:alice@contoso.com juliet@fabrikam.com', shows: 'Neither sees the other.' },
    {
      command: "remove-contact '*' '*@fabrikam.com' -Direction From -Confirm:false",
      shows: 'Nobody of a domain sees your users any more.',
    },
  ],
  impact: 'Medium',
  output: contactOutput,
  accepts: ['Contact'],

  async run({ User, Address, Direction, IfExists }, context) {
    const configuration = context.store.read();
    const found = await contactViews(context.store.folder, { user: User, address: Address });
    const severalMeant = isPattern(User) || isPattern(Address);
    if (found.length === 0) {
      if (!severalMeant && !IfExists) throw contactNotFound(contactPair(configuration, sipUri(User), sipUri(Address)));
      return context.done(`there is no contact ${Address} of ${User}; nothing was removed.`);
    }
    const target = found.map(({ user, contact }) => `${contact} of ${user}`).join(', ');
    const impact = severalMeant && found.length > 1 ? 'High' : 'Medium';
    if (!(await context.shouldProcess(target, 'Remove the contact', impact))) return;
    for (const view of found) {
      const { user, contact } = view;
      const changed = await removeContact(context.store.folder, { user, contact, side: Direction ?? 'Both' });
      if (context.passThru) context.write(contactObject(configuration, view, context.now(), changed));
    }
    context.done(`${found.length === 1 ? 'contact' : `${found.length} contacts`} removed: ${target}.`);
  },
});
