/** A request as the transaction user gets it, with the ways to answer it. */
import type { SipRequest, SipResponse } from './message.ts';
import type { ResponseParts } from './response-to.ts';
import type { Source } from './transport.ts';

export interface IncomingRequest {
  /** With `received` and `rport` in the top Via, and a preloaded Route that names us removed. */
  readonly request: SipRequest;
  readonly source: Source;
  /** Aborted when a CANCEL ended this INVITE; the 487 is on its way already. */
  readonly cancelled: AbortSignal;
  /** The To tag of our responses; fixed, so that a dialog can be built before answering. */
  readonly localTag: string;
  /** Sends a response in this transaction. After a final one, others are ignored. ACK and BENOTIFY are never answered. */
  respond(status: number, more?: ResponseParts): void;
  /** Answers and forgets: the same request arriving again is a new one. For digest challenges. */
  respondStateless(status: number, more?: ResponseParts): void;
  /** As a proxy: passes on the response to a request that carried our Via on top of this one's [RFC 3261 §16.7]. */
  relay(response: SipResponse): void;
}
