/** Remove-XmppFederatedPartner: the way to stop talking to a domain. */
import { partnerKind, partnerObject, removeFederatedPartners } from '../operations/federated-partners.ts';
import { matchingNames, namedOrThrow } from '../operations/named-objects.ts';
import { partnerOutput } from './get-xmpp-federated-partner.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, pattern, switchType } from './host/parameters.ts';
import { removeNamed } from './settings/remove-named.ts';

export default defineCmdlet({
  name: 'Remove-XmppFederatedPartner',
  aliases: ['Remove-CsXmppAllowedPartner', 'Remove-XmppAllowedPartner', 'rxp'],
  synopsis: 'Ends the exchange with an XMPP domain.',
  description: 'The running gateway closes the streams of the partner at once. Several partners go in one revision.',
  parameters: {
    Identity: mandatory(pattern, 'Domain of a partner; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'PrimaryDomain'],
      wildcard: true,
    }),
    IfExists: optional(switchType, 'A partner that does not exist is no failure.'),
  },
  examples: [
    { command: 'remove-xmppfederatedpartner fabrikam.com', shows: 'One partner less.' },
    { command: "remove-xmppfederatedpartner '*.org' -Confirm:false", shows: 'Several at once, without a question.' },
  ],
  impact: 'Medium',
  output: partnerOutput,

  async run({ Identity, IfExists }, context) {
    await removeNamed(context, {
      words: 'partner',
      identity: Identity,
      ifExists: IfExists,
      select: ({ federatedPartners }) => matchingNames(federatedPartners, Identity),
      remove: removeFederatedPartners,
      output: ({ federatedPartners }, identity) =>
        partnerObject(namedOrThrow(federatedPartners, identity, partnerKind), true),
      consequences: () => ['their streams are closed, and their contacts see your users offline'],
    });
  },
});
