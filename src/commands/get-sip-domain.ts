/** Get-SipDomain: the SIP domains this gateway serves. */
import { configurationOf } from '../operations/loaded-configuration.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { sipDomainKind, sipDomainObject } from '../operations/sip-domains.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType } from './host/parameters.ts';

export const sipDomainOutput = { kind: 'SipDomain', table: ['Identity', 'IsDefault', 'Name'] } as const;

export default defineCmdlet({
  name: 'Get-SipDomain',
  aliases: ['Get-CsSipDomain'],
  synopsis: 'Shows the SIP domains this gateway serves.',
  parameters: {
    Identity: optional(pattern, 'A SIP domain; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'Name'],
      wildcard: true,
    }),
    Filter: optional(pattern, 'The same as a wildcard Identity, as Lync calls it.', { wildcard: true }),
    LocalStore: optional(switchType, 'What the running gateway has loaded, in place of what the store says.'),
  },
  examples: [{ command: 'get-sipdomain', shows: 'All SIP domains, and which one is the default.' }],
  output: sipDomainOutput,

  async run({ Identity, Filter, LocalStore }, context) {
    const { sipDomains } = await configurationOf(context.store, LocalStore);
    for (const domain of selectNamed(sipDomains, { Identity, Filter }, sipDomainKind)) {
      context.write(sipDomainObject(domain));
    }
  },
});
