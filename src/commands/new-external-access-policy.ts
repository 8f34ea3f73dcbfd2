/** New-ExternalAccessPolicy: a policy for a site, or one to grant to users. */
import { policyDefaults } from '../config/defaults.ts';
import { newPolicy, policyObject, policyWarnings } from '../operations/external-access-policies.ts';
import { findNamed, ifExists } from '../operations/named-objects.ts';
import { policyOutput } from './get-external-access-policy.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, switchType } from './host/parameters.ts';
import { changeSentence, warnLeftAlone } from './reports/report-change.ts';
import { policySettings, withPolicySettings } from './settings/policy-parameters.ts';
import { policyIdentity } from './settings/value-types.ts';

export default defineCmdlet({
  name: 'New-ExternalAccessPolicy',
  aliases: ['New-CsExternalAccessPolicy'],
  synopsis: 'Adds a policy for a site, or one that can be granted to users.',
  description: 'Everything is False unless it is named. Global is always there; change it with set-.',
  parameters: {
    Identity: mandatory(policyIdentity, 'site:name, tag:name or the bare name of a tag.', {
      position: 0,
      pipeline: 'both',
    }),
    ...policySettings,
    InMemory: optional(switchType, 'Makes the object and keeps nothing; set- with -Instance keeps it.'),
    IfNotExists: optional(switchType, 'Leaves a policy that exists as it is.'),
  },
  examples: [
    {
      command: 'new-externalaccesspolicy FedPic -EnableFederationAccess true -EnableXmppAccess true',
      shows: 'A policy to grant to users: tag:FedPic.',
    },
  ],
  impact: 'Low',
  output: policyOutput,

  async run(values, context) {
    const policy = withPolicySettings({ identity: values.Identity, ...policyDefaults }, values);
    for (const warning of policyWarnings(policy)) context.warn(`${warning}.`);
    if (values.InMemory) return context.write(policyObject(policy, false));
    const { identity } = policy;
    const { before, after, changed, withheld } = await context.commit({
      target: identity,
      apply: (current) => newPolicy(current, policy, ifExists(context.force, values.IfNotExists)),
    });
    if (withheld) return;
    const existing = findNamed(before.externalAccessPolicies, identity);
    const kept = findNamed(after.externalAccessPolicies, identity) ?? policy;
    if (existing !== undefined && values.IfNotExists) warnLeftAlone(context, `policy ${identity}`, existing, policy);
    context.done(changeSentence(`policy ${identity}`, existing, kept, after.revision));
    context.write(policyObject(kept, changed));
  },
});
