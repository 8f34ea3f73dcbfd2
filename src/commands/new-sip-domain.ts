/** New-SipDomain: a domain whose users this gateway speaks for. */
import { ifExists } from '../operations/named-objects.ts';
import { newSipDomain, sipDomainObject } from '../operations/sip-domains.ts';
import { sipDomainOutput } from './get-sip-domain.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { bool, domainName, mandatory, optional, switchType } from './host/parameters.ts';
import { changeSentence } from './reports/report-change.ts';

export default defineCmdlet({
  name: 'New-SipDomain',
  aliases: ['New-CsSipDomain'],
  synopsis: 'Adds a SIP domain that this gateway serves.',
  description: 'The first SIP domain becomes the default. A partner can not have one of your own domains.',
  parameters: {
    Identity: mandatory(domainName, 'The SIP domain.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'Name'],
    }),
    IsDefault: optional(bool, 'Makes it the default in place of the one that was.', {
      pipeline: 'property',
      defaultText: 'False',
    }),
    IfNotExists: optional(switchType, 'Leaves a domain that exists as it is.'),
  },
  examples: [{ command: 'new-sipdomain contoso.com', shows: 'The first domain, and so the default one.' }],
  impact: 'Low',
  output: sipDomainOutput,

  async run({ Identity, IsDefault, IfNotExists }, context) {
    const wanted = { identity: Identity, isDefault: IsDefault ?? false };
    const { before, after, changed, withheld } = await context.commit({
      target: Identity,
      apply: (current) => newSipDomain(current, wanted, ifExists(context.force, IfNotExists)),
    });
    if (withheld) return;
    const existing = before.sipDomains[Identity];
    const domain = after.sipDomains[Identity];
    if (domain === undefined) return;
    const isFirst = Object.keys(before.sipDomains).length === 0;
    context.done(
      existing === undefined && isFirst
        ? `SIP domain ${Identity} created and made the default (it is the first). Revision ${after.revision}.`
        : changeSentence(`SIP domain ${Identity}`, existing, domain, after.revision),
    );
    context.write(sipDomainObject(domain, changed));
  },
});
