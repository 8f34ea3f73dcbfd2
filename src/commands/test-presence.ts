/** Test-Presence: may one see the other, and which rule says so. */
import { contactView } from '../operations/contact-control.ts';
import { rolesIn, testPresence } from '../operations/test-presence.ts';
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet, type OutputObject } from './host/cmdlet.ts';
import { mandatory, sipAddress } from './host/parameters.ts';
import { tested, testFormats, testReport } from './reports/test-report.ts';

export default defineCmdlet({
  name: 'Test-Presence',
  synopsis: 'Says whether a subscriber may see the presence of a publisher, and names the rule that decides.',
  description:
    'One of the two is your user, the other a contact of an XMPP partner; either may be the publisher. State tells whether there is a subscription. -OutputFormat junit is for build servers. Exit code 21 when the answer is no.',
  parameters: {
    Publisher: mandatory(sipAddress, 'Whose presence it is.', { position: 0 }),
    Subscriber: mandatory(sipAddress, 'Who wants to see it.', { position: 1 }),
    Report: testReport,
  },
  examples: [
    {
      command: 'test-presence -Publisher sip:alice@contoso.com -Subscriber juliet@fabrikam.com',
      shows: 'Whether Juliet may see Alice.',
    },
    {
      command: 'test-presence -Publisher juliet@fabrikam.com -Subscriber sip:alice@contoso.com',
      shows: 'Whether Alice may see Juliet.',
    },
  ],
  output: {
    kind: 'PresenceTest',
    table: ['Result', 'State', 'PartnerType', 'CanSeeNotes', 'Rule', 'Reason', 'Publisher', 'Subscriber'],
  },
  formats: testFormats,

  async run({ Publisher, Subscriber, Report }, context) {
    const test = { publisher: Publisher, subscriber: Subscriber };
    const caseOf = ({ Reason }: OutputObject) => ({
      subject: Publisher,
      name: `presence for ${Subscriber}`,
      cause: typeof Reason === 'string' ? Reason : '',
    });
    await tested({ report: Report, caseOf }, context, async (recording) => {
      const configuration = context.store.read();
      const roles = rolesIn(configuration, test);
      const view = await contactView(context.store.folder, roles, context.timeoutMs);
      const result = testPresence(configuration, roles, view, context.now());
      recording.write(result);
      if (result.Result === 'Success') return;
      throw new CodedError('TestFailed', `${result.Subscriber} may not see the presence of ${result.Publisher}.`, {
        reason: result.Reason ?? undefined,
        fix: result.Fix,
        target: result.Publisher,
      });
    });
  },
});
