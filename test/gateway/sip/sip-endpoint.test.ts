import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, Server } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import type { IncomingRequest } from '../../../src/gateway/sip/sip-endpoint.ts';
import type { Destination, TransportName } from '../../../src/gateway/sip/transport.ts';
import { isCodedError } from '../../../src/primitives/errors.ts';
import { closing, endpoint, freePort, outgoing, waiting } from './endpoints.ts';
import { udpPeer } from './wire.ts';

const to = (port: number, transport: TransportName, more: Partial<Destination> = {}): Destination => ({
  transport,
  host: '127.0.0.1',
  port,
  ...more,
});

describe('endpoint to endpoint', () => {
  it.each(['udp', 'tcp'] as const)('a request over %s gets its answer, with body both ways', async (transport) => {
    const bob = await endpoint({
      onRequest: (incoming) => incoming.respond(200, { headers: [['X-Note', 'hello']], body: Buffer.from('wörld') }),
    });
    const alice = await endpoint();
    const final = await alice.request(outgoing('MESSAGE', { body: 'gruß' }), to(bob.port, transport));
    expect(final).toMatchObject({ ok: true, response: { status: 200, reason: 'OK', body: Buffer.from('wörld') } });
    expect(final.ok && final.response.headers.get('X-Note')).toBe('hello');
    expect(bob.requests[0]).toMatchObject({
      request: { body: Buffer.from('gruß') },
      source: { transport, address: '127.0.0.1' },
    });
  });

  it('a request of more than 1300 bytes for UDP goes by TCP [RFC 3261 §18.1.1]', async () => {
    const bob = await endpoint();
    const alice = await endpoint();
    await alice.request(outgoing('MESSAGE', { body: 'x'.repeat(1300) }), to(bob.port, 'udp'));
    await alice.request(outgoing('MESSAGE', { body: 'x' }), to(bob.port, 'udp'));
    expect(bob.requests.map(({ source }) => source.transport)).toEqual(['tcp', 'udp']);
  });

  it('a MESSAGE of more than 1300 bytes MUST NOT go by UDP, where nobody takes TCP either [RFC 3428 §8]', async () => {
    const bob = await udpPeer();
    const alice = await endpoint();
    const long = { body: 'x'.repeat(1300) };
    const message = await alice.request(outgoing('MESSAGE', long), to(bob.port, 'udp'));
    expect(message).toMatchObject({ ok: false, isTooLong: true, isOurs: true, isUnsent: true });
    void alice.request(outgoing('PUBLISH', long), to(bob.port, 'udp'));
    expect(await bob.until((received) => received !== '')).toMatch(/^PUBLISH /);
  });

  it('requests to the same peer share a connection, and answers use it', async () => {
    const bob = await endpoint();
    const alice = await endpoint();
    await Promise.all(Array.from({ length: 20 }, () => alice.request(outgoing('MESSAGE'), to(bob.port, 'tcp'))));
    expect(new Set(bob.requests.map(({ source }) => source.connectionId)).size).toBe(1);
  });

  it('a connection can be used the other way by its id', async () => {
    const bob = await endpoint();
    const alice = await endpoint();
    await alice.request(outgoing('REGISTER'), to(bob.port, 'tcp'));
    const source = bob.requests[0]?.source;
    const back = await bob.request(
      outgoing('MESSAGE'),
      to(1, 'tcp', { host: '192.0.2.1', connectionId: source?.connectionId }),
    );
    expect(back).toMatchObject({ ok: true });
    expect(alice.requests[0]?.source.port).toBe(bob.port);
  });

  it('a host name is looked up, and the next address is tried when one takes no connection', async () => {
    const bob = await endpoint();
    const alice = await endpoint({
      lookup: async (host) => (host === 'pool.example' ? ['127.0.0.2', '127.0.0.1'] : []),
    });
    expect(await alice.request(outgoing('OPTIONS'), to(bob.port, 'tcp', { host: 'pool.example' }))).toMatchObject({
      ok: true,
    });
    expect(await alice.request(outgoing('OPTIONS'), to(bob.port, 'tcp', { host: 'gone.example' }))).toMatchObject({
      ok: false,
      why: 'transport',
      detail: 'gone.example has no address',
    });
  });

  it('a refused connection is a transport failure, not an exception', async () => {
    const alice = await endpoint();
    expect(await alice.request(outgoing('OPTIONS'), to(await freePort(), 'tcp'))).toMatchObject({
      ok: false,
      why: 'transport',
    });
  });

  it('closing ends requests under way', async () => {
    const bob = await endpoint({ onRequest: () => undefined });
    const alice = await endpoint();
    const pending = alice.request(outgoing('MESSAGE'), to(bob.port, 'tcp'));
    await bob.localAddress(to(alice.port, 'tcp'));
    await alice.close();
    expect(await pending).toMatchObject({ ok: false, why: 'transport' });
    expect(await alice.request(outgoing('OPTIONS'), to(bob.port, 'udp'))).toMatchObject({ ok: false });
  });

  it('closing is done whatever becomes of a connection meanwhile: it is being refused, or the peer resets it', async () => {
    const alice = await endpoint();
    const refused = alice.request(outgoing('OPTIONS'), to(await freePort(), 'tcp'));
    // The connection is on its way to the kernel, whose answer comes in a later turn.
    await new Promise((resolve) => process.nextTick(resolve));
    await alice.close();
    expect(await refused).toMatchObject({ ok: false, why: 'transport' });

    const peer = createServer((socket) => socket.on('data', () => socket.resetAndDestroy()));
    peer.listen(0, '127.0.0.1');
    closing(peer);
    await once(peer, 'listening');
    const address = peer.address();
    const bob = await endpoint();
    const reset = bob.request(outgoing('OPTIONS'), to(typeof address === 'object' ? (address?.port ?? 0) : 0, 'tcp'));
    await once(peer, 'connection');
    await bob.close();
    expect(await reset).toMatchObject({ ok: false });
  });

  it('adds Via, Max-Forwards and User-Agent, and keeps a Via below for proxies', async () => {
    const bob = await endpoint();
    const alice = await endpoint({ product: 'xgw/1.0', sentBy: 'gateway.contoso.example' });
    await alice.request(
      outgoing('MESSAGE', { headers: [['Via', 'SIP/2.0/UDP below;branch=z9hG4bKbelow']] }),
      to(bob.port, 'udp'),
    );
    const headers = bob.requests[0]?.request.headers;
    expect(headers?.getAll('Via')).toEqual([
      expect.stringContaining(`SIP/2.0/UDP gateway.contoso.example:${alice.port};branch=z9hG4bK`),
      'SIP/2.0/UDP below;branch=z9hG4bKbelow',
    ]);
    expect([headers?.get('Max-Forwards'), headers?.get('User-Agent')]).toEqual(['70', 'xgw/1.0']);
  });

  it('listens on every interface when no address is given, for IPv4 and IPv6', async () => {
    const bob = await endpoint({ listen: { port: 0, tlsPort: 0 } });
    const alice = await endpoint({ listen: { port: 0, tlsPort: 0 } });
    for (const transport of ['udp', 'tcp'] as const) {
      expect(await alice.request(outgoing('OPTIONS'), to(bob.port, transport))).toMatchObject({ ok: true });
    }
    expect(bob.requests.map(({ source }) => source.address)).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(await alice.localAddress(to(bob.port, 'udp'))).toEqual({
      ok: true,
      value: { host: '127.0.0.1', port: alice.port },
    });
  });
});

