/** Remove-SipDomain: a domain this gateway serves no longer. */
import { matchingNames, namedOrThrow } from '../operations/named-objects.ts';
import { removeSipDomains, sipDomainKind, sipDomainObject } from '../operations/sip-domains.ts';
import { sipDomainOutput } from './get-sip-domain.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, pattern, switchType } from './host/parameters.ts';
import { removeNamed } from './settings/remove-named.ts';

export default defineCmdlet({
  name: 'Remove-SipDomain',
  aliases: ['Remove-CsSipDomain'],
  synopsis: 'Removes a SIP domain.',
  description: 'The default domain, the last one, one that users are in, and one that has a SIP route are refused.',
  parameters: {
    Identity: mandatory(pattern, 'A SIP domain; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'Name'],
      wildcard: true,
    }),
    IfExists: optional(switchType, 'A domain that does not exist is no failure.'),
  },
  examples: [{ command: 'remove-sipdomain emea.contoso.com', shows: 'One domain less.' }],
  impact: 'Medium',
  output: sipDomainOutput,

  async run({ Identity, IfExists }, context) {
    await removeNamed(context, {
      words: 'SIP domain',
      identity: Identity,
      ifExists: IfExists,
      select: ({ sipDomains }) => matchingNames(sipDomains, Identity),
      remove: removeSipDomains,
      output: ({ sipDomains }, identity) => sipDomainObject(namedOrThrow(sipDomains, identity, sipDomainKind), true),
    });
  },
});
