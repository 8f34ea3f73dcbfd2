/**
 * Presence on either side: `<presence>` with show, status, priority and idle time, and a PIDF document with RPID activities
 * [RFC 8048 §5, RFC 4480 §3.2, XEP-0319]. Notes cross only where the caller says so.
 */
import { createHash } from 'node:crypto';

import type { Pidf, PidfNote, PidfPerson, PidfTuple } from '../sip/bodies/pidf.ts';
import { noteOf, openTuples, type Show, showOf, shows } from '../sip/bodies/pidf-show.ts';
import { namespaces } from '../xmpp/namespaces.ts';
import { stanza as stanzaOf } from '../xmpp/stanza.ts';
import { childOf, type Element, element } from '../xmpp/xml/element.ts';
import { childText, isLanguageTag } from './instant-message.ts';
import { xmlText } from './xml-text.ts';

const idleNamespace = 'urn:xmpp:idle:1';

/** What one resource of a contact says of itself. */
export interface ResourcePresence {
  readonly available: boolean;
  readonly show?: Show | undefined;
  readonly status: string;
  /** Of the status: a language tag. */
  readonly language?: string | undefined;
  /** Since when nobody has touched the device. */
  readonly idleSince?: Date | undefined;
  /** -128 to 127 [RFC 6121 §4.7.2.3]. */
  readonly priority: number;
}

/** Characters of a note that cross. Source: own choice; longer ones are stories, not states. */
const maxNoteLength = 1000;

/** XEP-0082 date and time, with a zone, so that `Date` does not guess one. */
const dateTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/;

export function resourcePresenceOf(presence: Element): ResourcePresence {
  const priority = Number(childText(presence, 'priority') || '0');
  const show = shows.find((known) => known === childText(presence, 'show'));
  return {
    available: presence.attributes['type'] === undefined,
    show,
    status: childText(presence, 'status').slice(0, maxNoteLength),
    language: languageOfStatus(presence),
    idleSince: idleSinceOf(presence),
    priority: Number.isInteger(priority) && priority >= -128 && priority <= 127 ? priority : 0,
  };
}

/** That of the status itself, else of the whole stanza. */
function languageOfStatus(presence: Element): string | undefined {
  const own = childOf(presence, 'status', presence.namespace)?.attributes['xml:lang'];
  const language = own ?? presence.attributes['xml:lang'];
  return language !== undefined && isLanguageTag(language) ? language : undefined;
}

function idleSinceOf(presence: Element): Date | undefined {
  const since = childOf(presence, 'idle', idleNamespace)?.attributes['since'] ?? '';
  const time = dateTime.test(since) ? new Date(since) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? undefined : time;
}

/**
 * The document of a contact, one tuple for each available resource, the highest priority first; one closed tuple when
 * there is none.
 *
 * @param entity - The contact as a SIP URI.
 */
export function presenceToPidf(entity: string, resources: ReadonlyMap<string, ResourcePresence>): Pidf {
  const available = [...resources]
    .filter(([, { available }]) => available)
    .toSorted(([, one], [, other]) => other.priority - one.priority);
  const [best] = available;
  if (best === undefined)
    return { entity, tuples: [{ id: 'ID-none', basic: 'closed', activities: [], contact: entity }] };
  return {
    entity,
    tuples: available.map(([resource, presence]) => tupleOf(entity, resource, presence)),
    person: { activities: activitiesOf(best[1].show), ...idleOf(available.map(([, presence]) => presence)) },
  };
}

/** A person is idle when every device is, and since the last of them. */
function idleOf(devices: readonly ResourcePresence[]): Pick<PidfPerson, 'idle'> {
  const times = devices.flatMap(({ idleSince }) => (idleSince === undefined ? [] : [idleSince.getTime()]));
  return times.length < devices.length ? {} : { idle: { since: new Date(Math.max(...times)) } };
}

const activitiesOf = (show: Show | undefined): readonly string[] =>
  show === 'dnd' ? ['busy'] : show === 'away' || show === 'xa' ? ['away'] : [];

function tupleOf(entity: string, resource: string, { show, status, language, priority }: ResourcePresence): PidfTuple {
  return {
    // An xs:ID that tells nothing of the resource's name, which may hold anything.
    id: `ID-${createHash('sha256').update(resource, 'utf8').digest('hex').slice(0, 12)}`,
    basic: 'open',
    activities: activitiesOf(show),
    show,
    contact: entity,
    // A negative priority has no counterpart; 0 to 127 becomes 0 to 1 [RFC 8048 §5.3].
    priority: Math.max(priority, 0) / 127,
    note: status === '' ? undefined : { text: status, language },
  };
}

/** The `<presence>` of one of our users for a contact. */
export function pidfToPresence(
  document: Pidf,
  ends: { readonly from: string; readonly to: string },
  options: { readonly note: boolean },
): Element {
  const open = openTuples(document);
  if (open.length === 0) return stanzaOf('presence', { ...ends, type: 'unavailable' });
  const priority = Math.round(Math.max(...open.map((tuple) => tuple.priority ?? 0)) * 127);
  return stanzaOf(
    'presence',
    ends,
    ...child('show', showOf(document) ?? awayWhenIdle(document)),
    ...(options.note ? statusOf(noteOf(document)) : []),
    ...child('priority', priority > 0 ? String(priority) : undefined),
    ...idleElement(document.person?.idle?.since),
  );
}

const awayWhenIdle = ({ person }: Pidf): Show | undefined => (person?.idle === undefined ? undefined : 'away');

function statusOf(note: PidfNote | undefined): readonly Element[] {
  const text = xmlText(note?.text.slice(0, maxNoteLength) ?? '');
  const { language } = note ?? {};
  const attributes = language !== undefined && isLanguageTag(language) ? { 'xml:lang': language } : {};
  return text === '' ? [] : [element('status', namespaces.server, attributes, text)];
}

const idleElement = (since: Date | undefined): readonly Element[] =>
  since === undefined ? [] : [element('idle', idleNamespace, { since: since.toISOString() })];

const child = (name: string, text: string | undefined): readonly Element[] =>
  text === undefined || text === '' ? [] : [element(name, namespaces.server, {}, text)];
