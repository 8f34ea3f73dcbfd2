/**
 * One step of what crosses the gateway, as the trace keeps it: a message on a wire, its way between the two sides, and what
 * was decided of it. A live step costs little but its own object: what is shown of it is made when somebody reads it. Never secrets;
 * what people say only where the configuration wants that.
 */
import type { LogEvent, LogLevel } from './log-event.ts';

/**
 * `Wire`: bytes from or to a peer. `Handover`: from one side of the gateway to the other. `Mapping`: what became of an address.
 * `Event`: what the event log would tell too, decisions of the policy above all.
 */
const traceKinds = ['Wire', 'Handover', 'Mapping', 'Event'] as const;
export type TraceKind = (typeof traceKinds)[number];

/** What it is about. `Stream`: XMPP streams themselves; `Session`: IM sessions, registrations and other SIP of no contact. */
export const traceSubjects = ['Im', 'Presence', 'Iq', 'Stream', 'Session', 'Other'] as const;
export type TraceSubject = (typeof traceSubjects)[number];

interface TraceFacts {
  readonly kind: TraceKind;
  readonly component: LogEvent['component'];
  readonly subject: TraceSubject;
  readonly level: LogLevel;
  /** `In`: from the network towards the other side; `Out`: the other way. */
  readonly direction?: 'In' | 'Out' | undefined;
  /** `<message> id=a7`, `MESSAGE cseq 1`, `200 OK`, or a sentence. Text of strangers: escape it before it is shown. */
  readonly summary: string;
  /** Minted when a message enters; steps without one are found through their exchange. */
  readonly correlationId?: string | undefined;
  /** What joins the steps of one stanza, or of one SIP transaction. */
  readonly exchange?: string | undefined;
  /** Addresses of the two ends. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A domain or an address of record, and where it was: `192.0.2.10:5269`. */
  readonly peer?: string | undefined;
  readonly peerAddress?: string | undefined;
  /** `TLSv1.3`, `tls`, `tcp`, `udp`. */
  readonly transport?: string | undefined;
  /** Characters of a stanza's text, bytes of a SIP body. */
  readonly size?: number | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** A step as it happens. */
export interface TraceNote extends TraceFacts {
  /** The message as it was on the wire, without what people say. */
  readonly raw?: (() => string) | undefined;
}

export type OnTrace = (note: TraceNote) => void;

/** A step as it is kept and shown. */
export interface TraceStep extends TraceFacts {
  /** Counted from 1 by each gateway process. */
  readonly order: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly raw?: string | undefined;
}
