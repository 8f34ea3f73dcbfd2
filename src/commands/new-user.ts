/** New-User: an account of the home server, which a SIP client can register with. */
import type { User } from '../config/configuration.ts';
import { findNamed, ifExists } from '../operations/named-objects.ts';
import { newUser, userObject } from '../operations/users.ts';
import { userOutput } from './get-user.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, sipAddress, switchType } from './host/parameters.ts';
import { changeSentence, warnLeftAlone } from './reports/report-change.ts';
import {
  askPassword,
  givenPassword,
  keyStoreOf,
  userSettings,
  withCredential,
  withUserSettings,
} from './settings/user-parameters.ts';

export default defineCmdlet({
  name: 'New-User',
  synopsis: 'Adds a user of the home server.',
  description:
    'What is kept of the password is its digest, in the key folder. Without a password the user exists for routing and policy, but no client can register as them.',
  parameters: {
    Identity: mandatory(sipAddress, 'Address of the user, in one of the SIP domains.', {
      position: 0,
      pipeline: 'both',
      aliases: ['SipAddress'],
    }),
    ...userSettings,
    IfNotExists: optional(switchType, 'Leaves a user that exists as they are, the password too.'),
  },
  examples: [
    { command: 'new-user sip:alice@contoso.com -DisplayName Alice -PasswordFile alice.password', shows: 'An account.' },
    { command: 'new-user sip:branch@contoso.com -SurvivableBranch true', shows: 'A user to whom XMPP is refused.' },
  ],
  impact: 'Low',
  output: userOutput,

  async run(values, context) {
    const bare = { identity: values.Identity, displayName: '', survivableBranch: false };
    const user = withUserSettings(bare, values);
    const password = (await givenPassword(values, context)) ?? (await askPassword(user.identity, context));
    await withCredential(user.identity, password, context, async (credential) => {
      return await keep(credential === undefined ? user : { ...user, credential }, values.IfNotExists, context);
    });
  },
});

/** @returns Whether the configuration refers to the credential of this user now. */
async function keep(user: User, leave: boolean | undefined, context: CmdletContext): Promise<boolean> {
  const { before, after, changed, withheld } = await context.commit({
    target: user.identity,
    apply: (current) => newUser(current, user, ifExists(context.force, leave)),
  });
  if (withheld) return false;
  const existing = findNamed(before.users, user.identity);
  const kept = findNamed(after.users, user.identity) ?? user;
  if (existing !== undefined && leave === true) warnLeftAlone(context, `user ${user.identity}`, existing, user);
  context.done(changeSentence(`user ${user.identity}`, shown(existing), shown(kept) ?? kept, after.revision));
  context.write(userObject(after, kept, changed));
  const old = existing?.credential;
  if (old !== undefined && old !== kept.credential) (await keyStoreOf(context)).discardCredential(old);
  return kept.credential === user.credential;
}

/** The name of a credential is random and means nothing to a person: `new password` says more. */
const shown = (user: User | undefined): object | undefined =>
  user === undefined ? undefined : { ...user, credential: user.credential === undefined ? undefined : 'set' };
