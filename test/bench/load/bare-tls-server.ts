/** The yardstick for streams, a process of its own: a Node.js TLS server that wants a certificate of its clients, and does nothing else. */
import { createServer } from 'node:tls';

export interface BareServerOrder {
  readonly key: string;
  readonly chain: string;
}

/** Run by the first message of the channel; answers with the port that it listens on. */
export function bareTlsServer(): void {
  process.once('message', ({ key, chain }: BareServerOrder) => {
    const server = createServer({ key, cert: chain, requestCert: true, rejectUnauthorized: false }, (socket) => {
      socket.on('error', () => undefined);
      // So that a client knows when its handshake is over here too.
      socket.write('.');
      socket.resume();
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
    });
  });
  process.once('disconnect', () => process.exit());
}
