/** The one file that knows node:tls for SIP: servers and clients that show certificates and judge none [RFC 5922 §7]. */
import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  createServer,
  type Server,
  type TLSSocket,
} from 'node:tls';

import { connectTimeoutMs } from './limits.ts';
import type { TlsIdentity } from './sip-options.ts';

const protocol = { minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET } as const;

/** Certificates in a chain we look at. */
const maxChainLength = 10;

/**
 * Asks every client for its certificate and takes any, or none: `Source.peerCertificate` carries it to the decision.
 * Sessions are never resumed, since a resumed one shows no chain.
 */
export function createTlsServer(identity: () => TlsIdentity | undefined): Server {
  const server = createServer({
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: connectTimeoutMs,
    ...protocol,
  });
  let current: TlsIdentity | undefined;
  // Before the handshake of each connection: a certificate that was replaced meanwhile is used at once.
  server.prependListener('connection', () => {
    const next = identity();
    if (next === undefined || (next.key === current?.key && next.cert === current.cert && next.ca === current.ca))
      return;
    current = next;
    server.setSecureContext(contextOf(next));
  });
  return server;
}

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

/** Leaf first, as DER; empty when the peer showed none. */
export function peerChain(socket: TLSSocket): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate = socket.getPeerCertificate(true);
  while (Buffer.isBuffer(certificate?.raw) && chain.length < maxChainLength) {
    chain.push(certificate.raw);
    if (certificate.issuerCertificate === certificate) break;
    certificate = certificate.issuerCertificate;
  }
  return chain;
}
