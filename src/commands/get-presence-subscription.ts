/** Get-PresenceSubscription: who sees whom across the gateway, since when, and what waits for an answer. */
import { contactViews } from '../operations/contact-control.ts';
import { selectContacts, subscriptionObjects } from '../operations/contacts.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-PresenceSubscription',
  synopsis: 'Shows the live presence subscriptions between users and XMPP contacts, one for each direction.',
  description:
    'Direction To: the user watches the contact, and Pending means that the contact has not agreed yet. From: the contact watches the user, and Pending means that the rules of its partner type do not let it: test-presence names the rule.',
  parameters: {
    User: optional(pattern, 'Address of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Identity', 'SipAddress'],
      wildcard: true,
    }),
    Partner: optional(pattern, 'Domain of a partner; * ? and [] select several.', { position: 1, wildcard: true }),
    LocalStore: optional(switchType, 'What the running gateway knows, which is what is always shown.'),
  },
  examples: [
    { command: 'get-presencesubscription', shows: 'All subscriptions, both ways.' },
    { command: 'get-presencesubscription sip:alice@contoso.com', shows: 'Whom Alice watches, and who watches her.' },
    { command: 'get-presencesubscription -Partner fabrikam.com', shows: 'Those of one partner.' },
  ],
  output: { kind: 'PresenceSubscription', table: ['User', 'Direction', 'Address', 'State', 'Since', 'Partner'] },
  accepts: ['PresenceSubscription', 'Contact', 'User'],

  async run({ User, Partner }, context) {
    const configuration = context.store.read();
    const views = await contactViews(context.store.folder, { user: User });
    for (const view of selectContacts(configuration, views, { partner: Partner }))
      for (const object of subscriptionObjects(configuration, view)) context.write(object);
  },
});
