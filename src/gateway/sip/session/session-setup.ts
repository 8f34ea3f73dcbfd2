/** What the sessions are given, and the words they share with their owner. */
import type { Clock } from '../../../primitives/clock.ts';
import type { HeaderField } from '../headers.ts';
import type { SipRequest } from '../message.ts';
import type { FinalResponse } from '../outgoing-request.ts';
import type { ResponseParts } from '../response-to.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import type { Speaker } from '../speaker.ts';
import type { Destination, Source } from '../transport.ts';
import type { About, Answer, Item } from './im-session-machine.ts';

/** One conversation. */
export interface SessionEnds {
  /** `sip:user@domain`, canonical. */
  readonly userAor: string;
  /** `sip:contact@partner`, canonical. */
  readonly contactAor: string;
}

/** Something of the user for the contact: the Request-URI names the contact, whatever it was inside the dialog. */
export interface SessionRequest {
  readonly aor: string;
  readonly request: SipRequest;
  respond(status: number, more?: ResponseParts): void;
}

/** Something of the contact for the user. */
export interface SessionContent {
  readonly kind: Item['kind'];
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
  /** The client that says it; a session is opened in its name. */
  readonly speaker?: Speaker | undefined;
}

export interface Verdict extends Answer {
  readonly about: About;
}

export interface SessionReport {
  readonly what: 'opened' | 'refused' | 'ended';
  readonly ends: SessionEnds;
  readonly callId: string;
  readonly openedBy: 'user' | 'contact';
  /** Milliseconds since it opened. */
  readonly duration: number;
  /** Messages that have arrived, of both sides. */
  readonly messages: number;
  /** Why it ended or was refused: one clause. */
  readonly reason: string;
}

export interface ImSessionSetup {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'sendAck' | 'localAddress'>;
  /** Where the requests of the user's session go. @param source - Where its INVITE came from, when it was not ours. */
  destination(userAor: string, source?: Source): Destination | undefined;
  token(bits: number): string;
  /** How a request ended, for the sender of the message; an unanswered one is the owner's to report. */
  answerOf(final: FinalResponse): Answer;
  /** A MESSAGE must be answered. After an INFO with a KeyboardActivity and after BYE the answer is not wanted any more. */
  onRequest(request: SessionRequest): void;
  /** A session has opened, was refused, or has ended. */
  onReport(report: SessionReport): void;
}
