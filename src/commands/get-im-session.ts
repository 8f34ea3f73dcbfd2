/** Get-ImSession: the IM sessions between SIP users and XMPP contacts as they are now. */
import { imSessionObject, selectImSessions } from '../operations/im-session-object.ts';
import { imSessionsNow } from '../operations/sip-control.ts';
import { meantUser } from '../operations/sip-registrations.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-ImSession',
  synopsis: 'Shows the IM sessions that are open between your SIP users and XMPP contacts.',
  description:
    'Clients of Lync and Skype for Business talk in sessions (INVITE), others in single messages, which open none: SipSessionMode of the user and of the route says what the gateway does. OpenedBy says who began, Hop where the requests of the session go. What is said is never shown.',
  parameters: {
    User: optional(pattern, 'Address of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Identity', 'SipAddress'],
      wildcard: true,
    }),
    Contact: optional(pattern, 'Address of the XMPP contact; * ? and [] select several.', {
      position: 1,
      aliases: ['Address'],
      wildcard: true,
    }),
  },
  examples: [
    { command: 'get-imsession', shows: 'All sessions, the oldest first.' },
    { command: "get-imsession alice@contoso.com '*@fabrikam.com'", shows: 'Those of one user with one partner.' },
    { command: 'get-imsession -OutputFormat list', shows: 'With the Call-ID of each, to look for in a trace.' },
  ],
  output: {
    kind: 'ImSession',
    table: ['User', 'Contact', 'OpenedBy', 'State', 'Messages', 'Since', 'LastActivity', 'Hop'],
  },
  accepts: ['User', 'SipRegistration'],

  async run({ User, Contact }, context) {
    const user = meantUser(context.store.read(), User);
    const found = selectImSessions(await imSessionsNow(context.store.folder), { user, contact: Contact });
    for (const session of found) context.write(imSessionObject(session));
  },
});
