/** A wire that a test can cut: passes connections on to a port of 127.0.0.1, breaks them as a crashed host would, or falls silent. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { afterEach } from '@jest/globals';

export interface TcpRelay {
  readonly port: number;
  /** Breaks every connection with RST, both ways. New ones are passed on again. */
  cut(): void;
  /** Passes on nothing more of the connections there are; nobody is told. */
  fallSilent(): void;
}

const open: (() => void)[] = [];

export async function startTcpRelay(target: number): Promise<TcpRelay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const each = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) for (const socket of pair) act(socket);
  };
  open.push(() => {
    server.close();
    each((socket) => socket.destroy());
  });
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    cut: () => each((socket) => socket.resetAndDestroy()),
    fallSilent: () => each((socket) => socket.unpipe().pause()),
  };
}

afterEach(() => {
  for (const close of open.splice(0)) close();
});
