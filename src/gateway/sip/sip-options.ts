/** What an endpoint needs from the outside: listeners, time, randomness, names, trust. */
import type { Clock } from '../../primitives/clock.ts';
import type { Ids } from '../../primitives/ids.ts';
import type { Result } from '../../primitives/result.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { SipMessage } from './message.ts';
import type { ClosedConnection, Source, TransportName } from './transport.ts';

export interface TlsIdentity {
  /** PEM. */
  readonly key: string;
  /** PEM, leaf first, with its intermediates. */
  readonly cert: string;
  /** PEM; named to clients as acceptable issuers. Trust is not decided by it. */
  readonly ca?: string | undefined;
}

/** Who a source is, before anybody has looked at what it sends. */
export type Standing = 'stranger' | 'registered' | 'trusted';

export interface SipOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly listen: {
    /** Undefined: every interface. */
    readonly address?: string | undefined;
    /** Serves UDP and TCP. 0: any port that is free for both. */
    readonly port: number;
    /** 0: no TLS listener; TLS connections can still be opened. */
    readonly tlsPort: number;
  };
  /** Asked for each new TLS connection, so that a new certificate is used at once. */
  tls?(): TlsIdentity | undefined;
  /** Decides about a TLS server we connect to; `chain` is leaf first, in DER. Without it every one is refused. */
  verifyPeer?(chain: readonly Buffer[], tlsName: string): Result<void, string>;
  /** Host name to addresses, best first; may reject. Without it only addresses can be destinations. */
  lookup?(host: string): Promise<readonly string[]>;
  /** The host written into Via; default: the local address of the way out. */
  readonly sentBy?: string | undefined;
  /** Further hosts that are us: a preloaded Route that names one is removed [RFC 3261 §16.4]. */
  isOurHost?(host: string): boolean;
  /** Product name for the Server and User-Agent headers; none when undefined. */
  readonly product?: string | undefined;
  /** Every new request: not a retransmission, not a CANCEL, not the ACK of a refused INVITE. ACKs of a 2xx come here too. */
  onRequest(request: IncomingRequest): void;
  onEvent?(event: SipEvent): void;
  /** Who a source is, for its limits; asked when it has sent what a stranger may. Absent: nobody is limited. */
  standingOf?(source: Source): Standing;
  /** A connection that the peer had opened is no more. */
  onInboundClosed?(connectionId: string): void;
}

/** For traces and counters. `peer` is `address:port`. Texts of peers must be escaped before they are shown. */
export type SipEvent =
  | {
      readonly type: 'received' | 'sent';
      readonly message: SipMessage;
      readonly transport: TransportName;
      readonly peer: string;
    }
  | {
      readonly type: 'malformed' | 'connection-refused' | 'send-failed';
      readonly reason: string;
      readonly peer: string;
    }
  /** A connection that we had opened: whoever relies on its peer may want to look. */
  | ({ readonly type: 'connection-closed' } & ClosedConnection)
  /** A source has met a limit; told once a minute while it goes on, with how often. */
  | {
      readonly type: 'limit-reached';
      readonly limit: string;
      readonly subject: string;
      readonly times: number;
      readonly reason: string;
    }
  /** A response that fits no request of ours. */
  | { readonly type: 'stray-response'; readonly peer: string }
  /** The 2xx of an INVITE was never acknowledged: the TU should end the session with BYE [RFC 3261 §13.3.1.4]. */
  | { readonly type: 'ack-missing'; readonly callId: string; readonly localTag: string };
