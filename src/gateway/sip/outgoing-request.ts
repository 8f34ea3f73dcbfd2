/** A request as the transaction user writes it, and how it ended. */
import type { Headers } from './headers.ts';
import type { SipResponse } from './message.ts';

/** The endpoint adds what belongs to the hop: Via, Content-Length, and Max-Forwards when it is missing. */
export interface OutgoingRequest {
  readonly method: string;
  readonly requestUri: string;
  /** From with tag, To, Call-ID, CSeq and what else belongs. Existing Via fields stay below the added one, for proxies. */
  readonly headers: Headers;
  readonly body?: Buffer | undefined;
}

export type FinalResponse =
  | { readonly ok: true; readonly response: SipResponse }
  | { readonly ok: false; readonly why: 'timeout' | 'transport'; readonly detail: string };

export interface RequestOptions {
  /** Each provisional response, 100 included. */
  onProvisional?(response: SipResponse): void;
  /** INVITE only: each 2xx after the first (retransmissions, other forks). Each needs its ACK. */
  onFurtherSuccess?(response: SipResponse): void;
  /** INVITE only: abort it to CANCEL [RFC 3261 §9.1]. The promise still ends with the final response. */
  readonly signal?: AbortSignal | undefined;
}
