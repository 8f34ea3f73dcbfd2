/** The one file that knows node:tls for SIP: servers and clients that show certificates and judge none [RFC 5922 §7]. */
import { constants } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  createServer,
  type Server,
  type TLSSocket,
} from 'node:tls';

import type { Clock, Timer } from '../../primitives/clock.ts';
import { connectTimeoutMs } from './limits.ts';
import type { TlsIdentity } from './sip-options.ts';

const protocol = { minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET } as const;

export interface TlsServerOptions {
  readonly clock: Clock;
  /** Asked before each handshake: a certificate that was replaced meanwhile is used at once. */
  identity(): TlsIdentity | undefined;
  onSecure(socket: TLSSocket): void;
  /** A handshake failed or did not end in time; the socket is closed. */
  onFailed(reason: string, socket: Socket): void;
}

/**
 * Asks every client for its certificate and takes any, or none: `Source.peerCertificate` carries it to the decision.
 * Sessions are never resumed, since a resumed one shows no chain.
 */
export function createTlsServer(options: TlsServerOptions): Server {
  const server = createServer({ requestCert: true, rejectUnauthorized: false, ...protocol });
  renewContext(server, () => options.identity());
  boundHandshakes(server, options);
  return server;
}

function renewContext(server: Server, identity: () => TlsIdentity | undefined): void {
  let current: TlsIdentity | undefined;
  server.prependListener('connection', () => {
    const next = identity();
    if (next === undefined || (next.key === current?.key && next.cert === current.cert && next.ca === current.ca))
      return;
    current = next;
    server.setSecureContext(contextOf(next));
  });
}

/** By port and address of the client, since the socket that is secure is another one than the one that came in. */
function boundHandshakes(server: Server, { clock, onSecure, onFailed }: TlsServerOptions): void {
  const underWay = new Map<string, Timer>();
  const ended = (peer: string): boolean => {
    underWay.get(peer)?.cancel();
    return underWay.delete(peer);
  };
  const failed = (socket: Socket, reason: string): void => {
    if (ended(nameOf(socket))) onFailed(reason, socket);
    socket.destroy();
  };
  server.prependListener('connection', (socket: Socket) => {
    if (socket.destroyed) return;
    const peer = nameOf(socket);
    underWay.set(
      peer,
      clock.after(connectTimeoutMs, () => failed(socket, 'TLS: the handshake took too long')),
    );
    socket.once('close', () => ended(peer));
  });
  server.on('secureConnection', (socket) => {
    ended(nameOf(socket));
    onSecure(socket);
  });
  server.on('tlsClientError', (error, socket) => failed(socket, `TLS: ${error.message}`));
}

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

export function openTlsSocket(
  host: string,
  port: number,
  tlsName: string,
  identity: TlsIdentity | undefined,
): TLSSocket {
  const options: ConnectionOptions = {
    host,
    port,
    // The peer's chain is judged by the caller, with the rules of RFC 5922; node's own rules accept wildcards.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(isIP(tlsName) === 0 ? { servername: tlsName } : {}),
    ...(identity === undefined ? protocol : { secureContext: createSecureContext(contextOf(identity)) }),
  };
  return connect(options);
}

const contextOf = ({ key, cert, ca }: TlsIdentity) => ({ key, cert, ...(ca === undefined ? {} : { ca }), ...protocol });
