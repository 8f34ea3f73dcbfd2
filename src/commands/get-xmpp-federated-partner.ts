/** Get-XmppFederatedPartner: the partners, with the authentication methods their settings leave. */
import { type FederatedPartner, partnerTypes } from '../config/federated-partner.ts';
import { partnerKind, partnerObject } from '../operations/federated-partners.ts';
import { configurationOf } from '../operations/loaded-configuration.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { oneOf, optional, pattern, switchType } from './host/parameters.ts';

export const partnerOutput = {
  kind: 'XmppFederatedPartner',
  table: ['Identity', 'PartnerType', 'EffectiveMethods', 'AdditionalDomains'],
} as const;

export default defineCmdlet({
  name: 'Get-XmppFederatedPartner',
  aliases: ['Get-CsXmppAllowedPartner', 'Get-XmppAllowedPartner', 'gxp'],
  synopsis: 'Shows the XMPP domains your users may talk to.',
  description: 'Without a name all of them. Users may talk to every partner in the list, if their policy allows XMPP.',
  parameters: {
    Identity: optional(pattern, 'Domain of a partner; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'PrimaryDomain'],
      wildcard: true,
    }),
    Filter: optional(pattern, 'The same as a wildcard Identity, as Lync calls it.', { wildcard: true }),
    PartnerType: optional(oneOf(partnerTypes, 'PartnerType'), 'Only partners of this type.'),
    LocalStore: optional(switchType, 'What the running gateway has loaded, in place of what the store says.'),
  },
  examples: [
    { command: 'get-xmppfederatedpartner', shows: 'All partners.' },
    { command: "get-xmppfederatedpartner '*.org'", shows: 'The partners whose domain ends in .org.' },
    { command: 'get-xmppfederatedpartner -PartnerType PublicUnverified', shows: 'The partners of one type.' },
  ],
  output: partnerOutput,

  async run({ Identity, Filter, PartnerType, LocalStore }, context) {
    const { federatedPartners } = await configurationOf(context.store, LocalStore);
    const wanted = (partner: FederatedPartner): boolean =>
      PartnerType === undefined || partner.partnerType === PartnerType;
    for (const partner of selectNamed(federatedPartners, { Identity, Filter }, partnerKind).filter(wanted)) {
      context.write(partnerObject(partner));
    }
  },
});
