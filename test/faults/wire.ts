/** A wire of TCP that a round can break: it passes on, falls silent and flows again, breaks with RST, or takes no connection. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  /** Where new connections go. */
  target: number;
  /** Every connection breaks with RST, both ways. */
  reset(): void;
  /** Nothing is passed on any more, of old connections and of new ones, and nobody is told. */
  fallSilent(): void;
  /** What was held back flows on, as TCP would send it again. */
  flow(): void;
  /** New connections are broken at once. */
  refuse(): void;
  accept(): void;
  close(): void;
}

export async function startWire(target = 0): Promise<Wire> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isSilent = false;
  let isRefusing = false;
  const flow = ([near, far]: readonly [Socket, Socket]): void => void near.pipe(far).pipe(near);
  // Who has ended what it says may still hear: the wire does not end the other direction for it.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    near.on('error', () => undefined);
    if (isRefusing) return void near.resetAndDestroy();
    const far = connect({ port: wire.target, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    if (!isSilent) flow(pair);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const wire: Wire = {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    target,
    reset() {
      for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    },
    fallSilent() {
      isSilent = true;
      for (const pair of pairs) for (const socket of pair) socket.unpipe().pause();
    },
    flow() {
      if (isSilent) for (const pair of pairs) flow(pair);
      isSilent = false;
    },
    refuse() {
      isRefusing = true;
    },
    accept() {
      isRefusing = false;
    },
    close() {
      server.close();
      wire.reset();
    },
  };
  return wire;
}
