/** Users moved from the pool that is migrated from: their home is another one, and XMPP is no longer closed to them. Pure. */
import type { Configuration, User } from '../config/configuration.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { selectUsers } from './users.ts';

export interface MovedUsers {
  readonly moved: readonly User[];
  /** Users of a survivable branch appliance: they stay. */
  readonly refused: readonly User[];
}

/**
 * The users that names and patterns mean, each once.
 *
 * @throws CodedError `ObjectNotFound` for a name that does not exist
 */
export function usersToMove(configuration: Configuration, identities: readonly string[]): MovedUsers {
  const all = [...new Set(identities.flatMap((identity) => selectUsers(configuration, identity)))];
  return {
    moved: all.filter(({ survivableBranch }) => !survivableBranch),
    refused: all.filter(({ survivableBranch }) => survivableBranch),
  };
}

/** @param target - The pool or gateway that is their home from now on; the name of this gateway is kept as no name at all. */
export function moveUsers(configuration: Configuration, users: readonly User[], target: string): Configuration {
  const isHere = target === configuration.gateway.accessEdgeFqdn;
  const moved = users.map(({ homeServer: _pool, deployment: _old, ...user }): [string, User] => [
    user.identity,
    isHere ? user : { ...user, homeServer: target },
  ]);
  return { ...configuration, users: { ...configuration.users, ...Object.fromEntries(moved) } };
}

/** @source "Configuring XMPP gateway access": the note before the first step; users of an appliance have neither IM nor presence */
const branchNote =
  'IMPORTANT: users who are homed on a survivable branch appliance have neither IM nor presence with users of XMPP partner domains';

/** Addresses that a message names. */
const maxNamed = 20;

/** @param moved - How many others were moved: then it is a partial failure. */
export function branchRefusal(refused: readonly User[], moved: number): CodedError {
  const names = refused.slice(0, maxNamed).map(({ identity }) => identity);
  const [first = ''] = names;
  const more = refused.length > maxNamed ? ` and ${refused.length - maxNamed} more` : '';
  const who = refused.length === 1 ? `${first} is a user` : `${refused.length} are users`;
  const rest =
    moved === 0 ? 'and not moved' : `and not moved; ${moved === 1 ? 'one other is' : `the ${moved} others are`}`;
  return new CodedError(
    moved === 0 ? 'SurvivableBranchUser' : 'PartialFailure',
    `${who} of a survivable branch appliance, ${rest}.`,
    {
      reason: branchNote,
      fix: `xgw set-user ${shellWord(first)} -SurvivableBranch false`,
      target: first,
      ...(refused.length === 1 ? {} : { excerpt: [`  ${names.join(', ')}${more}`] }),
    },
  );
}
