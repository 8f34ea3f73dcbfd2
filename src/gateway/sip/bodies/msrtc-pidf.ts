/**
 * The presence document of LCS 2005, text/xml+msrtc.pidf: two aggregate numbers for the device, and a state the user has
 * chosen, whichever is the less available. Seen from OCS and pidgin-sipe; read, never written.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { lyncAvailability, tupleOfAvailability } from './lync-availability.ts';
import type { Pidf } from './pidf.ts';
import { childrenNamed, childText, parseXmlBody, type XmlElement } from './xml-body.ts';

export const msrtcPidfType = 'text/xml+msrtc.pidf';

/** Activity aggregates by their lower end. */
const activities: readonly (readonly [from: number, availability: number])[] = [
  [800, lyncAvailability.available],
  [700, lyncAvailability.away],
  [500, lyncAvailability.busy],
  [400, lyncAvailability.available],
  [300, lyncAvailability.beRightBack],
  [200, lyncAvailability.idle],
  [100, lyncAvailability.away],
];

/** Availability aggregates: below the first nobody is there, below the second perhaps. */
const [maybeFrom, onlineFrom] = [100, 300];

export function parseMsrtcPidf(body: Uint8Array): Result<Pidf, string> {
  const document = parseXmlBody(body);
  if (!document.ok) return document;
  const root = document.value;
  if (root.name !== 'presentity') return refuse('not a presentity document');
  const info = childrenNamed(root, 'userInfo')[0];
  const note = info === undefined ? undefined : childText(info, 'note');
  const displayName = childrenNamed(root, 'displayName')[0]?.attributes.get('displayName');
  return ok({
    entity: root.attributes.get('uri') ?? '',
    tuples: [tupleOfAvailability(Math.max(deviceState(root), chosenState(info)))],
    ...(note ? { note: { text: note } } : {}),
    ...(displayName === undefined ? {} : { displayName }),
  });
}

function deviceState(root: XmlElement): number {
  const available = aggregateOf(root, 'availability');
  if (available < maybeFrom) return lyncAvailability.offline;
  const activity = aggregateOf(root, 'activity');
  const stated = activities.find(([from]) => activity >= from)?.[1] ?? lyncAvailability.available;
  return available < onlineFrom ? Math.max(stated, lyncAvailability.away) : stated;
}

function chosenState(info: XmlElement | undefined): number {
  const states =
    info === undefined ? [] : childrenNamed(info, 'states').flatMap((list) => childrenNamed(list, 'state'));
  return Math.max(0, ...states.map((state) => numberOf(state.attributes.get('avail'))));
}

const aggregateOf = (root: XmlElement, name: string): number =>
  numberOf(childrenNamed(root, name)[0]?.attributes.get('aggregate'));

const numberOf = (text: string | undefined): number =>
  text !== undefined && /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
