/**
 * One SIP element on the network: listeners, transactions and the routing of answers. It knows no user, domain or
 * policy; what a request means is decided by `onRequest` [RFC 3261 §17, §18].
 */
import type { Clock } from '../../primitives/clock.ts';
import type { Ids } from '../../primitives/ids.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import type { Result } from '../../primitives/result.ts';
import type { HeaderField, Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { Destination, Source } from './transport.ts';

export interface TlsIdentity {
  /** PEM. */
  readonly key: string;
  /** PEM, leaf first, with its intermediates. */
  readonly cert: string;
  /** PEM; sent to peers as acceptable issuers. */
  readonly ca?: string | undefined;
}

export interface SipOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** `address` undefined = every interface. `port` serves UDP and TCP; 0 = any free port. `tlsPort` undefined = no TLS listener. */
  readonly listen: {
    readonly address?: string | undefined;
    readonly port: number;
    readonly tlsPort?: number | undefined;
  };
  /** Asked for each new TLS connection, so that a new certificate is used at once. */
  tls?(): TlsIdentity | undefined;
  /** Decides about a server we connect to by TLS. Without it every TLS server is refused. */
  verifyPeer?(chain: readonly Buffer[], tlsName: string): Result<void, string>;
  /** Host name to addresses, best first. Without it only addresses can be destinations. */
  lookup?(host: string): Promise<readonly string[]>;
  /** The host written into Via; default: the local address of the way out. */
  readonly sentBy?: string | undefined;
  /** Product name for the Server and User-Agent headers; none when undefined. */
  readonly product?: string | undefined;
  /** Every request that is new: not a retransmission, not a CANCEL, not the ACK of a refused INVITE. */
  onRequest(request: IncomingRequest): void;
  onEvent?(event: SipEvent): void;
}

export interface ResponseParts {
  readonly reason?: string | undefined;
  readonly headers?: readonly HeaderField[] | undefined;
  readonly body?: Buffer | undefined;
}

export interface IncomingRequest {
  /** With `received` and `rport` in the top Via and our own preloaded Route removed. */
  readonly request: SipRequest;
  readonly source: Source;
  /** Aborted when a CANCEL ended this INVITE; the 487 is already on its way. */
  readonly cancelled: AbortSignal;
  /** The To tag of our responses; fixed, so that a dialog can be built before answering. */
  readonly localTag: string;
  /** Sends a response in this transaction. After a final response, further ones are ignored. ACK is never answered. */
  respond(status: number, more?: ResponseParts): void;
  /** Answers and forgets: the same request arriving again is a new one. For digest challenges. */
  respondStateless(status: number, more?: ResponseParts): void;
  /** As a proxy: passes a response of ours downstream request on, without our own Via [RFC 3261 §16.7]. */
  relay(response: SipResponse): void;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly requestUri: string;
  /** From, To, Call-ID, CSeq and what else belongs. Via and Content-Length are added; Max-Forwards when missing. */
  readonly headers: Headers;
  readonly body?: Buffer | undefined;
}

export type FinalResponse =
  | { readonly ok: true; readonly response: SipResponse }
  | { readonly ok: false; readonly why: 'timeout' | 'transport'; readonly detail: string };

export interface RequestOptions {
  /** Each provisional response above 100. */
  onProvisional?(response: SipResponse): void;
  /** INVITE only: each further 2xx after the first (retransmissions, other forks). Each needs its ACK. */
  onFurtherSuccess?(response: SipResponse): void;
  /** INVITE only: abort it to CANCEL [RFC 3261 §9.1]. */
  readonly signal?: AbortSignal | undefined;
}

export interface SipEndpoint {
  /** @throws CodedError ListenerInUse, ListenerDenied or ListenerFailed; nothing stays open then. */
  listen(): Promise<readonly ListenerAddress[]>;
  /** Resolves exactly once, at most 32 s after sending for non-INVITE. Never rejects. */
  request(request: OutgoingRequest, destination: Destination, options?: RequestOptions): Promise<FinalResponse>;
  /** Sends an ACK for a 2xx, outside of any transaction [RFC 3261 §13.2.2.4]. */
  sendAck(ack: OutgoingRequest, destination: Destination): Promise<Result<void, string>>;
  /** Our address towards a destination, as it belongs into Contact. Opens the connection when there is none. */
  localAddress(destination: Destination): Promise<Result<{ readonly host: string; readonly port: number }, string>>;
  /** Ends listeners, connections, transactions and timers. Pending requests end as 'transport'. */
  close(): Promise<void>;
}

export type SipEvent =
  | { readonly type: 'received' | 'sent'; readonly summary: string; readonly peer: string }
  | { readonly type: 'malformed'; readonly reason: string; readonly peer: string }
  | { readonly type: 'refused-connection'; readonly reason: string; readonly peer: string }
  | { readonly type: 'ack-missing'; readonly callId: string };

export declare function createSipEndpoint(options: SipOptions): SipEndpoint;
