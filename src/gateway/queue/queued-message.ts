/** A message on its way to a partner that is away, and what of it outlives the process. */
import type { DispositionAsked } from '../sip/bodies/imdn.ts';
import { readStoredStanza, storedStanza } from '../xmpp/stored-stanza.ts';
import type { Element } from '../xmpp/xml/element.ts';

/** Who is told when it does not arrive. */
export interface QueuedFor {
  /** The SIP user who sent it, `sip:user@domain`. */
  readonly sender: string;
  readonly disposition?: DispositionAsked | undefined;
}

export interface QueuedMessage {
  readonly id: string;
  /** Ascending: what came later has a higher one. */
  readonly order: number;
  readonly stanza: Element;
  /** Bare JIDs. */
  readonly from: string;
  readonly to: string;
  readonly partnerDomain: string;
  readonly correlationId: string;
  /** When it came, and how long it is tried. */
  readonly since: Date;
  readonly until: Date;
  /** Absent: it is an answer, which is never answered [RFC 6120 §8.3.1]. */
  readonly for?: QueuedFor | undefined;
}

export const queuedRecord = (message: QueuedMessage): unknown => ({
  ...message,
  stanza: storedStanza(message.stanza),
  since: message.since.toISOString(),
  until: message.until.toISOString(),
});

/** @returns Nothing for what is no such record. */
export function readQueuedRecord(id: string, value: unknown): QueuedMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const texts = ['stanza', 'from', 'to', 'partnerDomain', 'correlationId'].map((name) => textIn(record, name));
  const [text, from, to, partnerDomain, correlationId] = texts;
  const [since, until] = [timeIn(record, 'since'), timeIn(record, 'until')];
  const stanza = text === undefined ? undefined : readStoredStanza(text);
  const { order, for: sender } = record;
  if (stanza === undefined || from === undefined || to === undefined || partnerDomain === undefined) return undefined;
  if (correlationId === undefined || since === undefined || until === undefined || typeof order !== 'number')
    return undefined;
  return { id, order, stanza, from, to, partnerDomain, correlationId, since, until, for: readQueuedFor(sender) };
}

export function readQueuedFor(value: unknown): QueuedFor | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const sender = textIn(record, 'sender');
  return sender === undefined ? undefined : { sender, disposition: readDisposition(record['disposition']) };
}

function readDisposition(value: unknown): DispositionAsked | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const [messageId, dateTime] = [textIn(record, 'messageId'), textIn(record, 'dateTime')];
  if (messageId === undefined || dateTime === undefined) return undefined;
  return { messageId, dateTime, delivered: record['delivered'] === true, failed: record['failed'] === true };
}

export const textIn = (record: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = record[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export function timeIn(record: Readonly<Record<string, unknown>>, name: string): Date | undefined {
  const time = new Date(textIn(record, name) ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
