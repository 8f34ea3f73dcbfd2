/** Remove-ExternalAccessPolicy: removes a policy; Global goes back to its defaults. */
import { matchingPolicies, policyKind, policyObject, removePolicies } from '../operations/external-access-policies.ts';
import { namedOrThrow } from '../operations/named-objects.ts';
import { policyOutput } from './get-external-access-policy.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, pattern, switchType } from './host/parameters.ts';
import { removeNamed } from './settings/remove-named.ts';

export default defineCmdlet({
  name: 'Remove-ExternalAccessPolicy',
  aliases: ['Remove-CsExternalAccessPolicy'],
  synopsis: 'Removes a policy; Global goes back to its defaults instead.',
  description: 'A policy that users have been granted is refused; -Force takes it from them.',
  parameters: {
    Identity: mandatory(pattern, 'Global, site:name, tag:name or the bare name of a tag; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    IfExists: optional(switchType, 'A policy that does not exist is no failure.'),
  },
  examples: [
    { command: 'remove-externalaccesspolicy FedPic', shows: 'Removes tag:FedPic.' },
    { command: 'remove-externalaccesspolicy Global', shows: 'Global allows nothing again.' },
  ],
  impact: 'Medium',
  output: policyOutput,

  async run({ Identity, IfExists }, context) {
    await removeNamed(context, {
      words: 'policy',
      identity: Identity,
      ifExists: IfExists,
      select: ({ externalAccessPolicies }) => matchingPolicies(externalAccessPolicies, Identity),
      remove: (current, identities) => removePolicies(current, identities, context.force),
      output: ({ externalAccessPolicies }, identity) =>
        policyObject(namedOrThrow(externalAccessPolicies, identity, policyKind), true),
    });
  },
});
