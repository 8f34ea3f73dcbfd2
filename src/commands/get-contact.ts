/** Get-Contact: the contacts of users, and what each of them may do. */
import { contactSides } from '../config/contact-rules.ts';
import { contactViews } from '../operations/contact-control.ts';
import { contactNotFound, contactObject, contactPair, selectContacts } from '../operations/contacts.ts';
import { isPattern } from '../operations/wildcard.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, oneOf, optional, pattern } from './host/parameters.ts';

export const contactOutput = {
  kind: 'Contact',
  table: [
    ...['User', 'Address', 'PartnerType', 'Subscription', 'CanSeePresence', 'CanSendIm', 'CanSeeNotes'],
    'AuthorizedByUser',
  ],
} as const;

export default defineCmdlet({
  name: 'Get-Contact',
  synopsis: 'Shows the XMPP contacts of users, and what each contact may do by the type of its partner.',
  description:
    'Subscription To: the user sees the contact; From: the contact sees the user. CanSeePresence, CanSendIm and CanSeeNotes are what the contact may do now; get-help about_partnertypes has the table. The running gateway knows the contacts.',
  parameters: {
    User: mandatory(pattern, 'Address of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Identity', 'SipAddress'],
      wildcard: true,
    }),
    Address: optional(pattern, 'Address of a contact; * ? and [] select several.', {
      position: 1,
      pipeline: 'property',
      wildcard: true,
    }),
    Direction: optional(oneOf(contactSides, 'Direction'), 'To: whom the user sees. From: who sees the user.'),
  },
  examples: [
    { command: 'get-contact sip:alice@contoso.com', shows: 'The contacts of Alice.' },
    { command: "get-contact '*' '*@fabrikam.com'", shows: 'All contacts of one domain.' },
    { command: "get-contact '*' -Direction From", shows: 'Who sees the presence of your users.' },
  ],
  output: contactOutput,
  accepts: ['Contact', 'User'],

  async run({ User, Address, Direction }, context) {
    const configuration = context.store.read();
    const views = await contactViews(context.store.folder, { user: User, address: Address });
    const found = selectContacts(configuration, views, { side: Direction });
    for (const view of found) context.write(contactObject(configuration, view, context.now()));
    if (found.length > 0 || Address === undefined || isPattern(User) || isPattern(Address)) return;
    throw contactNotFound(contactPair(configuration, sipUri(User), sipUri(Address)));
  },
});

export const sipUri = (address: string): string => (/^sips?:/i.test(address) ? address : `sip:${address}`);
