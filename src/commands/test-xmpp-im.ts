/** Test-XmppIM: one instant message through the running gateway, and the answer an administrator can act on. */

import { testXmppIm, type XmppImResult } from '../operations/test-xmpp-im.ts';
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet, type OutputObject } from './host/cmdlet.ts';
import { mandatory, optional, sipAddress, text, wholeNumber } from './host/parameters.ts';
import { tested, testFormats, testReport } from './reports/test-report.ts';

const defaultMessage = 'Test message from xgw.';
/** Seconds. */
const defaultWait = 30;

export default defineCmdlet({
  name: 'Test-XmppIM',
  aliases: ['Test-CsXmppIM'],
  synopsis: 'Sends an instant message as one of your users to an XMPP contact, and reports what became of it.',
  description:
    "Success means that the partner's server has taken the message. Hop names the one at which its way ended, as test-federationroute does; Partner is a server that did not take it. Needs no SIP client. -OutputFormat junit is for build servers. Exit code 21 when the answer is no.",
  parameters: {
    TargetFqdn: optional(text, 'The gateway to test; this one.', { position: 0, aliases: ['t'] }),
    Receiver: mandatory(sipAddress, 'The contact, in a domain of a partner: user@fabrikam.com.'),
    UserSipAddress: optional(sipAddress, 'The user to send as.', { aliases: ['ua'], defaultText: 'the first user' }),
    Message: optional(text, 'The text to send.', { defaultText: defaultMessage }),
    Wait: optional(wholeNumber(1, 300), 'Seconds to wait for the outcome.', { defaultText: String(defaultWait) }),
    Report: testReport,
  },
  examples: [
    {
      command: 'test-xmppim -Receiver juliet@fabrikam.com',
      shows: 'Whether a message reaches the server of fabrikam.com.',
    },
    {
      command: 'test-xmppim -Receiver juliet@fabrikam.com -UserSipAddress sip:alice@contoso.com',
      shows: 'The same for one user, with her policy.',
    },
  ],
  output: { kind: 'TaskOutput', table: ['Result', 'Latency', 'ErrorMessage', 'Hop', 'Diagnosis'] },
  formats: testFormats,

  async run({ TargetFqdn, Receiver, UserSipAddress, Message, Wait, Report }, context) {
    const timeoutMs = (Wait ?? defaultWait) * 1000 + 5000;
    const test = { receiver: Receiver, user: UserSipAddress, text: Message ?? defaultMessage, timeoutMs };
    const caseOf = ({ Result, ErrorMessage, Diagnosis }: OutputObject) => ({
      subject: Receiver,
      name: 'instant message',
      cause: Result === 'Success' ? '' : `${String(ErrorMessage)}: ${String(Diagnosis)}`,
    });
    await tested({ report: Report, caseOf }, context, async (recording) => {
      const result = await testXmppIm(context.store, test);
      recording.write(TargetFqdn === undefined ? result : { ...result, TargetFqdn });
      if (result.Result === 'Failure') throw notDelivered(Receiver, result);
    });
  },
});

const notDelivered = (receiver: string, { ErrorMessage, Hop, Diagnosis, Fix }: XmppImResult): CodedError =>
  new CodedError('TestFailed', `The message to ${receiver} was not delivered: ${ErrorMessage}.`, {
    reason: `hop ${Hop ?? ''}${Diagnosis === '' ? '' : `: ${Diagnosis}`}`,
    fix: Fix,
    target: receiver,
  });
