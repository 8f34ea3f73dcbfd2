/** Ports for peers that must be told one. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A port of 127.0.0.1 that is free for UDP and TCP now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const isFree = await isUdpFree(port);
    await new Promise((resolve) => void server.close(resolve));
    if (isFree) return port;
  }
}

async function isUdpFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const bound = new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false)).bind(port, '127.0.0.1', () => resolve(true));
  });
  const isFree = await bound;
  socket.close();
  return isFree;
}

/** Waits until some process has bound the port, without touching it: sipp would take a probe for a call. Linux only. */
export async function portBound(transport: 'udp' | 'tcp', port: number, ms = 10_000): Promise<void> {
  const entry = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const listening = transport === 'tcp' ? ' 0A ' : ' 07 ';
  for (let waited = 0; waited < ms; waited += 20) {
    const tables = [`/proc/net/${transport}`, `/proc/net/${transport}6`].map((file) => readFileSync(file, 'utf8'));
    const isBound = tables.some((table) =>
      table.split('\n').some((line) => line.includes(entry) && line.includes(listening)),
    );
    if (isBound) return;
    await delay(20);
  }
  throw new Error(`nobody has bound ${transport} port ${port}`);
}
