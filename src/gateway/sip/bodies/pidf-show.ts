/**
 * What a presence document says of its presentity as a whole: one of the shows of RFC 6121 §4.7.2.1 for all of its tuples and
 * activities [RFC 4480 §3.2, RFC 8048 §6.2], and one note.
 */
import type { Pidf, PidfNote, PidfTuple } from './pidf.ts';

export const shows = ['chat', 'away', 'xa', 'dnd'] as const;
export type Show = (typeof shows)[number];

/** RFC 4480 activities by the show they mean; the busiest wins. Activities that are not listed mean nothing here. */
const showOfActivity: Readonly<Record<string, Show>> = Object.fromEntries([
  ...[
    'busy',
    'on-the-phone',
    'meeting',
    'appointment',
    'presentation',
    'performance',
    'steering',
    'worship',
    'spectator',
  ].map((activity) => [activity, 'dnd']),
  ...['away', 'breakfast', 'lunch', 'dinner', 'meal', 'shopping', 'in-transit', 'tv', 'playing'].map((activity) => [
    activity,
    'away',
  ]),
  ...['holiday', 'vacation', 'travel', 'sleeping', 'permanent-absence'].map((activity) => [activity, 'xa']),
]);

/** The least available first. */
const precedence: readonly (Show | undefined)[] = ['dnd', 'xa', 'away', undefined, 'chat'];

export const openTuples = (document: Pidf): readonly PidfTuple[] =>
  document.tuples.filter(({ basic }) => basic === 'open');

/** A tuple's own words first, then the person's; of several devices the most available one speaks [RFC 8048 §6.2]. */
export function showOf(document: Pidf): Show | undefined {
  const personal = (document.person?.activities ?? []).map((activity) => showOfActivity[activity]);
  const perTuple = openTuples(document).map((tuple) => {
    const own = shows.find((known) => known === tuple.show);
    return least([own, ...tuple.activities.map((activity) => showOfActivity[activity]), ...personal]);
  });
  return precedence.findLast((show) => perTuple.includes(show));
}

const least = (candidates: readonly (Show | undefined)[]): Show | undefined =>
  precedence.find((show) => show !== undefined && candidates.includes(show));

/** The person's own note first, then that of a device, then that of the document. */
export function noteOf(document: Pidf): PidfNote | undefined {
  const notes = [document.person?.note, ...openTuples(document).map((tuple) => tuple.note), document.note];
  return notes.find((note) => note !== undefined);
}
