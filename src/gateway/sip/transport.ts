/** What every SIP transport offers to the transaction layer, and how places on the network are written [RFC 3261 §18]. */
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import type { Result } from '../../primitives/result.ts';
import type { SipMessage } from './message.ts';
import type { ParseFailure } from './message-parser.ts';

export type TransportName = 'udp' | 'tcp' | 'tls';

/** Where a message came from. */
export interface Source {
  readonly transport: TransportName;
  /** The peer's address as the socket shows it; IPv4 in its own form, also on a dual-stack socket. */
  readonly address: string;
  readonly port: number;
  /** Our side of the connection; absent on UDP sockets bound to every address. */
  readonly localAddress?: string | undefined;
  /** The connection it came on; answers and later requests to the same peer can name it. Absent on UDP. */
  readonly connectionId?: string | undefined;
  /** The chain the TLS peer showed, leaf first, in DER. Not validated: trust is the caller's decision. */
  readonly peerCertificate?: readonly Buffer[] | undefined;
}

/** Where a message goes. */
export interface Destination {
  readonly transport: TransportName;
  /** An address (IPv6 with or without brackets) or a host name; names are resolved by the endpoint's `lookup`. */
  readonly host: string;
  readonly port: number;
  /** The name the peer's certificate must carry; `verifyPeer` gets it. Default: `host`. */
  readonly tlsName?: string | undefined;
  /** Use this connection while it is open, whatever host and port say [RFC 3261 §18.2.2, RFC 5923]. */
  readonly connectionId?: string | undefined;
}

/** Where a connection of ours led: the address, and the name that was asked for. */
export type ClosedConnection = Required<Pick<Destination, 'transport' | 'host' | 'port'>> & { readonly name: string };

export interface TransportHandlers {
  onMessage(message: SipMessage, source: Source): void;
  /** Resolves when the refusal, if one can be sent, has been handed to the socket. */
  onMalformed(failure: ParseFailure, source: Source): Promise<void>;
  onRefused(reason: string, peer: string): void;
  /** A connection that we had opened is no more. */
  onClosed(peer: ClosedConnection): void;
  /** A connection that the peer had opened is no more. */
  onInboundClosed(connectionId: string): void;
  /** A source has met one of the limits of docs/limits.md. */
  onLimit(limit: string, source: Pick<Source, 'address'>, reason: string): void;
}

/** A way out that is ready; the address our side has there belongs into Via and Contact. */
export interface Route {
  readonly transport: TransportName;
  readonly localAddress: string;
  readonly localPort: number;
  /** `address:port`. */
  readonly peer: string;
  /** Refusal: one clause that says why the bytes did not leave. */
  send(bytes: Buffer): Promise<Result<void, string>>;
  /** Tells when the peer refuses our certificate after all: it has read nothing of what was sent to it until then. */
  onRefusal?(tell: (reason: string) => void): void;
}

export interface Transport {
  /** @throws CodedError when an address cannot be bound; nothing stays open then. */
  listen(): Promise<readonly ListenerAddress[]>;
  /** `destination.host` is an address here. Opens a connection when none is open. */
  routeTo(destination: Destination): Promise<Result<Route, string>>;
  close(): Promise<void>;
}

/** Default ports. Source: RFC 3261 §19.1.2. */
export const defaultPort = (transport: TransportName): number => (transport === 'tls' ? 5061 : 5060);
