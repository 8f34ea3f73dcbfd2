/** Resume-XmppFederatedPartner: takes a suspended partner up again, with the settings it had. */
import { partnerOutput } from './get-xmpp-federated-partner.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { changeSuspension, partnerIdentity } from './settings/suspension.ts';

export default defineCmdlet({
  name: 'Resume-XmppFederatedPartner',
  synopsis: 'Ends the suspension of an XMPP federated partner.',
  description: 'The running gateway follows at once. Resuming a partner that is not suspended is no failure.',
  parameters: { Identity: partnerIdentity },
  examples: [
    { command: 'resume-xmppfederatedpartner fabrikam.com', shows: 'Messages are exchanged again.' },
    {
      command: "resume-xmppfederatedpartner '*' -Confirm:false",
      shows: 'No partner is suspended any more.',
    },
  ],
  impact: 'Medium',
  output: partnerOutput,

  async run({ Identity }, context) {
    await changeSuspension(context, Identity, undefined);
  },
});
