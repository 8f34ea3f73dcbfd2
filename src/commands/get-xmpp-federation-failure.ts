/** Get-XmppFederationFailure: what went wrong with a partner, since when, and what to do about it. */
import { partnerDomainOrThrow } from '../operations/federated-partners.ts';
import { failureObject, failuresIn } from '../operations/federation-failures.ts';
import { readEventLog } from '../store/event-log-reader.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-XmppFederationFailure',
  synopsis: 'Shows why streams to and from XMPP domains did not come about, newest first.',
  description:
    'Outbound: the step at which a dial failed. Inbound: the stream that was refused, and the condition the partner was told. Failures that repeat are one object with their Count. It reads the event log, so the gateway need not run.',
  parameters: {
    Domain: optional(pattern, 'Domain at the other end; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Remote', 'Identity'],
      wildcard: true,
    }),
  },
  examples: [
    { command: 'get-xmppfederationfailure fabrikam.com', shows: 'Why messages to one partner come back.' },
    {
      command: 'get-xmppfederationfailure -Property Time,Domain,Step,Fix',
      shows: 'All domains, with a command for each.',
    },
  ],
  output: { kind: 'XmppFederationFailure', table: ['Time', 'Domain', 'Direction', 'Step', 'Count', 'Reason', 'Hint'] },
  accepts: ['XmppFederationFailure', 'XmppFederatedPartner', 'XmppSession'],

  async run({ Domain }, context) {
    const configuration = context.store.read();
    const failures = failuresIn(readEventLog(context.store.folder), Domain);
    if (failures.length === 0 && Domain !== undefined) partnerDomainOrThrow(configuration, Domain);
    for (const failure of failures) context.write(failureObject(failure, configuration));
  },
});
