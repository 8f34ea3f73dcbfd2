/** What was kept of the passwords of users who are gone goes with them: nobody looks for it in the key folder any more. */
import type { Configuration } from '../../config/configuration.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { keyStoreOf } from './user-parameters.ts';

/** Names of the credential files that `before` refers to for users whom `after` does not have. */
const goneCredentials = (before: Configuration, after: Configuration): readonly string[] =>
  Object.values(before.users)
    .filter(({ identity }) => !Object.hasOwn(after.users, identity))
    .flatMap(({ credential }) => credential ?? []);

/** One clause, where there is something to say. */
export function forgottenPasswords(before: Configuration, after: Configuration): readonly string[] {
  const { length } = goneCredentials(before, after);
  if (length === 0) return [];
  return [
    `the passwords of ${length === 1 ? 'one user' : `${length} users`} are forgotten, and no undo brings them back`,
  ];
}

export async function discardGoneCredentials(
  before: Configuration,
  after: Configuration,
  context: CmdletContext,
): Promise<void> {
  const credentials = goneCredentials(before, after);
  if (credentials.length === 0) return;
  const keys = await keyStoreOf(context);
  for (const credential of credentials) keys.discardCredential(credential);
}
