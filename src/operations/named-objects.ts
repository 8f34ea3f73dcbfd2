/** Finding objects by what an administrator types: in any case, by wildcard, and with the near names when there is none. */
import type { ObjectStamp } from '../config/object-stamp.ts';
import { printDifference, propertyDifferences } from '../config/property-difference.ts';
import { CodedError } from '../primitives/errors.ts';
import type { FailureId } from '../primitives/failures.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { nearNames } from './near-names.ts';
import { isPattern, wildcard } from './wildcard.ts';

/** What messages call a kind of object, and the noun of its cmdlets. */
export interface ObjectKind {
  /** `XMPP federated partner` */
  readonly words: string;
  /** `XmppFederatedPartner` */
  readonly noun: string;
}

export interface Named {
  readonly identity: string;
  readonly changed?: ObjectStamp;
}

type NamedObjects<T> = Readonly<Record<string, T>>;

/** What new- does when the object exists: refuse, replace it (-Force), or leave it (-IfNotExists). */
export type IfExists = 'refuse' | 'replace' | 'leave';

export const ifExists = (force: boolean, ifNotExists: boolean | undefined): IfExists =>
  ifNotExists === true ? 'leave' : force ? 'replace' : 'refuse';

/** Compares without case, as PowerShell does. */
export function findNamed<T extends Named>(objects: NamedObjects<T>, identity: string): T | undefined {
  if (Object.hasOwn(objects, identity)) return objects[identity];
  return Object.values(objects).find((each) => sameName(each.identity, identity));
}

export const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** @throws CodedError `ObjectNotFound` with the names that look like it. */
export function namedOrThrow<T extends Named>(objects: NamedObjects<T>, identity: string, kind: ObjectKind): T {
  const found = findNamed(objects, identity);
  if (found !== undefined) return found;
  throw notFound(Object.keys(objects), identity, kind);
}

/** Identities that a name or a pattern means; none for a name that does not exist. */
export function matchingNames<T extends Named>(objects: NamedObjects<T>, identity: string): readonly string[] {
  if (isPattern(identity)) return Object.keys(objects).filter(wildcard(identity));
  const found = findNamed(objects, identity);
  return found === undefined ? [] : [found.identity];
}

/** What get- was asked for. */
export interface Selection {
  readonly Identity?: string | undefined;
  readonly Filter?: string | undefined;
}

/** All objects, those that fit the pattern, or the one of that name. @throws CodedError `ObjectNotFound` for a name, never for a pattern */
export function selectNamed<T extends Named>(
  objects: NamedObjects<T>,
  { Identity, Filter }: Selection,
  kind: ObjectKind,
): readonly T[] {
  if (Identity !== undefined && !isPattern(Identity)) return [namedOrThrow(objects, Identity, kind)];
  const fits = Filter === undefined ? undefined : wildcard(Filter);
  const all = Object.values(objects).filter(({ identity }) => fits?.(identity) ?? true);
  if (Identity === undefined) return all;
  const wanted = wildcard(Identity);
  return all.filter(({ identity }) => wanted(identity));
}

export function notFound(names: readonly string[], identity: string, { words, noun }: ObjectKind): CodedError {
  const near = nearNames(identity, names);
  return new CodedError('ObjectNotFound', `there is no ${words} '${identity}'.`, {
    reason: reasonOf(near, names.length),
    fix: `xgw get-${noun.toLowerCase()}`,
    target: identity,
  });
}

/** What was asked for, in the place of what is there: the stamp is the store's to change. */
export const replacing = <T extends Named>(existing: T | undefined, wanted: T): T =>
  existing?.changed === undefined ? wanted : { ...wanted, changed: existing.changed };

function reasonOf(near: readonly string[], count: number): string {
  if (near.length > 0) return `names like it are ${near.join(', ')}`;
  return count === 0 ? 'there are none at all' : `none of the ${count} names is like it`;
}

/** Replaces or adds one object. The map is in the order of the names, so that the file and its differences are stable. */
export function withNamed<T extends Named>(objects: NamedObjects<T>, object: T): NamedObjects<T> {
  const all = { ...objects, [object.identity]: object };
  const names = Object.keys(all);
  // As good as always it is one of many that are in order: then it keeps its place.
  if (names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name)) return all;
  return Object.fromEntries(names.toSorted().map((name) => [name, all[name] as T]));
}

export const withoutNamed = <T>(objects: NamedObjects<T>, identities: readonly string[]): NamedObjects<T> =>
  Object.fromEntries(Object.entries(objects).filter(([identity]) => !identities.includes(identity)));

/** The refusal of new- for an object that exists: since when, by whom, and whether it is what was asked for. */
export function alreadyExists(id: FailureId, kind: ObjectKind, existing: Named, wanted: Named): CodedError {
  const differing = propertyDifferences(existing, wanted).filter(({ property }) => property !== 'Owner');
  const difference =
    differing.length === 0 ? 'it is identical' : `it differs: ${differing.map(printDifference).join(', ')}`;
  const parameters = differing.map(({ property, after }) => `-${property} ${argumentOf(after)}`);
  const cmdlet = differing.length === 0 ? 'get' : 'set';
  const command = [`xgw ${cmdlet}-${kind.noun.toLowerCase()} ${shellWord(existing.identity)}`, ...parameters].join(' ');
  return new CodedError(id, `${kind.words} '${existing.identity}' already exists.`, {
    reason: existing.changed === undefined ? difference : `${printStamp(existing.changed)}; ${difference}`,
    fix: command,
    target: existing.identity,
  });
}

/** `it was created 2026-11-20 09:14 UTC by ops@edge01 (configuration revision 41)` */
function printStamp({ cmdlet, time, user, host, revision }: ObjectStamp): string {
  const how = /^new-/i.test(cmdlet) ? 'created' : 'last changed';
  const when = time.slice(0, 16).replace('T', ' ');
  return `it was ${how} ${when} UTC by ${user}@${host} (configuration revision ${revision})`;
}

/** A value as a parameter takes it in a shell. */
export function argumentOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return "'$null'";
  if (Array.isArray(value)) return value.length === 0 ? "'$null'" : shellWord(value.join(','));
  return shellWord(typeof value === 'string' ? value : JSON.stringify(value));
}
