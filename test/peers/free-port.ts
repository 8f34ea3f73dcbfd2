/** Ports for peers that must be told one. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Below the range that systems give to outgoing connections: nobody takes such a port in passing. Each worker has its own part. */
const firstPort = 14_000;
const portsPerWorker = 4_000;
const workers = 4;
const worker = (Number(process.env['JEST_WORKER_ID'] ?? '1') - 1) % workers;
let offset = 2 * Math.floor(Math.random() * (portsPerWorker / 2));

/** A port of 127.0.0.1 that is free for UDP and TCP now, and so is the next one: baresip takes that for TLS. */
export async function freePort(): Promise<number> {
  for (;;) {
    offset = (offset + 2) % portsPerWorker;
    const port = firstPort + worker * portsPerWorker + offset;
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isTcpFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  const isUsable = isTcpFree && (await isUdpFree(port));
  if (isTcpFree) await new Promise((resolve) => void server.close(resolve));
  return isUsable;
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
export async function portBound(transport: 'udp' | 'tcp', port: number, ms = 40_000): Promise<void> {
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
