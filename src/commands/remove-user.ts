/** Remove-User: an account less; what was kept of its password goes with it. */
import { findUser, removeUsers, selectUsers, userObject, userOrThrow } from '../operations/users.ts';
import { isPattern } from '../operations/wildcard.ts';
import { userOutput } from './get-user.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, pattern, switchType } from './host/parameters.ts';
import { discardGoneCredentials } from './settings/gone-credentials.ts';
import { removeNamed } from './settings/remove-named.ts';

export default defineCmdlet({
  name: 'Remove-User',
  synopsis: 'Removes a user of the home server.',
  parameters: {
    Identity: mandatory(pattern, 'Address or display name of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['SipAddress'],
      wildcard: true,
    }),
    IfExists: optional(switchType, 'A user that does not exist is no failure.'),
  },
  examples: [{ command: 'remove-user sip:alice@contoso.com', shows: 'One user less.' }],
  impact: 'Medium',
  output: userOutput,

  async run({ Identity, IfExists }, context) {
    const committed = await removeNamed(context, {
      words: 'user',
      identity: Identity,
      ifExists: IfExists,
      select: (current) => {
        const meant = isPattern(Identity) ? selectUsers(current, Identity) : [findUser(current, Identity)];
        return meant.flatMap((user) => (user === undefined ? [] : [user.identity]));
      },
      remove: removeUsers,
      output: (current, identity) => userObject(current, userOrThrow(current, identity), true),
    });
    if (committed !== undefined) await discardGoneCredentials(committed.before, committed.after, context);
  },
});
