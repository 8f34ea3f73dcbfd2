/** Get-XmppSession: the streams to and from XMPP partners as they are now. */
import { directions, refuseUnknown, sessionObject, xmppSessions } from '../operations/xmpp-sessions.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { oneOf, optional, pattern, text } from './host/parameters.ts';

export const sessionOutput = {
  kind: 'XmppSession',
  table: ['Remote', 'Direction', 'State', 'Auth', 'Tls', 'InMessages', 'OutMessages', 'Queue', 'LastActivity', 'Id'],
} as const;

export default defineCmdlet({
  name: 'Get-XmppSession',
  synopsis: 'Shows the live XMPP streams, how they are encrypted and authenticated, and what they have carried.',
  description:
    'InMessages and OutMessages count stanzas of every kind. Auth is SASL over TLS, TLS Dialback or TCP Dialback. A connection that is not authenticated yet has none. Queue counts the stanzas that wait to be written, Unacknowledged those that the partner has not confirmed: StreamManagement (XEP-0198) says whether it confirms any.',
  parameters: {
    Domain: optional(pattern, 'Domain at the other end; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Remote', 'Identity'],
      wildcard: true,
    }),
    Id: optional(text, 'The stream of this id.'),
    Direction: optional(
      oneOf(directions, 'Direction'),
      'Inbound: the partner opened it. Outbound: the gateway did. Both: stanzas go both ways on it (XEP-0288); OpenedBy says who opened it.',
    ),
  },
  examples: [
    { command: 'get-xmppsession', shows: 'All streams.' },
    { command: 'get-xmppsession fabrikam.com -Direction Inbound', shows: 'What one partner has opened to you.' },
    {
      command: "get-xmppsession '*.org' -OutputFormat list",
      shows: 'Everything known of the streams of several domains.',
    },
  ],
  output: sessionOutput,
  accepts: ['XmppSession', 'XmppFederatedPartner'],

  async run({ Domain, Id, Direction }, context) {
    const selection = { domain: Domain, id: Id, direction: Direction };
    const found = await xmppSessions(context.store.folder, selection);
    refuseUnknown(found, selection, context.store.read());
    for (const session of found) context.write(sessionObject(session));
  },
});
