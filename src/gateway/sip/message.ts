/**
 * SIP messages as immutable values. The parser is the only way from bytes to here, the writer the only way back.
 * Typed views of single headers live with the header: name-addr.ts, via.ts, c-seq.ts.
 */
import type { Headers } from './headers.ts';

export interface SipRequest {
  readonly kind: 'request';
  /** As received: methods are case-sensitive [RFC 3261 §7.1]. */
  readonly method: string;
  /** As received; may have any scheme. `parseSipUri` reads sip and sips. */
  readonly requestUri: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface SipResponse {
  readonly kind: 'response';
  /** 100 to 699. */
  readonly status: number;
  /** Text from the peer: escape before showing it. */
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;
