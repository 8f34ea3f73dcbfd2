/** Remove-QueuedMessage: gives messages that wait for a partner back to their senders. */
import {
  queuedMessageObject,
  queuedMessages,
  refuseUnknownMessages,
  removeQueuedMessages,
} from '../operations/queued-messages.ts';
import { isPattern } from '../operations/wildcard.ts';
import { CodedError } from '../primitives/errors.ts';
import { queuedMessageOutput } from './get-queued-message.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, text } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Remove-QueuedMessage',
  synopsis: 'Removes messages that wait for an XMPP partner; their senders are told.',
  description:
    'Each sender gets a notice that the message was not delivered. A message that is being sent at the moment stays, since it may arrive.',
  parameters: {
    Partner: optional(pattern, 'Domain of a partner; * ? and [] select several.', {
      position: 0,
      aliases: ['Domain'],
      wildcard: true,
    }),
    Id: optional(text, 'The message of this id.', { pipeline: 'both' }),
  },
  examples: [
    { command: 'remove-queuedmessage fabrikam.com', shows: 'Nothing waits for a partner that will not come back.' },
    {
      command: 'get-queuedmessage | xgw remove-queuedmessage - -Confirm:false',
      shows: 'Gives everything back.',
    },
  ],
  impact: 'Medium',
  output: queuedMessageOutput,
  accepts: ['QueuedMessage'],

  async run({ Partner, Id }, context) {
    if (Partner === undefined && Id === undefined) throw nothingNamed();
    const selection = { partner: Partner, id: Id };
    const found = await queuedMessages(context.store.folder, selection);
    refuseUnknownMessages(found, selection, context.store.read());
    if (found.length === 0) return context.done(`nothing waits for ${Partner ?? ''}; nothing was removed.`);
    const impact = isPattern(Partner ?? '') ? 'High' : 'Medium';
    const target = found.map(({ from, to, id }) => `${from} to ${to} (${id})`).join(', ');
    if (!(await context.shouldProcess(target, 'Give the messages back to their senders', impact))) return;
    const removed = await removeQueuedMessages(
      context.store.folder,
      found.map(({ id }) => id),
    );
    context.done(givenBack(removed.length, found.length));
    if (!context.passThru) return;
    for (const message of found) context.write(queuedMessageObject(message, removed.includes(message.id)));
  },
});

function givenBack(removed: number, found: number): string {
  const stay = found - removed;
  const left = stay === 0 ? '' : `; ${stay} ${stay === 1 ? 'is' : 'are'} being sent, or gone already`;
  return `${removed} ${removed === 1 ? 'message' : 'messages'} given back${left}.`;
}

const nothingNamed = (): CodedError =>
  new CodedError('MandatoryParameterMissing', 'Which messages? Name a partner or an id.', {
    fix: ['xgw get-queuedmessage', "xgw remove-queuedmessage '*'"],
  });
