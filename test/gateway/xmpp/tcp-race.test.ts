/** Several addresses of one server, of which some lead nowhere [RFC 8305]. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, expect, it } from '@jest/globals';

import { defaultS2sLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import type { Endpoint } from '../../../src/gateway/xmpp/server-resolver.ts';
import { connectFirst } from '../../../src/gateway/xmpp/tcp-race.ts';
import { startProcess } from '../../peers/running-process.ts';
import { movableClock } from '../../support/movable-clock.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

const endpointAt = (address: string, port: number): Endpoint => ({
  host: 'xmpp.fabrikam.example',
  address,
  port,
  directTls: false,
});

async function answering(): Promise<Endpoint> {
  const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return endpointAt('127.0.0.1', (server.address() as AddressInfo).port);
}

/** A port whose connections are never completed: its owner is stopped, and its queue, which holds two, is full. */
async function blackHole(): Promise<Endpoint> {
  const script =
    "const s=require('net').createServer().listen({port:0,host:'::1',backlog:1},()=>{console.log('port',s.address().port,'.');process.kill(process.pid,'SIGSTOP')})";
  const owner = startProcess(process.execPath, ['-e', script], '.');
  const [, port] = await owner.waitFor(/port (\d+) \./);
  const endpoint = endpointAt('::1', Number(port));
  for (const _ of [1, 2]) {
    const filler = connect(endpoint.port, endpoint.address);
    sockets.push(filler);
    filler.on('error', () => undefined);
    await once(filler, 'connect');
  }
  return endpoint;
}

const raceOver = (endpoints: readonly Endpoint[], allowsLoopback = true) => {
  const clock = movableClock();
  const options = { clock, limits: defaultS2sLimits, allowLoopbackPeers: () => allowsLoopback };
  return { clock, won: connectFirst(endpoints, options, new AbortController().signal) };
};

it('an IPv6 address that swallows everything costs a quarter of a second', async () => {
  const [hole, server] = [await blackHole(), await answering()];
  const { clock, won } = raceOver([hole, server]);
  clock.advance(249);
  expect(sockets).toHaveLength(2);
  clock.advance(1);
  const connected = await won;
  expect(connected).toMatchObject({ endpoint: server });
  if (connected.raw !== undefined) sockets.push(connected.raw);
  // Nothing of the lost attempt stays.
  clock.advance(defaultS2sLimits.connectMs);
  expect(clock.pending()).toBe(0);
});

it('an address that refuses costs nothing', async () => {
  const server = await answering();
  const refusing = createServer().listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const { port } = refusing.address() as AddressInfo;
  refusing.close();
  await once(refusing, 'close');
  const { won } = raceOver([endpointAt('127.0.0.1', port), server]);
  const connected = await won;
  expect(connected).toMatchObject({ endpoint: server });
  if (connected.raw !== undefined) sockets.push(connected.raw);
});

it('addresses that all swallow end within the time for one connection, each with its reason', async () => {
  const hole = await blackHole();
  const { clock, won } = raceOver([hole, hole]);
  clock.advance(defaultS2sLimits.attemptDelayMs);
  clock.advance(defaultS2sLimits.connectMs);
  expect(await won).toEqual({
    raw: undefined,
    reasons: [expect.stringContaining('no answer'), expect.stringContaining('no answer')],
  });
});

it('an address is judged again when it is dialled, whatever it was when DNS gave it', async () => {
  const server = await answering();
  const { won } = raceOver([server], false);
  expect(await won).toEqual({ raw: undefined, reasons: [expect.stringContaining('loopback')] });
  expect(sockets).toEqual([]);
});
