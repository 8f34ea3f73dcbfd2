/** Users of a file as a change of the store: new ones are added, those that exist are changed only when that is asked for. */
import type { Configuration, User } from '../../config/configuration.ts';
import { printDifference, propertyDifferences } from '../../config/property-difference.ts';
import { userOf } from '../../config/user-lookup.ts';
import { withDesired, withFields } from '../declarative/desired-configuration.ts';
import type { Fields } from '../declarative/sections.ts';
import { desiredOf, fileFault, type ImportFile, userFields } from './import-plan.ts';
import { judged } from './import-rules.ts';
import { type ImportedObject, inOrder, nameOf, type Refusal } from './imported-object.ts';
import { importedObjects } from './imported-objects.ts';
import { readForeignFile } from './read-foreign-objects.ts';

export interface UserImport {
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  /** Addresses of the users that are imported. */
  readonly identities: readonly string[];
  /** Pure; leaves out who is refused, judged anew. */
  apply(current: Configuration): Configuration;
}

/**
 * @param update - Users that exist become what the file says of them.
 * @throws CodedError `FileNotValid`
 */
export async function userImport(given: ImportFile, current: Configuration, update: boolean): Promise<UserImport> {
  const read = await readForeignFile(given.bytes, given.file, given.format);
  if (!read.ok) throw fileFault(given.file, read.error);
  if (read.value.form === 'document') {
    throw fileFault(given.file, { sentence: 'it is a whole configuration; use import-configuration' });
  }
  const { objects, refusals, warnings } = importedObjects(read.value.objects, 'users');
  const fitting = (now: Configuration) => fittingUsers(now, objects, update);
  const { accepted, refusals: unfit } = fitting(current);
  return {
    refusals: inOrder([...refusals, ...unfit]),
    warnings,
    identities: accepted.map(({ identity }) => userOf(current, identity)?.identity ?? identity),
    apply: (now) => withDesired(now, desiredOf(fitting(now).accepted, now), 'merge'),
  };
}

function fittingUsers(current: Configuration, users: readonly ImportedObject[], update: boolean) {
  const { accepted, refusals } = judged(current, users, 'merge');
  const differing = update ? [] : accepted.flatMap((user) => differenceOf(user, current));
  const places = new Set(differing.map(({ place }) => place));
  return {
    accepted: accepted.filter(({ place }) => !places.has(place)),
    refusals: [...refusals, ...differing],
  };
}

/** The refusal of a user that exists and is another than the file says. */
function differenceOf(user: ImportedObject, current: Configuration): readonly Refusal[] {
  const existing = userOf(current, user.identity);
  if (existing === undefined) return [];
  const fields = user.isForeign ? userFields(user.identity, user.fields, current) : user.fields;
  const after = withFields('users', existing as unknown as Fields, fields) as unknown as User;
  const differences = propertyDifferences(existing, after).map(printDifference);
  if (differences.length === 0) return [];
  const reason = `the user exists, and -Update was not given: ${differences.join(', ')}`;
  return [{ place: user.place, name: nameOf(user), reason }];
}
