/**
 * The presence of a local user as one document: what his devices published, else whether he is registered
 * [RFC 3856 §4; RFC 3903 §3].
 */
import type { Pidf, PidfTuple } from '../bodies/pidf.ts';
import type { Publication } from './publication.ts';

/**
 * Composes the live publications, newest first: all their tuples, and of person, note and name the newest. Without a
 * publication the user has one tuple: open while registered, else closed.
 */
export function presenceState(aor: string, publications: readonly Publication[], isRegistered: boolean): Pidf {
  if (publications.length === 0) {
    const basic = isRegistered ? 'open' : 'closed';
    return { entity: aor, tuples: [{ id: 'ID-registration', basic, activities: [], contact: aor }] };
  }
  const documents = publications.map(({ document }) => document);
  const newest = <K extends 'person' | 'note' | 'displayName'>(field: K): Pidf[K] =>
    documents.find((document) => document[field] !== undefined)?.[field];
  return {
    entity: aor,
    tuples: withOwnIds(documents.flatMap(({ tuples }) => tuples)),
    person: newest('person'),
    note: newest('note'),
    displayName: newest('displayName'),
  };
}

/** Two devices may choose the same id, and an id is unique in a document [RFC 3863 §4.1.2]. */
function withOwnIds(tuples: readonly PidfTuple[]): readonly PidfTuple[] {
  const taken = new Set<string>();
  return tuples.map((tuple, index) => {
    const id = tuple.id === '' || taken.has(tuple.id) ? `ID-${index}-${tuple.id}` : tuple.id;
    taken.add(id);
    return { ...tuple, id };
  });
}

/** Whether both say the same to a watcher. Time stamps alone are no news: clients renew them with every refresh. */
export function saysTheSame(left: Pidf, right: Pidf): boolean {
  return content(left) === content(right);
}

const content = (document: Pidf): string =>
  JSON.stringify(document, (key, value: unknown) => (key === 'timestamp' ? undefined : value));
