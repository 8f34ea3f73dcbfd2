/** A request as the transaction user writes it, and how it ended. */
import type { Headers } from './headers.ts';
import type { SipResponse } from './message.ts';
import type { Destination } from './transport.ts';

/** The endpoint adds what belongs to the hop: Via, Content-Length, and Max-Forwards when it is missing. */
export interface OutgoingRequest {
  readonly method: string;
  readonly requestUri: string;
  /** From with tag, To, Call-ID, CSeq and what else belongs. Existing Via fields stay below the added one, for proxies. */
  readonly headers: Headers;
  readonly body?: Buffer | undefined;
}

/** `peer`: which of several servers it was sent to, where there was a choice; the dialog that it makes lives there. */
export type FinalResponse =
  | { readonly ok: true; readonly response: SipResponse; readonly peer?: Destination }
  | {
      readonly ok: false;
      readonly why: 'timeout' | 'transport';
      readonly detail: string;
      /** Not a byte of it has left: another server may have it without anybody getting it twice. */
      readonly isUnsent?: boolean;
      /** It ended on our side, and says nothing about the server. */
      readonly isOurs?: boolean;
      /** A MESSAGE longer than 1300 bytes, for whom takes datagrams alone [RFC 3428 §8]. */
      readonly isTooLong?: boolean;
      readonly peer?: Destination;
    };

export interface RequestOptions {
  /** Each provisional response, 100 included. */
  onProvisional?(response: SipResponse): void;
  /** INVITE only: each 2xx after the first (retransmissions, other forks). Each needs its ACK. */
  onFurtherSuccess?(response: SipResponse): void;
  /** INVITE only: abort it to CANCEL [RFC 3261 §9.1]. The promise still ends with the final response. */
  readonly signal?: AbortSignal | undefined;
}
