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
  // What JSON does not keep (undefined values) must not count as a difference.
  const plain = JSON.parse(JSON.stringify(applied)) as Configuration;
  const maps = stampedMaps.map((map) => [map, stampChanged<Stamped>(before[map], plain[map], objectStamp)]);
  const { changed: _, ...previous } = before;
  const { changed: __, ...next } = { ...plain, ...Object.fromEntries(maps), revision: before.revision };
  if (isDeepStrictEqual(next, previous)) return undefined;
  return { ...next, revision, changed: stamp };
}

function stampChanged<T extends Stamped>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  stamp: ObjectStamp,
): Readonly<Record<string, T>> {
  const entries = Object.entries(after).map(([key, object]): [string, T] => {
    const previous = Object.hasOwn(before, key) ? before[key] : undefined;
    const same = previous !== undefined && isDeepStrictEqual(withoutStamp(object), withoutStamp(previous));
    return [key, same ? previous : { ...withoutStamp(object), changed: stamp }];
  });
  return Object.fromEntries(entries);
}

function withoutStamp<T extends Stamped>(object: T): T {
  const { changed: _, ...rest } = object;
  return rest as T;
}
