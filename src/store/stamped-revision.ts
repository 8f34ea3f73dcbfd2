/** What makes a changed configuration a revision: its number, its author, and the author's name on every object it changed. */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration, RevisionStamp } from '../config/configuration.ts';
import type { ObjectStamp } from '../config/object-stamp.ts';

type Stamped = { readonly changed?: ObjectStamp };

const stampedMaps = ['sipDomains', 'sipRoutes', 'federatedPartners', 'users', 'externalAccessPolicies'] as const;

/**
 * The next revision, or undefined when nothing differs. Stamps that the change wrote itself are ignored:
 * an object that is otherwise as it was keeps its old stamp.
 */
export function stampedRevision(
  before: Configuration,
  applied: Configuration,
  stamp: RevisionStamp,
): Configuration | undefined {
  const revision = before.revision + 1;
  const { time, user, host, cmdlet } = stamp;
  const objectStamp: ObjectStamp = { revision, time, user, host, cmdlet };
  const maps = stampedMaps.map((map) => [map, stampChanged<Stamped>(before[map], applied[map], objectStamp)]);
  const others = plain({ ...applied, ...Object.fromEntries(stampedMaps.map((map) => [map, {}])) });
  const { changed: _, ...previous } = before;
  const { changed: __, ...next } = { ...others, ...Object.fromEntries(maps), revision: before.revision };
  if (isDeepStrictEqual(next, previous)) return undefined;
  return { ...next, revision, changed: stamp };
}

/** What the change left alone is the same object as before: of ten thousand only the others are compared. */
function stampChanged<T extends Stamped>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  stamp: ObjectStamp,
): Readonly<Record<string, T>> {
  const previous = (key: string): T | undefined => (Object.hasOwn(before, key) ? before[key] : undefined);
  const touched = Object.entries(after).filter(([key, object]) => object !== previous(key));
  const stamped = touched.map(([key, object]) => [key, stampIfChanged(previous(key), plain(object), stamp)] as const);
  const differs = stamped.some(([key, object]) => object !== previous(key));
  if (!differs && Object.keys(before).length === Object.keys(after).length) return before;
  return { ...after, ...Object.fromEntries(stamped) };
}

function stampIfChanged<T extends Stamped>(previous: T | undefined, object: T, stamp: ObjectStamp): T {
  const same = previous !== undefined && isDeepStrictEqual(withoutStamp(object), withoutStamp(previous));
  return same ? previous : { ...withoutStamp(object), changed: stamp };
}

/** What JSON does not keep (undefined values) must not count as a difference. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function withoutStamp<T extends Stamped>(object: T): T {
  const { changed: _, ...rest } = object;
  return rest as T;
}