describe('INVITE and its companions', () => {
  it('a refused INVITE is acknowledged below the TU', async () => {
    const bob = await endpoint({ onRequest: (incoming) => incoming.respond(486) });
    const alice = await endpoint();
    expect(await alice.request(outgoing('INVITE'), to(bob.port, 'udp'))).toMatchObject({ response: { status: 486 } });
    expect(bob.requests.map(({ request }) => request.method)).toEqual(['INVITE']);
  });

  it('a provisional response comes up before the final one', async () => {
    const bob = await endpoint({
      onRequest(incoming) {
        incoming.respond(180);
        incoming.respond(200);
      },
    });
    const alice = await endpoint();
    const seen: number[] = [];
    await alice.request(outgoing('INVITE'), to(bob.port, 'tcp'), { onProvisional: ({ status }) => seen.push(status) });
    expect(seen).toEqual([180]);
  });

  it('the ACK of a 2xx comes up to the TU', async () => {
    const { promise, resolve } = waiting<IncomingRequest>();
    const bob = await endpoint({
      onRequest: (incoming) => (incoming.request.method === 'ACK' ? resolve(incoming) : incoming.respond(200)),
    });
    const alice = await endpoint();
    const invite = outgoing('INVITE');
    const final = await alice.request(invite, to(bob.port, 'tcp'));
    const toValue = final.ok ? (final.response.headers.get('To') ?? '') : '';
    await alice.sendAck(
      { ...invite, method: 'ACK', headers: invite.headers.with('To', toValue).with('CSeq', '1 ACK') },
      to(bob.port, 'tcp'),
    );
    expect((await promise).request.headers.get('To')).toBe(toValue);
  });

  it('CANCEL: 200 for itself, 487 for the INVITE, and the TU learns of it [RFC 3261 §9.2]', async () => {
    const bob = await endpoint({ onRequest: (incoming) => incoming.respond(180) });
    const alice = await endpoint();
    const cancel = new AbortController();
    const final = await alice.request(outgoing('INVITE'), to(bob.port, 'tcp'), {
      signal: cancel.signal,
      onProvisional: () => cancel.abort(),
    });
    expect(final).toMatchObject({ ok: true, response: { status: 487 } });
    expect(bob.requests.map(({ cancelled }) => cancelled.aborted)).toEqual([true]);
  });

  it('a CANCEL that fits nothing gets 481', async () => {
    const bob = await endpoint();
    const alice = await endpoint();
    expect(await alice.request(outgoing('CANCEL'), to(bob.port, 'tcp'))).toMatchObject({ response: { status: 481 } });
    expect(bob.requests).toEqual([]);
  });
});

