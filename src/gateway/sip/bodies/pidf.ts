/**
 * Presence documents, application/pidf+xml [RFC 3863] with the person of the data model [RFC 4479] and activities
 * [RFC 4480]: the data, and the writer. `pidf-reader.ts` reads.
 *
 * Clients look for the same fact in four places, so the writer says it in each of them: `basic`, `rpid:activities` of the
 * person, `ep:activities` of the tuple (an early RPID draft which OCS, Lync and SIPE use), and the jabber `show` of
 * RFC 8048 §5.2. The prefixes are literal and empty elements close themselves because baresip 1.0 finds them by
 * regular expression.
 */
import { escapeXml } from './xml-body.ts';

export const pidfType = 'application/pidf+xml';

export const namespaces = {
  pidf: 'urn:ietf:params:xml:ns:pidf',
  dm: 'urn:ietf:params:xml:ns:pidf:data-model',
  rpid: 'urn:ietf:params:xml:ns:pidf:rpid',
  /** The RPID draft of OCS and Lync. */
  ep: 'urn:ietf:params:xml:ns:pidf:status:rpid-status',
  ci: 'urn:ietf:params:xml:ns:pidf:cipid',
  jabber: 'jabber:client',
} as const;

export interface Pidf {
  /** URI of the presentity. */
  readonly entity: string;
  /** In the document's order. None: nothing is known of the presentity. */
  readonly tuples: readonly PidfTuple[];
  readonly person?: PidfPerson | undefined;
  /** A note about the presentity as a whole. */
  readonly note?: PidfNote | undefined;
  readonly displayName?: string | undefined;
}

/** One way to reach the presentity: usually one device. */
export interface PidfTuple {
  readonly id: string;
  readonly basic?: 'open' | 'closed' | undefined;
  /** Activities the tuple itself names: local names of RFC 4480 or of the draft, such as `busy`. */
  readonly activities: readonly string[];
  /** A show value of RFC 6121 §4.7.2.1, which RFC 8048 carries inside the status. */
  readonly show?: string | undefined;
  readonly contact?: string | undefined;
  /** 0 to 1; three decimals count [RFC 3863 §4.1.5]. */
  readonly priority?: number | undefined;
  readonly note?: PidfNote | undefined;
  readonly timestamp?: Date | undefined;
}

export interface PidfPerson {
  readonly activities: readonly string[];
  readonly note?: PidfNote | undefined;
  /** Present when the person's keyboard has been idle [RFC 4480 §3.12]; with the time of the last input, if known. */
  readonly idle?: { readonly since?: Date | undefined } | undefined;
  readonly timestamp?: Date | undefined;
}

export interface PidfNote {
  readonly text: string;
  /** A language tag. */
  readonly language?: string | undefined;
}

/** Writes the one document that serves every client we know. Activities that are no XML name are left out. */
export function printPidf(document: Pidf): string {
  const { pidf, dm, rpid, ep, ci } = namespaces;
  const name = document.displayName;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\r\n',
    `<presence xmlns="${pidf}" xmlns:dm="${dm}" xmlns:rpid="${rpid}" xmlns:ep="${ep}" xmlns:ci="${ci}"`,
    ` entity="${escapeXml(document.entity)}">`,
    ...document.tuples.map(printTuple),
    printNote('note', document.note),
    document.person === undefined ? '' : printPerson(document.person),
    name === undefined ? '' : `<ci:display-name>${escapeXml(name)}</ci:display-name>`,
    '</presence>',
  ].join('');
}

function printTuple(tuple: PidfTuple): string {
  const activities = tuple.activities.filter(isName).map((name) => `<ep:activity>${name}</ep:activity>`);
  return [
    `<tuple id="${escapeXml(tuple.id)}"><status>`,
    tuple.basic === undefined ? '' : `<basic>${tuple.basic}</basic>`,
    activities.length === 0 ? '' : `<ep:activities>${activities.join('')}</ep:activities>`,
    tuple.show === undefined ? '' : `<show xmlns="${namespaces.jabber}">${escapeXml(tuple.show)}</show>`,
    '</status>',
    printContact(tuple),
    printNote('note', tuple.note),
    tuple.timestamp === undefined ? '' : `<timestamp>${printTime(tuple.timestamp)}</timestamp>`,
    '</tuple>',
  ].join('');
}

function printContact({ contact, priority }: PidfTuple): string {
  if (contact === undefined) return '';
  const rank = priority === undefined ? '' : ` priority="${Number(Math.min(Math.max(priority, 0), 1).toFixed(3))}"`;
  return `<contact${rank}>${escapeXml(contact)}</contact>`;
}

function printPerson(person: PidfPerson): string {
  const activities = person.activities.filter(isName).map((name) => `<rpid:${name}/>`);
  const since = person.idle?.since;
  return [
    '<dm:person id="p1">',
    activities.length === 0 ? '' : `<rpid:activities>${activities.join('')}</rpid:activities>`,
    person.idle === undefined ? '' : userInput(since),
    printNote('dm:note', person.note),
    person.timestamp === undefined ? '' : `<dm:timestamp>${printTime(person.timestamp)}</dm:timestamp>`,
    '</dm:person>',
  ].join('');
}

const userInput = (since: Date | undefined): string =>
  `<rpid:user-input${since === undefined ? '' : ` last-input="${printTime(since)}"`}>idle</rpid:user-input>`;

function printNote(element: string, note: PidfNote | undefined): string {
  if (note === undefined) return '';
  const language = note.language === undefined ? '' : ` xml:lang="${escapeXml(note.language)}"`;
  return `<${element}${language}>${escapeXml(note.text)}</${element}>`;
}

const isName = (activity: string): boolean => /^[a-z][a-z0-9-]{0,63}$/i.test(activity);

/** xs:dateTime in UTC, without fractions. */
const printTime = (time: Date): string => time.toISOString().replace(/\.[0-9]+Z$/, 'Z');
