/** Move-User: users leave the pool that is migrated from; XMPP is open to them from then on, as far as policy says. */
import { parseUserIdentity } from '../config/user-identity.ts';
import { branchRefusal, moveUsers, usersToMove } from '../operations/move-users.ts';
import { findUser, userObject } from '../operations/users.ts';
import { ok } from '../primitives/result.ts';
import { userOutput } from './get-user.ts';
import { type CmdletContext, defineCmdlet, type ValueType } from './host/cmdlet.ts';
import { domainOrHostWithPort, listOf, mandatory, pattern } from './host/parameters.ts';

const names = listOf(pattern);
/** Names and patterns with commas between them. A comma may also be a part of one address. */
const users: ValueType<readonly string[]> = {
  ...names,
  parse: (given) => (parseUserIdentity(given).ok ? ok([given]) : names.parse(given)),
};

export default defineCmdlet({
  name: 'Move-User',
  aliases: ['Move-CsUser'],
  synopsis: 'Moves users from the legacy pool: their home is the target from then on.',
  description:
    'What the pipe brings is moved in one revision, so one undo-configurationchange takes it back. Users of a survivable branch appliance have no XMPP and stay. Nothing is moved on the pool itself: Move-CsUser there does that.',
  parameters: {
    Identity: mandatory(users, 'Address or display name of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['SipAddress'],
      wildcard: true,
    }),
    Target: mandatory(domainOrHostWithPort, 'The pool or gateway that is their home from now on.', { position: 1 }),
  },
  examples: [
    { command: 'move-user sip:alice@contoso.com edge.contoso.com', shows: 'Alice is moved.' },
    {
      command: 'get-user -OnLegacy | xgw move-user - -Target edge.contoso.com',
      shows: 'Everybody who is still on the legacy pool, in one revision.',
    },
  ],
  impact: 'Medium',
  output: userOutput,
  accepts: ['User'],
  gathers: 'Identity',

  async run({ Identity, Target }, context) {
    const { moved, refused } = usersToMove(context.store.read(), Identity);
    if (moved.length + refused.length === 0)
      return context.done(`there is no user ${Identity.join(', ')}; nothing was moved.`);
    if (moved.length > 0 && !(await commit(Identity, Target, context))) return;
    if (refused.length > 0) throw branchRefusal(refused, moved.length);
  },
});

/** @returns False when the change was held back. */
async function commit(identities: readonly string[], target: string, context: CmdletContext): Promise<boolean> {
  const { moved } = usersToMove(context.store.read(), identities);
  const who = moved.length === 1 ? (moved[0]?.identity ?? '') : `${moved.length} users`;
  const { after, changed, withheld } = await context.commit({
    target: who,
    // Who is meant is decided on the configuration that is changed, not on the one looked at.
    apply: (current) => moveUsers(current, usersToMove(current, identities).moved, target),
  });
  if (withheld) return false;
  context.done(changed ? `${who} moved to ${target}. Revision ${after.revision}.` : `${who} unchanged.`);
  if (!context.passThru) return true;
  for (const { identity } of moved) {
    const user = findUser(after, identity);
    if (user !== undefined) context.write(userObject(after, user, changed));
  }
  return true;
}
