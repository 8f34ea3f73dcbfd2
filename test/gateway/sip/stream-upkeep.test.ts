/** Connections that are kept alive, that are reused, and that are given up: on the wire, with a clock that the test moves. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import {
  connectTimeoutMs,
  idleTimeoutMs,
  maxMalformedPerConnection,
  maxUnsentBytes,
  pingAfterMs,
  pongTimeoutMs,
} from '../../../src/gateway/sip/limits.ts';
import type { Destination } from '../../../src/gateway/sip/transport.ts';
import { type MovableClock, movableClock } from '../../support/movable-clock.ts';
import { closing, endpoint, freePort, outgoing } from './endpoints.ts';
import { count, tcpPeer, udpPeer, wireRequest } from './wire.ts';

const pingPattern = /\r\n\r\n$/;

/** A server that answers every request with 200, and pings as it is told; it keeps what it received. */
async function silentServer() {
  const sockets: Socket[] = [];
  let received = '';
  let check = (): void => undefined;
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received += String(bytes);
      check();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing({
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const destination: Destination = { transport: 'tcp', host: '127.0.0.1', port };
  return {
    destination,
    sockets,
    until: (fits: (text: string) => boolean): Promise<string> =>
      new Promise((resolve) => {
        check = () => (fits(received) ? resolve(received) : undefined);
        check();
      }),
    forget: () => void (received = ''),
    write: (text: string) => sockets[0]?.write(text),
  };
}

async function connected(clock: MovableClock) {
  const alice = await endpoint({ clock });
  const server = await silentServer();
  const final = alice.request(outgoing('OPTIONS'), server.destination);
  const request = await server.until((text) => text.includes('OPTIONS sip:'));
  const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq|To):/.test(line));
  const answer = ['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n');
  server.write(answer);
  await final;
  server.forget();
  return { alice, server };
}

const refusals = ({ events }: { events: readonly { type: string }[] }) =>
  events.filter(({ type }) => type === 'connection-refused');

describe('a connection that we opened', () => {
  it('is kept alive with a double CRLF while it is silent, and not before [RFC 5626 §4.4.1]', async () => {
    const clock = movableClock();
    const { server } = await connected(clock);
    clock.advance(pingAfterMs);
    expect(await server.until((text) => text !== '')).toBe('\r\n\r\n');
    clock.advance(pingAfterMs);
    await server.until((text) => text === '\r\n\r\n\r\n\r\n');
  });

  it('is given up when a peer that has answered a ping answers none any more [RFC 5626 §4.4.1]', async () => {
    const clock = movableClock();
    const { alice, server } = await connected(clock);
    const [socket] = server.sockets;
    clock.advance(pingAfterMs);
    await server.until((text) => text === '\r\n\r\n');
    // A request of the peer behind its pong proves that the pong has been read.
    server.write(`\r\n${wireRequest({ via: 'SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKp' })}`);
    await server.until((text) => text.includes('SIP/2.0 200'));
    clock.advance(pongTimeoutMs);
    expect(refusals(alice)).toEqual([]);
    server.forget();
    clock.advance(pingAfterMs - pongTimeoutMs);
    await server.until((text) => pingPattern.test(text));
    clock.advance(pongTimeoutMs);
    await once(socket as Socket, 'close');
    expect(refusals(alice)).toMatchObject([{ reason: 'the peer answers no keep-alive any more' }]);
  });

  it('is no worse for a peer that answers no pings at all: it is used until it is idle', async () => {
    const clock = movableClock();
    const { alice, server } = await connected(clock);
    const [socket] = server.sockets;
    const closed = once(socket as Socket, 'close');
    clock.advance(idleTimeoutMs - 1);
    expect(refusals(alice)).toEqual([]);
    clock.advance(1);
    await closed;
    expect(refusals(alice)).toMatchObject([{ reason: 'the connection was silent' }]);
  });

  it('is used in both directions: a request of the peer comes in on it [RFC 3261 §18]', async () => {
    const { alice, server } = await connected(movableClock());
    server.write(wireRequest({ via: 'SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKb' }));
    await server.until((text) => text.includes('SIP/2.0 200'));
    expect([alice.requests.length, server.sockets.length]).toEqual([1, 1]);
  });

  it('takes the answer of a ping for no ping of the peer: a pong has no answer', async () => {
    const clock = movableClock();
    const { server } = await connected(clock);
    for (let round = 1; round <= 2; round += 1) {
      server.forget();
      clock.advance(pingAfterMs);
      await server.until((text) => text === '\r\n\r\n');
      server.write(`\r\n${wireRequest({ via: `SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKr${round}`, callId: `r${round}` })}`);
      expect(await server.until((text) => text.includes('Call-ID: r'))).toMatch(/^\r\n\r\nSIP\/2\.0 200/);
    }
  });
});

