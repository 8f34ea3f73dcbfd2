/** Set-User: changes what is named, and leaves the rest of the user as it is. */
import type { Configuration, User } from '../config/configuration.ts';
import { findUser, newUser, setUser, userObject, userOrThrow } from '../operations/users.ts';
import { CodedError } from '../primitives/errors.ts';
import { userOutput } from './get-user.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, sipAddress, switchType } from './host/parameters.ts';
import { changeSentence } from './reports/report-change.ts';
import {
  givenPassword,
  keyStoreOf,
  userSettings,
  withCredential,
  withUserSettings,
} from './settings/user-parameters.ts';

export default defineCmdlet({
  name: 'Set-User',
  synopsis: 'Changes a user of the home server.',
  description: 'A new password takes effect at the next registration; devices that are registered stay so until then.',
  parameters: {
    Identity: mandatory(sipAddress, 'Address of the user.', { position: 0, pipeline: 'both', aliases: ['SipAddress'] }),
    ...userSettings,
    RemovePassword: optional(switchType, 'No client can register as this user any more.'),
    Create: optional(switchType, 'Adds the user when there is none.'),
  },
  examples: [
    {
      command: 'set-user sip:alice@contoso.com -SurvivableBranch true',
      shows: 'XMPP is refused for Alice from now on.',
    },
    { command: 'set-user sip:alice@contoso.com -PasswordFile new.password', shows: 'Another password.' },
  ],
  impact: 'Medium',
  output: userOutput,

  async run(values, context) {
    const password = await givenPassword(values, context);
    if (password !== undefined && values.RemovePassword) {
      throw new CodedError('ParameterConflict', '-RemovePassword and a new password exclude each other.');
    }
    // The digest is over the address as the store spells it, which is what the client is challenged for.
    const known = findUser(context.store.read(), values.Identity)?.identity ?? values.Identity;
    await withCredential(known, password, context, async (credential) => {
      const edit = (user: User): User => {
        const { credential: old, ...rest } = withUserSettings(user, values);
        const now = values.RemovePassword ? undefined : (credential ?? old);
        return now === undefined ? rest : { ...rest, credential: now };
      };
      const apply = (current: Configuration): Configuration => {
        if (!values.Create || findUser(current, known) !== undefined) return setUser(current, known, edit);
        return newUser(current, edit({ identity: known, displayName: '', survivableBranch: false }), 'refuse');
      };
      return await commit(known, apply, context);
    });
  },
});

/** @returns Whether the change happened. */
async function commit(
  identity: string,
  apply: (current: Configuration) => Configuration,
  context: CmdletContext,
): Promise<boolean> {
  const { before, after, changed, withheld } = await context.commit({ target: identity, apply });
  if (withheld) return false;
  const old = findUser(before, identity);
  const user = userOrThrow(after, identity);
  const { credential } = old ?? {};
  if (credential !== undefined && credential !== user.credential)
    (await keyStoreOf(context)).discardCredential(credential);
  const secretChanged = old !== undefined && old.credential !== user.credential;
  const { credential: _, ...visible } = user;
  const { credential: __, ...visibleBefore } = old ?? user;
  const sentence = changeSentence(identity, old === undefined ? undefined : visibleBefore, visible, after.revision);
  context.done(secretChanged ? `${identity}: password changed. Revision ${after.revision}.` : sentence);
  if (context.passThru) context.write(userObject(after, user, changed));
  return changed;
}
