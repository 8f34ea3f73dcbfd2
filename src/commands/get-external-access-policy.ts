/** Get-ExternalAccessPolicy: who may talk to whom outside. */
import { effectivePolicy } from '../config/effective-policy.ts';
import { policyKind, policyObject, policySelection } from '../operations/external-access-policies.ts';
import { configurationOf } from '../operations/loaded-configuration.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { userOrThrow } from '../operations/users.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, sipAddress, switchType } from './host/parameters.ts';

export const policyOutput = {
  kind: 'ExternalAccessPolicy',
  table: ['Identity', 'EnableXmppAccess', 'EnableFederationAccess', 'Description'],
} as const;

export default defineCmdlet({
  name: 'Get-ExternalAccessPolicy',
  aliases: ['Get-CsExternalAccessPolicy'],
  synopsis: 'Shows the policies that decide who may talk to other organisations and to XMPP partners.',
  description: 'Global applies to everybody whose site and who themselves have no policy of their own.',
  parameters: {
    Identity: optional(pattern, 'Global, site:name, tag:name or the bare name of a tag; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    Filter: optional(pattern, 'The same as a wildcard Identity, as Lync calls it: tag:*', { wildcard: true }),
    ApplicableTo: optional(sipAddress, 'The one policy that applies to this user.'),
    LocalStore: optional(switchType, 'What the running gateway has loaded, in place of what the store says.'),
  },
  examples: [
    { command: 'get-externalaccesspolicy', shows: 'All policies.' },
    { command: 'get-externalaccesspolicy -ApplicableTo sip:alice@contoso.com', shows: 'What applies to Alice.' },
  ],
  output: policyOutput,

  async run({ Identity, Filter, ApplicableTo, LocalStore }, context) {
    const configuration = await configurationOf(context.store, LocalStore);
    if (ApplicableTo !== undefined) {
      const user = userOrThrow(configuration, ApplicableTo);
      return context.write(policyObject(effectivePolicy(configuration, user)));
    }
    const selection = { Identity: policySelection(Identity), Filter };
    for (const policy of selectNamed(configuration.externalAccessPolicies, selection, policyKind)) {
      context.write(policyObject(policy));
    }
  },
});