describe('what the endpoint decides itself', () => {
  it('MUST answer 483 to a request without hops left, unless it is for us alone', async () => {
    const bob = await endpoint();
    const alice = await endpoint();
    const last = { headers: [['Max-Forwards', '0']] as [string, string][] };
    expect(await alice.request(outgoing('MESSAGE', last), to(bob.port, 'tcp'))).toMatchObject({
      response: { status: 483 },
    });
    expect(await alice.request(outgoing('OPTIONS', last), to(bob.port, 'tcp'))).toMatchObject({
      response: { status: 200 },
    });
  });

  it('SHOULD answer 482 to a request that arrives twice on different ways [RFC 3261 §8.2.2.2]', async () => {
    const bob = await endpoint({ onRequest: () => undefined });
    const alice = await endpoint();
    const request = outgoing('MESSAGE');
    void alice.request(request, to(bob.port, 'tcp'));
    expect(await alice.request(request, to(bob.port, 'tcp'))).toMatchObject({ response: { status: 482 } });
    expect(bob.requests).toHaveLength(1);
  });

  it('MUST remove a preloaded Route that names us, and only that one', async () => {
    const bob = await endpoint({ isOurHost: (host) => host === 'contoso.example' });
    const alice = await endpoint();
    const withRoute = (...routes: string[]) =>
      outgoing('MESSAGE', { headers: routes.map((route) => ['Route', route]) });
    await alice.request(withRoute(`<sip:127.0.0.1:${bob.port};lr>`, '<sip:next.example;lr>'), to(bob.port, 'udp'));
    await alice.request(withRoute('<sip:contoso.example;lr>'), to(bob.port, 'udp'));
    await alice.request(withRoute('<sip:other.example;lr>'), to(bob.port, 'udp'));
    expect(bob.requests.map(({ request }) => request.headers.getAll('Route'))).toEqual([
      ['<sip:next.example;lr>'],
      [],
      ['<sip:other.example;lr>'],
    ]);
  });

  it('BENOTIFY is passed up and never answered', async () => {
    const { promise, resolve } = waiting<IncomingRequest>();
    const bob = await endpoint({ onRequest: resolve });
    const alice = await endpoint();
    void alice.request(outgoing('BENOTIFY'), to(bob.port, 'tcp'));
    const incoming = await promise;
    incoming.respond(200);
    expect(bob.events.filter(({ type }) => type === 'sent')).toEqual([]);
  });

  it('as a proxy, relays a response without its own Via', async () => {
    const carol = await endpoint({ onRequest: (incoming) => incoming.respond(202) });
    const bob = await endpoint({
      onRequest(incoming) {
        const { method, requestUri, headers, body } = incoming.request;
        void bob
          .request({ method, requestUri, headers, body }, to(carol.port, 'udp'))
          .then((final) => final.ok && incoming.relay(final.response));
      },
    });
    const alice = await endpoint();
    const final = await alice.request(outgoing('MESSAGE'), to(bob.port, 'udp'));
    expect(final).toMatchObject({ ok: true, response: { status: 202 } });
    expect(final.ok && final.response.headers.getAll('Via')).toHaveLength(1);
  });
});

describe('listeners', () => {
  it.each(['tcp', 'udp'] as const)('a taken port is ListenerInUse and names the address and %s', async (transport) => {
    const port = await freePort();
    const blocker = closing(transport === 'tcp' ? createServer() : createSocket('udp4'));
    if (blocker instanceof Server) blocker.listen(port, '127.0.0.1');
    else blocker.bind(port, '127.0.0.1');
    await once(blocker, 'listening');
    const failure = await endpoint({ listen: { address: '127.0.0.1', port, tlsPort: 0 } }).catch(
      (error: unknown) => error,
    );
    expect(isCodedError(failure) && [failure.id, failure.target]).toEqual([
      'ListenerInUse',
      `127.0.0.1:${port}/${transport}`,
    ]);
  });

  it('a failed attempt leaves nothing open', async () => {
    const [port, tlsPort] = [await freePort(), await freePort()];
    const blocker = createServer().listen(tlsPort, '127.0.0.1');
    await once(blocker, 'listening');
    const listen = { address: '127.0.0.1', port, tlsPort };
    await expect(endpoint({ listen })).rejects.toMatchObject({ id: 'ListenerInUse' });
    blocker.close();
    await once(blocker, 'close');
    expect((await endpoint({ listen })).port).toBe(port);
  });

  it('an address of another machine is ListenerFailed', async () => {
    const failure = await endpoint({ listen: { address: '192.0.2.1', port: 0, tlsPort: 0 } }).catch(
      (error: unknown) => error,
    );
    expect(isCodedError(failure) && failure.id).toBe('ListenerFailed');
  });

  it('UDP and TCP have one port, and every listener is reported', async () => {
    const bob = await endpoint();
    await bob.close();
    const again = await bob.listen();
    expect(again.map(({ protocol }) => protocol)).toEqual(['sip-udp', 'sip-tcp']);
    expect(again[0]?.port).toBe(again[1]?.port);
  });
});
