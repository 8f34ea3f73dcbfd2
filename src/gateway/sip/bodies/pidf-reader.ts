/**
 * Reads presence documents of any client: several tuples and several persons, activities in the spellings of RFC 4480, of
 * the draft that Lync uses, and as a jabber `show` [RFC 3863, RFC 4479, RFC 4480, RFC 8048 §5.2]. Elements it does not know are
 * skipped; a tuple without id or status stays in the list, since clients leave both out.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { namespaces, type Pidf, type PidfNote, type PidfPerson, type PidfTuple } from './pidf.ts';
import { childrenNamed, childText, parseXmlBody, type XmlElement } from './xml-body.ts';

/** Refuses what is not XML or whose root is not a `presence` element of PIDF; says why in one clause. */
export function parsePidf(body: Uint8Array): Result<Pidf, string> {
  const document = parseXmlBody(body);
  if (!document.ok) return document;
  const root = document.value;
  if (root.name !== 'presence' || root.namespace !== namespaces.pidf) return refuse('not a PIDF document');
  return ok({
    entity: root.attributes.get('entity') ?? '',
    tuples: childrenNamed(root, 'tuple', namespaces.pidf).map(readTuple),
    person: newest(childrenNamed(root, 'person', namespaces.dm).map(readPerson)),
    note: noteOf(root),
    displayName: childText(root, 'display-name', namespaces.ci),
  });
}

function readTuple(tuple: XmlElement): PidfTuple {
  const status = childrenNamed(tuple, 'status')[0];
  const contact = childrenNamed(tuple, 'contact')[0];
  return {
    id: tuple.attributes.get('id') ?? '',
    basic: status === undefined ? undefined : basicOf(childText(status, 'basic')),
    activities: [...(status === undefined ? [] : activitiesOf(status)), ...activitiesOf(tuple)],
    show: status === undefined ? undefined : childText(status, 'show', namespaces.jabber),
    contact: contact?.text || undefined,
    priority: priorityOf(contact?.attributes.get('priority')),
    note: noteOf(tuple),
    timestamp: timeOf(childText(tuple, 'timestamp')),
  };
}

function readPerson(person: XmlElement): PidfPerson {
  const input = childrenNamed(person, 'user-input')[0];
  const idle = input?.text === 'idle' ? { since: timeOf(input.attributes.get('last-input')) } : undefined;
  return {
    activities: activitiesOf(person),
    note: noteOf(person) ?? noteOf(childrenNamed(person, 'activities')[0]),
    idle,
    timestamp: timeOf(childText(person, 'timestamp')),
  };
}

/**
 * A presence server that concatenates publications repeats the person, even with the same id (Kamailio does). The newest time
 * stamp wins, the later of equals, and one with a time stamp over one without [RFC 4479 §3.1 asks for one person].
 */
function newest(persons: readonly PidfPerson[]): PidfPerson | undefined {
  return persons.reduce<PidfPerson | undefined>((best, person) => {
    const isNewer = (person.timestamp?.getTime() ?? 0) >= (best?.timestamp?.getTime() ?? 0);
    return best === undefined || isNewer ? person : best;
  }, undefined);
}

/** RFC 4480 writes `<activities><busy/></activities>`, the draft `<activities><activity>busy</activity></activities>`. */
function activitiesOf(parent: XmlElement): readonly string[] {
  return childrenNamed(parent, 'activities').flatMap(({ children }) =>
    children
      .filter(({ name }) => name !== 'note')
      .map(({ name, text }) => (name === 'activity' ? text.toLowerCase() : name))
      .filter((activity) => activity !== ''),
  );
}

function noteOf(parent: XmlElement | undefined): PidfNote | undefined {
  const note = parent === undefined ? undefined : childrenNamed(parent, 'note').find(({ text }) => text !== '');
  if (note === undefined) return undefined;
  const language = note.attributes.get('lang');
  return { text: note.text, ...(language === undefined ? {} : { language }) };
}

function basicOf(text: string | undefined): 'open' | 'closed' | undefined {
  const value = text?.toLowerCase();
  return value === 'open' || value === 'closed' ? value : undefined;
}

function priorityOf(text: string | undefined): number | undefined {
  return text !== undefined && /^(0(\.[0-9]{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
}

/** A year from 1 to 9999 and a zone, so that `Date` neither guesses the zone nor takes other forms. */
const dateTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/;

function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined || !dateTime.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
