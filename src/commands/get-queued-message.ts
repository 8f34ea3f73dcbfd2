/** Get-QueuedMessage: messages that wait for a partner that is away. */
import { queuedMessageObject, queuedMessages, refuseUnknownMessages } from '../operations/queued-messages.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, text } from './host/parameters.ts';

export const queuedMessageOutput = {
  kind: 'QueuedMessage',
  table: ['Partner', 'From', 'To', 'State', 'Since', 'Expires', 'Attempts', 'LastError', 'Id'],
} as const;

export default defineCmdlet({
  name: 'Get-QueuedMessage',
  synopsis: 'Shows the messages that wait for an XMPP partner that is away.',
  description:
    'Such a message was accepted from its sender (202) and is on disk. It is tried again until it arrives, or until Expires: then its sender is told. QueuedMessageLifetime of the gateway says for how long. LastError is what the last attempt came to. What a message says is not shown.',
  parameters: {
    Partner: optional(pattern, 'Domain of a partner; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'Identity'],
      wildcard: true,
    }),
    Id: optional(text, 'The message of this id.'),
  },
  examples: [
    { command: 'get-queuedmessage', shows: 'All messages that wait.' },
    { command: 'get-queuedmessage fabrikam.com', shows: 'What waits for one partner.' },
    { command: 'get-queuedmessage | xgw group-object Partner -NoElement', shows: 'How many wait for each.' },
  ],
  output: queuedMessageOutput,
  accepts: ['XmppFederatedPartner', 'QueuedMessage'],

  async run({ Partner, Id }, context) {
    const selection = { partner: Partner, id: Id };
    const found = await queuedMessages(context.store.folder, selection);
    refuseUnknownMessages(found, selection, context.store.read());
    for (const message of found) context.write(queuedMessageObject(message));
  },
});
