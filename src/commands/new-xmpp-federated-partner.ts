/** New-XmppFederatedPartner: a domain your users may talk to from now on. */
import { partnerDefaults } from '../config/defaults.ts';
import type { FederatedPartner } from '../config/federated-partner.ts';
import { newFederatedPartner, partnerObject, partnerWarnings } from '../operations/federated-partners.ts';
import { ifExists } from '../operations/named-objects.ts';
import { partnerOutput } from './get-xmpp-federated-partner.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { domainName, listOf, mandatory, optional, switchType } from './host/parameters.ts';
import { changeSentence, warnLeftAlone } from './reports/report-change.ts';
import { checkTrustedRoots, partnerSettings, withPartnerSettings } from './settings/partner-parameters.ts';
import { spkiPin } from './settings/value-types.ts';

export default defineCmdlet({
  name: 'New-XmppFederatedPartner',
  aliases: ['New-CsXmppAllowedPartner', 'New-XmppAllowedPartner', 'nxp'],
  synopsis: 'Lets your users exchange messages and presence with the users of an XMPP domain.',
  description:
    'Whether a user may talk to partners is decided by the external access policy. The defaults are those of Lync Server 2013: TLS and SASL are required, and nobody of the partner may do anything until your user adds them. On a terminal, without any parameter, a form asks.',
  parameters: {
    Identity: mandatory(domainName, 'Primary domain of the partner.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'PrimaryDomain'],
    }),
    AdditionalDomains: optional(listOf(domainName), 'Further domains of the same partner.', {
      pipeline: 'property',
      aliases: ['AdditionalDomain'],
    }),
    ...partnerSettings,
    PinnedSpkiSha256: optional(listOf(spkiPin), 'Public keys, one of which the certificate of the partner must have.', {
      pipeline: 'property',
    }),
    InMemory: optional(switchType, 'Makes the object and keeps nothing; set- with -Instance keeps it.'),
    IfNotExists: optional(switchType, 'Leaves a partner that exists as it is.'),
  },
  examples: [
    {
      command: 'new-xmppfederatedpartner fabrikam.com -PartnerType Federated -Description "ERP partner"',
      shows: 'A business partner: contacts may see presence and send messages at once.',
    },
    {
      command:
        'new-xmppfederatedpartner gmail.com -TlsNegotiation NotSupported -SaslNegotiation NotSupported -SupportDialbackNegotiation true -AllowInsecure CISO-114',
      shows: 'A provider that knows nothing but dialback, with the reason why that is accepted.',
    },
  ],
  impact: 'Low',
  output: partnerOutput,

  async run(values, context) {
    await checkTrustedRoots(values.TrustedRootsPath, context);
    const bare: FederatedPartner = {
      ...partnerDefaults,
      identity: values.Identity,
      additionalDomains: values.AdditionalDomains ?? [],
      pinnedSpkiSha256: values.PinnedSpkiSha256 ?? [],
    };
    const partner = withPartnerSettings(bare, values);
    // The defaults alone make dialback inert: that is no news to somebody who did not ask for it.
    const isDefault = values.SupportDialbackNegotiation === undefined;
    for (const warning of partnerWarnings(partner, isDefault)) context.warn(`${partner.identity}: ${warning}.`);
    if (values.InMemory) return context.write(partnerObject(partner, false));
    await keep(partner, values.IfNotExists, context);
  },

  async form(context, own, defaults) {
    const { partnerForm } = await import('./wizards/partner-form.ts');
    return await partnerForm(own, context, defaults);
  },
});

async function keep(partner: FederatedPartner, leave: boolean | undefined, context: CmdletContext): Promise<void> {
  const { identity } = partner;
  const { before, after, changed, withheld } = await context.commit({
    target: identity,
    apply: (current) => newFederatedPartner(current, partner, ifExists(context.force, leave)),
    consequences: () => [`effective methods: ${partnerObject(partner).EffectiveMethods.join(', ')}`],
  });
  if (withheld) return;
  const existing = before.federatedPartners[identity];
  const kept = after.federatedPartners[identity] ?? partner;
  if (existing !== undefined && leave === true) warnLeftAlone(context, `partner ${identity}`, existing, partner);
  context.done(changeSentence(`partner ${identity}`, existing, kept, after.revision));
  context.write(partnerObject(kept, changed));
}
