/**
 * The presence document of OCS 2007 and later, application/msrtc-event-categories+xml: a list of categories, of which
 * state, note and contact card are read [MS-PRES]. Calendars and what is not known are skipped. `msrtc-categories-writer.ts` writes.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { tupleOfAvailability } from './lync-availability.ts';
import type { Pidf, PidfNote } from './pidf.ts';
import { childrenNamed, childText, parseXmlBody, type XmlElement } from './xml-body.ts';

export const msrtcCategoriesType = 'application/msrtc-event-categories+xml';

export function parseMsrtcCategories(body: Uint8Array): Result<Pidf, string> {
  const document = parseXmlBody(body);
  if (!document.ok) return document;
  const root = document.value;
  if (root.name !== 'categories') return refuse('not a categories document');
  const contents = (name: string): readonly XmlElement[] => contentsOf(root, name);
  const state = speaking(contents('state'));
  const note = state === undefined ? undefined : customOf(state);
  const own = contents('note')
    .map(bodyOfNote)
    .find((text) => text !== undefined);
  const displayName = contents('contactCard')
    .map(nameOf)
    .find((text) => text !== undefined);
  return ok({
    entity: root.attributes.get('uri') ?? '',
    // Without a state nothing is known of the presentity.
    tuples: state === undefined ? [] : [tupleOfAvailability(availabilityOf(state), tokenOf(state))],
    ...(own === undefined && note === undefined ? {} : { note: own ?? note }),
    ...(displayName === undefined ? {} : { displayName }),
  });
}

/** `<category name="state"><state>`: an empty category withdraws what it said before. */
const contentsOf = (root: XmlElement, name: string): readonly XmlElement[] =>
  childrenNamed(root, 'category')
    .filter(({ attributes }) => attributes.get('name') === name)
    .flatMap((category) => childrenNamed(category, name));

/** The aggregate of all devices where there is one, else the least available. */
function speaking(states: readonly XmlElement[]): XmlElement | undefined {
  const aggregate = states.find(({ attributes }) => /(^|:)aggregateState$/.test(attributes.get('type') ?? ''));
  return aggregate ?? states.toSorted((one, other) => availabilityOf(other) - availabilityOf(one))[0];
}

function availabilityOf(state: XmlElement): number {
  const text = childText(state, 'availability') ?? '';
  return /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
}

const activityOf = (state: XmlElement): XmlElement | undefined => childrenNamed(state, 'activity')[0];

const tokenOf = (state: XmlElement): string => activityOf(state)?.attributes.get('token')?.toLowerCase() ?? '';

/** The user's own words for what he does. */
function customOf(state: XmlElement): PidfNote | undefined {
  const activity = activityOf(state);
  const text = activity === undefined ? undefined : childText(activity, 'custom');
  return text ? { text } : undefined;
}

function bodyOfNote(note: XmlElement): PidfNote | undefined {
  const text = childText(note, 'body');
  return text ? { text } : undefined;
}

function nameOf(card: XmlElement): string | undefined {
  const identity = childrenNamed(card, 'identity')[0];
  const name = identity === undefined ? undefined : childrenNamed(identity, 'name')[0];
  return (name === undefined ? undefined : childText(name, 'displayName')) || undefined;
}
