/** Set-ExternalAccessPolicy: changes what is named, and leaves the rest of the policy as it is. */
import type { Configuration } from '../config/configuration.ts';
import { policyDefaults } from '../config/defaults.ts';
import { newPolicy, policyObject, policyWarnings, setPolicy } from '../operations/external-access-policies.ts';
import { findNamed } from '../operations/named-objects.ts';
import { policyOutput } from './get-external-access-policy.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, switchType } from './host/parameters.ts';
import { reportChange } from './reports/report-change.ts';
import { policySettings, withPolicySettings } from './settings/policy-parameters.ts';
import { policyIdentity } from './settings/value-types.ts';

export default defineCmdlet({
  name: 'Set-ExternalAccessPolicy',
  aliases: ['Set-CsExternalAccessPolicy'],
  synopsis: 'Changes what a policy allows.',
  description: 'The running gateway follows at once. EnableXmppAccess needs EnableFederationAccess too.',
  parameters: {
    Identity: mandatory(policyIdentity, 'Global, site:name, tag:name or the bare name of a tag.', {
      position: 0,
      pipeline: 'both',
    }),
    ...policySettings,
    Create: optional(switchType, 'Makes the policy, closed but for what is named, when there is none.'),
  },
  examples: [
    {
      command: 'set-externalaccesspolicy Global -EnableXmppAccess true -EnableFederationAccess true',
      shows: 'Everybody may talk to XMPP partners.',
    },
  ],
  impact: 'Medium',
  output: policyOutput,

  async run(values, context) {
    const { Identity: identity, Create } = values;
    const apply = (current: Configuration): Configuration => {
      const exists = findNamed(current.externalAccessPolicies, identity) !== undefined;
      if (exists || !Create) return setPolicy(current, identity, (policy) => withPolicySettings(policy, values));
      return newPolicy(current, withPolicySettings({ identity, ...policyDefaults }, values), 'refuse');
    };
    const committed = await context.commit({ target: identity, apply });
    if (committed.withheld) return;
    const before = findNamed(committed.before.externalAccessPolicies, identity);
    const after = findNamed(committed.after.externalAccessPolicies, identity);
    if (after === undefined) return;
    for (const warning of policyWarnings(after)) context.warn(`${warning}.`);
    const output = policyObject(after, committed.changed);
    reportChange(context, committed, { name: after.identity, before, after, output });
  },
});
