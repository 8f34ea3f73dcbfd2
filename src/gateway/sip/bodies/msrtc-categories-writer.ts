/**
 * Writes application/msrtc-event-categories+xml for clients of Lync [MS-PRES]: a presence document as the categories state, note
 * and contactCard. All three are in each document: an empty one withdraws what an earlier document said.
 */
import { lyncAvailability } from './lync-availability.ts';
import type { Pidf, PidfTuple } from './pidf.ts';
import { noteOf, openTuples, showOf } from './pidf-show.ts';
import { escapeXml } from './xml-body.ts';

/** Names of the schemas; no namespace has another beginning. */
const schema = 'http://schemas.microsoft.com/2006/09/sip';
const xsi = 'http://www.w3.org/2001/XMLSchema-instance';

/** Characters of a note and of a name. Source: own choice; a client of Lync lets its own user write 500. */
const maxNoteLength = 1000;
const maxNameLength = 256;

/** Activities [RFC 4480] that Lync has words of its own for. */
const tokens: Readonly<Record<string, string>> = {
  'on-the-phone': 'on-the-phone',
  meeting: 'in-a-meeting',
  appointment: 'in-a-meeting',
};

/**
 * @param published - The time of this document: a client takes no category that is older than what it has.
 */
export function printMsrtcCategories(document: Pidf, published: Date): string {
  const category = (name: string, instance: number, value: string): string =>
    `<category name="${name}" instance="${instance}" publishTime="${printTime(published)}">${value}</category>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\r\n',
    `<categories xmlns="${schema}/categories" uri="${escapeXml(document.entity)}">`,
    category('state', 1, printState(document)),
    category('note', 0, printNote(document)),
    category('contactCard', 0, printCard(document)),
    '</categories>',
  ].join('');
}

/** Of whom nothing is known there is no state. */
function printState(document: Pidf): string {
  if (document.tuples.length === 0) return '';
  const token = tokenOf(document);
  const since = document.person?.idle?.since;
  return [
    `<state xmlns="${schema}/state" xmlns:xsi="${xsi}" xsi:type="aggregateState"`,
    since === undefined ? '' : ` lastActive="${printTime(since).slice(0, -'.000'.length)}"`,
    `><availability>${availabilityOf(document)}</availability>`,
    token === undefined ? '' : `<activity token="${token}"/>`,
    '</state>',
  ].join('');
}

/** Why somebody is busy, as the person or one of his devices says. */
function tokenOf(document: Pidf): string | undefined {
  if (availabilityOf(document) !== lyncAvailability.busy) return undefined;
  const stated = [
    document.person?.activities ?? [],
    ...openTuples(document).map(({ activities }) => activities),
  ].flat();
  return stated.map((activity) => (Object.hasOwn(tokens, activity) ? tokens[activity] : undefined)).find(Boolean);
}

function availabilityOf(document: Pidf): number {
  const open = openTuples(document);
  if (open.length === 0) return lyncAvailability.offline;
  const isIdle = document.person?.idle !== undefined;
  switch (showOf(document)) {
    case 'dnd':
      return busyOf(open, isIdle);
    case 'away':
    case 'xa':
      // Lync has no longer away; its tokens for one say why, which nobody has said here.
      return lyncAvailability.away;
    case 'chat':
      return lyncAvailability.available;
    case undefined:
      return isIdle ? lyncAvailability.idle : lyncAvailability.available;
  }
}

/** Not to be disturbed is who says so by that name; activities say that somebody is busy, and no more. */
function busyOf(open: readonly PidfTuple[], isIdle: boolean): number {
  if (open.some(({ show }) => show === 'dnd')) return lyncAvailability.doNotDisturb;
  return isIdle ? lyncAvailability.busyIdle : lyncAvailability.busy;
}

function printNote(document: Pidf): string {
  const text = bounded(noteOf(document)?.text, maxNoteLength);
  return text === '' ? '' : `<note xmlns="${schema}/note"><body type="personal" uri="">${text}</body></note>`;
}

function printCard({ displayName }: Pidf): string {
  const text = bounded(displayName, maxNameLength);
  if (text === '') return '';
  return `<contactCard xmlns="${schema}/contactcard"><identity><name><displayName>${text}</displayName></name></identity></contactCard>`;
}

const bounded = (text: string | undefined, length: number): string => escapeXml((text ?? '').slice(0, length).trim());

/** UTC with milliseconds and without a zone, as Lync Server writes it. */
const printTime = (time: Date): string => time.toISOString().slice(0, -1);
