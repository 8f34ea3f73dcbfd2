/** Grant-ExternalAccessPolicy: gives users a policy of their own, or takes it from them. */
import { grantPolicy } from '../operations/external-access-policies.ts';
import { selectUsers, userObject } from '../operations/users.ts';
import { isPattern } from '../operations/wildcard.ts';
import { userOutput } from './get-user.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { clearable, mandatory, pattern } from './host/parameters.ts';
import { policyIdentity } from './settings/value-types.ts';

export default defineCmdlet({
  name: 'Grant-ExternalAccessPolicy',
  aliases: ['Grant-CsExternalAccessPolicy'],
  synopsis: 'Gives users a policy of their own, or takes it from them.',
  description:
    "$null as the policy leaves the users to the policy of their site or to Global; write it '$null' in bash.",
  parameters: {
    Identity: mandatory(pattern, 'Address or display name of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['SipAddress'],
      wildcard: true,
    }),
    PolicyName: mandatory(clearable(policyIdentity), 'A tag: policy, or $null.', { position: 1 }),
  },
  examples: [
    { command: 'grant-externalaccesspolicy sip:alice@contoso.com FedPic', shows: 'Alice has tag:FedPic.' },
    { command: "grant-externalaccesspolicy '*@contoso.com' '$null'", shows: 'Everybody is left to site or Global.' },
  ],
  impact: 'Medium',
  output: userOutput,
  accepts: ['User'],

  async run({ Identity, PolicyName }, context) {
    const meant = selectUsers(context.store.read(), Identity);
    if (meant.length === 0) return context.done(`there is no user ${Identity}; nothing was granted.`);
    const committed = await context.commit({
      target: meant.map(({ identity }) => identity).join(', '),
      // What is granted to everybody who fits is decided on the configuration that is changed, not on the one looked at.
      apply: (current) => grantPolicy(current, selectUsers(current, Identity), PolicyName),
      ...(isPattern(Identity) && meant.length > 1 ? { impact: 'High' } : {}),
    });
    if (committed.withheld) return;
    const { after, changed } = committed;
    const users = selectUsers(after, Identity);
    const who = users.length === 1 ? users[0]?.identity : `${users.length} users`;
    const what = PolicyName === null ? 'left to the policy of their site or Global' : `granted ${PolicyName}`;
    context.done(changed ? `${who} ${what}. Revision ${after.revision}.` : `${who} unchanged.`);
    if (context.passThru) for (const user of users) context.write(userObject(after, user, changed));
  },
});
