/** Test-XmppIM: one instant message through the running gateway, and the answer an administrator can act on. */

import { testXmppIm } from '../operations/test-xmpp-im.ts';
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, sipAddress, text, wholeNumber } from './host/parameters.ts';

const defaultMessage = 'Test message from xgw.';
/** Seconds. */
const defaultWait = 30;

export default defineCmdlet({
  name: 'Test-XmppIM',
  aliases: ['Test-CsXmppIM'],
  synopsis: 'Sends an instant message as one of your users to an XMPP contact, and reports what became of it.',
  description:
    "Success means that the partner's server has taken the message. Needs no SIP client. Exit code 21 when the answer is no.",
  parameters: {
    TargetFqdn: optional(text, 'The gateway to test; this one.', { position: 0, aliases: ['t'] }),
    Receiver: mandatory(sipAddress, 'The contact, in a domain of a partner: user@fabrikam.com.'),
    UserSipAddress: optional(sipAddress, 'The user to send as.', { aliases: ['ua'], defaultText: 'the first user' }),
    Message: optional(text, 'The text to send.', { defaultText: defaultMessage }),
    Wait: optional(wholeNumber(1, 300), 'Seconds to wait for the outcome.', { defaultText: String(defaultWait) }),
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
  output: { kind: 'TaskOutput', table: ['Result', 'Latency', 'ErrorMessage', 'Diagnosis'] },

  async run({ TargetFqdn, Receiver, UserSipAddress, Message, Wait }, context) {
    const result = await testXmppIm(context.store, {
      receiver: Receiver,
      user: UserSipAddress,
      text: Message ?? defaultMessage,
      timeoutMs: (Wait ?? defaultWait) * 1000 + 5000,
    });
    context.write(TargetFqdn === undefined ? result : { ...result, TargetFqdn });
    if (result.Result === 'Success') return;
    throw new CodedError('TestFailed', `The message to ${Receiver} was not delivered: ${result.ErrorMessage}.`, {
      reason: result.Diagnosis === '' ? undefined : result.Diagnosis,
      fix: result.Fix,
      target: Receiver,
    });
  },
});