describe('a connection that a peer opened', () => {
  it('is not pinged: that is for the one who opened it [RFC 5626 §4.4.1]', async () => {
    const clock = movableClock();
    const bob = await endpoint({ clock });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest());
    const answer = await peer.until((text) => text.includes('SIP/2.0 200'));
    clock.advance(5 * pingAfterMs);
    peer.send(wireRequest({ callId: 'later' }));
    const all = await peer.until((text) => text.includes('Call-ID: later'));
    expect(all.slice(answer.length)).toMatch(/^SIP\/2\.0 200/);
  });

  it('lives as long as the peer pings', async () => {
    const clock = movableClock();
    const bob = await endpoint({ clock });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest());
    let text = await peer.until((received) => received.includes('SIP/2.0 200'));
    for (let round = 0; round < 3; round += 1) {
      clock.advance(idleTimeoutMs - 1);
      peer.send('\r\n\r\n');
      const before = text.length;
      text = await peer.until((received) => received.length > before);
    }
    expect(refusals(bob)).toEqual([]);
  });

  it('is told to the endpoint by its id when it ends, whoever ends it', async () => {
    const ended: string[] = [];
    let told = (): void => undefined;
    const bob = await endpoint({ onInboundClosed: (id) => (ended.push(id), told()) });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest());
    await peer.until((text) => text.includes('SIP/2.0 200'));
    const isTold = new Promise<void>((resolve) => (told = resolve));
    peer.close();
    await isTold;
    expect(ended).toEqual([bob.requests[0]?.source.connectionId]);
  });

  it('ends when the peer does not read what it is sent', async () => {
    const bob = await endpoint({ onRequest: () => undefined });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest());
    await bob.told('received');
    peer.pause();
    const connectionId = bob.requests[0]?.source.connectionId;
    const back: Destination = { transport: 'tcp', host: '127.0.0.1', port: peer.port, connectionId };
    const body = 'x'.repeat(200_000);
    // What the kernel takes is not counted: so many at once are beyond any of its buffers.
    const sent = Array.from({ length: 3 + (8 * maxUnsentBytes) / body.length }, () =>
      bob.request(outgoing('MESSAGE', { body }), back),
    );
    await bob.told('connection-refused');
    expect(refusals(bob)).toMatchObject([{ reason: 'the peer does not read' }]);
    await bob.close();
    expect((await Promise.all(sent)).every(({ ok }) => !ok)).toBe(true);
  });

  it('ends with the eleventh malformed message, each answered, and the administrator is told once', async () => {
    const bob = await endpoint({ clock: movableClock() });
    const peer = await tcpPeer(bob.port);
    const bad = (number: number): string => wireRequest({ callId: `bad-${number}`, more: ['Max-Forwards: 999'] });
    peer.send(Array.from({ length: maxMalformedPerConnection + 1 }, (_, number) => bad(number)).join(''));
    peer.send(wireRequest({ callId: 'after' }));
    await peer.closed;
    expect(count(peer.received, 'SIP/2.0 400')).toBe(maxMalformedPerConnection + 1);
    expect(bob.requests).toEqual([]);
    expect(bob.events.filter(({ type }) => type === 'limit-reached')).toMatchObject([
      { limit: 'maxMalformedPerConnection', subject: '127.0.0.1', times: 1 },
    ]);
  });
});

describe('a TLS client', () => {
  it('that does not finish its handshake loses its connection', async () => {
    const clock = movableClock();
    const tlsPort = await freePort();
    const bob = await endpoint({ clock, listen: { address: '127.0.0.1', port: 0, tlsPort }, tls: () => undefined });
    const peer = await tcpPeer(tlsPort);
    while (clock.pending() === 0) await new Promise((resolve) => void setImmediate(resolve));
    clock.advance(connectTimeoutMs - 1);
    expect(bob.events).toEqual([]);
    clock.advance(1);
    await peer.closed;
    expect(bob.events).toMatchObject([{ type: 'connection-refused', reason: 'TLS: the handshake took too long' }]);
  });
});

describe('messages too long for UDP', () => {
  it('SHOULD go by UDP after all when nobody takes TCP there [RFC 3261 §18.1.1]', async () => {
    const alice = await endpoint();
    const peer = await udpPeer(alice.port);
    const destination: Destination = { transport: 'udp', host: '127.0.0.1', port: peer.port };
    const final = alice.request(outgoing('PUBLISH', { body: 'x'.repeat(1300) }), destination);
    expect(await peer.until((text) => text.includes('x'.repeat(1300)))).toMatch(/\r\nVia: SIP\/2\.0\/UDP /);
    await alice.close();
    await final;
  });

  it('MUST be taken up to the largest datagram [RFC 3261 §18.1.1]', async () => {
    const bob = await endpoint();
    const peer = await udpPeer(bob.port);
    const body = 'y'.repeat(65_507 - wireRequest({ body: 'y'.repeat(60_000) }).length + 60_000);
    peer.send(wireRequest({ body }));
    await peer.until((text) => text.includes('SIP/2.0 200'));
    expect(bob.requests[0]?.request.body.length).toBe(body.length);
  });

  it('an answer that no datagram holds is reported, and nothing waits for it', async () => {
    const clock = movableClock();
    const bob = await endpoint({
      clock,
      onRequest: (incoming) => incoming.respond(200, { body: Buffer.alloc(65_507) }),
    });
    const peer = await udpPeer(bob.port);
    peer.send(wireRequest());
    await bob.told('send-failed');
    await new Promise((resolve) => void setImmediate(resolve));
    expect(clock.pending()).toBe(0);
  });
});
