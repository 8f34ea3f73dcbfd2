/** A wire with somebody on it: every connection is recorded in both directions, and may be rewritten on the way. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { afterEach } from '@jest/globals';

export interface WireProxy {
  readonly port: number;
  /** By connection, what its opener sent; one character a byte. */
  readonly opened: readonly string[];
}

export interface Rewriting {
  /** The loopback address that the server sees its connections come from. Default: 127.0.0.1. */
  readonly address?: string;
  /** What reaches the server of a chunk of the client, and what the client gets for it at once. */
  toServer?(chunk: string): { readonly forward: string; readonly answer?: string };
  toClient?(chunk: string): string;
}

const closing: { destroy(): void }[] = [];

afterEach(() => {
  for (const each of closing.splice(0)) each.destroy();
});

/** Chunks are rewritten as they come: on loopback, one write of a peer arrives whole. */
export async function startWireProxy(target: number, rewriting: Rewriting = {}): Promise<WireProxy> {
  const opened: string[] = [];
  const server = createServer((client) => {
    const index = opened.push('') - 1;
    const upstream = connect({ port: target, host: '127.0.0.1', localAddress: rewriting.address ?? '127.0.0.1' });
    join(client, upstream);
    client.on('data', (bytes: Buffer) => {
      const chunk = bytes.toString('latin1');
      opened[index] += chunk;
      const { forward, answer } = rewriting.toServer?.(chunk) ?? { forward: chunk };
      if (answer !== undefined) client.write(answer, 'latin1');
      upstream.write(forward, 'latin1');
    });
    upstream.on('data', (bytes: Buffer) => {
      const chunk = bytes.toString('latin1');
      client.write(rewriting.toClient?.(chunk) ?? chunk, 'latin1');
    });
  }).listen(0, '127.0.0.1');
  closing.push({ destroy: () => void server.close() });
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, opened };
}

function join(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    closing.push(socket);
    socket.on('error', () => undefined);
    socket.on('end', () => void peer.end());
    socket.on('close', () => void peer.destroy());
  }
}
