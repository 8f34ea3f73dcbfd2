/** The endpoint against peers that lose, repeat, cut, flood or break the protocol. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import {
  firstMessageTimeoutMs,
  idleTimeoutMs,
  maxConnectionsPerAddress,
  messageTimeoutMs,
} from '../../../src/gateway/sip/limits.ts';
import type { IncomingRequest } from '../../../src/gateway/sip/sip-endpoint.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { closing, endpoint, outgoing, waiting } from './endpoints.ts';
import { count, tcpPeer, udpPeer, wireMessage, wireRequest } from './wire.ts';

const branchless = 'SIP/2.0/tcp 127.0.0.1:42236';

describe('retransmissions', () => {
  it('MUST hand a retransmitted request up once and repeat the answer', async () => {
    const bob = await endpoint();
    const peer = await udpPeer(bob.port);
    peer.send(wireRequest());
    await peer.until((text) => count(text, 'SIP/2.0 200') === 1);
    peer.send(wireRequest());
    const [first, second] = (await peer.until((text) => count(text, 'SIP/2.0 200') === 2)).split(/(?=SIP\/2.0 200)/);
    expect(second).toBe(first);
    expect(bob.requests).toHaveLength(1);
  });

  it('MUST forget the answer when timer J has fired', async () => {
    const clock = movableClock();
    const bob = await endpoint({ clock });
    const peer = await udpPeer(bob.port);
    peer.send(wireRequest());
    await peer.until((text) => count(text, 'SIP/2.0 200') === 1);
    clock.advance(32_000);
    peer.send(wireRequest());
    await peer.until((text) => count(text, 'SIP/2.0 200') === 2);
    expect(bob.requests).toHaveLength(2);
  });

  it('matches the repetition of a peer without branches, and tells its next request apart (RFC 2543)', async () => {
    const bob = await endpoint();
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest({ via: branchless }) + wireRequest({ via: branchless, cSeq: 2, method: 'INFO' }));
    await peer.until((text) => count(text, 'SIP/2.0 200') === 2);
    expect(bob.requests.map(({ request }) => request.method)).toEqual(['MESSAGE', 'INFO']);
  });

  it('MUST repeat a request over UDP with T1 doubled up to T2, and give up after 64*T1', async () => {
    const clock = movableClock();
    const alice = await endpoint({ clock });
    const silent = await udpPeer();
    const final = alice.request(outgoing('MESSAGE'), { transport: 'udp', host: '127.0.0.1', port: silent.port });
    let sent = 1;
    await silent.until((text) => count(text, 'MESSAGE sip:') === 1);
    for (const wait of [500, 1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000, 4000]) {
      clock.advance(wait);
      sent += 1;
      await silent.until((text) => count(text, 'MESSAGE sip:') === sent);
    }
    clock.advance(500);
    expect(await final).toEqual({ ok: false, why: 'timeout', detail: 'no answer came in time' });
    expect(sent).toBe(11);
  });

  it('a request that the TU never answers is forgotten when its sender has given up', async () => {
    const clock = movableClock();
    const { promise, resolve } = waiting<IncomingRequest>();
    const bob = await endpoint({ clock, onRequest: resolve });
    const peer = await udpPeer(bob.port);
    peer.send(wireRequest());
    const incoming = await promise;
    clock.advance(32_000);
    incoming.respond(200);
    expect(bob.events.map(({ type }) => type)).toEqual(['received']);
  });
});

describe('answers without a transaction', () => {
  it('a challenge leaves nothing behind: the same branch and CSeq is a new request', async () => {
    const bob = await endpoint({
      onRequest: (incoming) =>
        incoming.request.headers.has('Authorization') ? incoming.respond(200) : incoming.respondStateless(401),
    });
    const peer = await udpPeer(bob.port);
    peer.send(wireRequest({ method: 'REGISTER' }));
    await peer.until((text) => count(text, 'SIP/2.0 401') === 1);
    peer.send(wireRequest({ method: 'REGISTER', more: ['Authorization: Digest x'] }));
    await peer.until((text) => count(text, 'SIP/2.0 200') === 1);
    expect(bob.requests).toHaveLength(2);
  });
});

describe('where responses go [RFC 3261 §18.2.2, RFC 3581]', () => {
  it('MUST answer to the source port when rport was asked for, else to the sent-by port', async () => {
    const bob = await endpoint();
    const [asking, listening] = [await udpPeer(bob.port), await udpPeer(bob.port)];
    asking.send(wireRequest({ via: 'SIP/2.0/UDP 10.0.0.9:9;branch=z9hG4bKr;rport', callId: 'r' }));
    const answer = wireMessage(await asking.until((text) => text.includes('SIP/2.0 200')));
    expect(answer.headers.get('Via')).toBe(
      `SIP/2.0/UDP 10.0.0.9:9;branch=z9hG4bKr;rport=${asking.port};received=127.0.0.1`,
    );
    asking.send(wireRequest({ via: `SIP/2.0/UDP 127.0.0.1:${listening.port};branch=z9hG4bKs`, callId: 's' }));
    await listening.until((text) => text.includes('SIP/2.0 200'));
  });

  it('never follows maddr, which would aim answers at others', async () => {
    const bob = await endpoint();
    const [asking, victim] = [await udpPeer(bob.port), await udpPeer(bob.port)];
    asking.send(wireRequest({ via: `SIP/2.0/UDP 127.0.0.1:${victim.port};branch=z9hG4bKm;rport;maddr=127.0.0.1` }));
    await asking.until((text) => text.includes('SIP/2.0 200'));
    expect(victim.received).toBe('');
  });
});

describe('an INVITE without an ACK', () => {
  it('MUST repeat the 2xx until the ACK arrives, over TCP too [RFC 3261 §13.3.1.4]', async () => {
    const clock = movableClock();
    const bob = await endpoint({ clock });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest({ method: 'INVITE', via: branchless }));
    const first = await peer.until((text) => count(text, 'SIP/2.0 200') === 1);
    clock.advance(500);
    await peer.until((text) => count(text, 'SIP/2.0 200') === 2);
    clock.advance(1000);
    await peer.until((text) => count(text, 'SIP/2.0 200') === 3);
    const toTag = /^To: .*;tag=(\w+)/m.exec(first)?.[1] ?? '';
    peer.send(wireRequest({ method: 'ACK', via: branchless, toTag }) + wireRequest({ callId: 'after' }));
    await peer.until((text) => text.includes('Call-ID: after'));
    clock.advance(32_000);
    expect(count(peer.received, 'SIP/2.0 200')).toBe(4);
    expect(bob.events.some(({ type }) => type === 'ack-missing')).toBe(false);
    expect(bob.requests.map(({ request }) => request.method)).toEqual(['INVITE', 'ACK', 'MESSAGE']);
  });

  it('tells the TU when no ACK came within 64*T1', async () => {
    const clock = movableClock();
    const bob = await endpoint({ clock });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest({ method: 'INVITE' }));
    await peer.until((text) => count(text, 'SIP/2.0 200') === 1);
    clock.advance(32_000);
    expect(bob.events.filter(({ type }) => type === 'ack-missing')).toEqual([
      { type: 'ack-missing', callId: 'wire', localTag: bob.requests[0]?.localTag },
    ]);
  });

  it('MUST send 100 when the TU thinks longer than 200 ms, and 408 when it never answers', async () => {
    const clock = movableClock();
    const { promise, resolve } = waiting<IncomingRequest>();
    const bob = await endpoint({ clock, onRequest: resolve });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest({ method: 'INVITE' }));
    await promise;
    clock.advance(200);
    await peer.until((text) => text.includes('SIP/2.0 100 Trying'));
    clock.advance(300_000);
    await peer.until((text) => text.includes('SIP/2.0 408'));
  });

  it('a CANCEL from another address than the INVITE changes nothing', async () => {
    const { promise, resolve } = waiting<IncomingRequest>();
    const bob = await endpoint({ listen: { port: 0, tlsPort: 0 }, onRequest: resolve });
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest({ method: 'INVITE' }));
    const incoming = await promise;
    const other = connect({ port: bob.port, host: '127.0.0.1', localAddress: '127.0.0.5' });
    closing({ close: () => other.destroy() });
    other.write(wireRequest({ method: 'CANCEL' }));
    const [answer] = (await once(other, 'data')) as [Buffer];
    expect([String(answer).slice(0, 11), incoming.cancelled.aborted]).toEqual(['SIP/2.0 481', false]);
  });
});

describe('an INVITE of ours [RFC 3261 §9.1, §17.1.1]', () => {
  async function inviting() {
    const clock = movableClock();
    const alice = await endpoint({ clock });
    const peer = await udpPeer(alice.port);
    const cancel = new AbortController();
    const destination = { transport: 'udp', host: '127.0.0.1', port: peer.port } as const;
    const final = alice.request(outgoing('INVITE'), destination, { signal: cancel.signal });
    const invite = await peer.until((text) => text.includes('INVITE sip:'));
    const answer = (status: number): void => {
      const copied = invite.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq|To):/.test(line));
      const lines = [`SIP/2.0 ${status} Answer`, ...copied, 'Content-Length: 0', '', ''];
      peer.send(lines.join('\r\n').replace('<sip:bob@contoso.example>', '<sip:bob@contoso.example>;tag=bob'));
    };
    const branch = /branch=(\w+)/.exec(invite)?.[1] ?? '';
    return { clock, alice, peer, cancel, final, answer, branch };
  }

  it('MUST NOT be cancelled before a provisional response, and MUST be then, with the same branch', async () => {
    const { alice, peer, cancel, final, answer, branch } = await inviting();
    cancel.abort();
    // A whole request of ours goes by in the meantime, and no CANCEL.
    const probe = alice.request(outgoing('OPTIONS'), { transport: 'udp', host: '127.0.0.1', port: peer.port });
    await peer.until((text) => text.includes('OPTIONS sip:'));
    expect(peer.received).not.toContain('CANCEL sip:');
    answer(180);
    const text = await peer.until((received) => received.includes('CANCEL sip:'));
    expect(text.split('CANCEL sip:')[1]).toContain(branch);
    answer(487);
    expect(await final).toMatchObject({ ok: true, response: { status: 487 } });
    const withAck = await peer.until((received) => received.includes('ACK sip:'));
    expect(withAck.split('ACK sip:')[1]).toMatch(new RegExp(`${branch}[^]*;tag=bob[^]*CSeq: 1 ACK`));
    await alice.close();
    await probe;
  });

  it('ends as a timeout when a cancelled one is never answered', async () => {
    const { clock, peer, cancel, final, answer } = await inviting();
    answer(180);
    cancel.abort();
    await peer.until((received) => received.includes('CANCEL sip:'));
    clock.advance(32_000);
    expect(await final).toMatchObject({ ok: false, why: 'timeout' });
  });
});

describe('streams', () => {
  it('two requests in one segment get two answers; a request cut in three gets one', async () => {
    const bob = await endpoint();
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest({ callId: 'c1', via: branchless }) + wireRequest({ callId: 'c2', via: branchless }));
    await peer.until((text) => count(text, 'SIP/2.0 200') === 2);
    const text = wireRequest({ callId: 'c3', via: branchless, body: 'hello' });
    for (const part of [text.slice(0, 30), text.slice(30, -3), text.slice(-3)]) peer.send(part);
    await peer.until((received) => count(received, 'SIP/2.0 200') === 3);
    expect(bob.requests.map(({ request }) => request.headers.get('Call-ID'))).toEqual(['c1', 'c2', 'c3']);
  });

  it('a double CRLF is answered by a single one [RFC 5626 §4.4.1]', async () => {
    const peer = await tcpPeer((await endpoint()).port);
    peer.send('\r\n\r\n');
    expect(await peer.until((text) => text.length > 0)).toBe('\r\n');
  });

  it('a malformed request is answered with 400, and the next one is served', async () => {
    const peer = await tcpPeer((await endpoint()).port);
    peer.send(wireRequest({ callId: 'bad', more: ['Max-Forwards: 999'] }) + wireRequest({ callId: 'good' }));
    const text = await peer.until((received) => received.includes('SIP/2.0 200'));
    expect(text).toMatch(/^SIP\/2.0 400 /);
  });

  it('a message of unknown length is answered with 400 and ends the connection', async () => {
    const bob = await endpoint();
    const peer = await tcpPeer(bob.port);
    peer.send(wireRequest().replace('Content-Length: 0\r\n', ''));
    await peer.until((text) => text.includes('SIP/2.0 400'));
    await peer.closed;
    expect(bob.requests).toEqual([]);
  });

  it('bytes that are not SIP end the connection without an answer, and are counted', async () => {
    const bob = await endpoint();
    const peer = await tcpPeer(bob.port);
    peer.send('\u0016\u0003\u0001\u0002\u0000');
    await peer.closed;
    expect([peer.received, bob.events.map(({ type }) => type)]).toEqual(['', ['malformed']]);
  });

  it('datagrams that are not SIP are dropped and counted; keep-alives are not', async () => {
    const bob = await endpoint();
    const peer = await udpPeer(bob.port);
    for (const noise of ['\r\n\r\n', '\0\0\0\0', 'GET / HTTP/1.1\r\n\r\n', wireRequest()]) peer.send(noise);
    await peer.until((text) => text.includes('SIP/2.0 200'));
    expect(bob.events.map(({ type }) => type)).toEqual(['malformed', 'received', 'sent']);
  });

  it('a response that fits no request is dropped and counted', async () => {
    const bob = await endpoint();
    const peer = await udpPeer(bob.port);
    peer.send(wireRequest().replace('MESSAGE sip:bob@contoso.example SIP/2.0', 'SIP/2.0 200 OK'));
    peer.send(wireRequest());
    await peer.until((text) => text.includes('SIP/2.0 200'));
    expect(bob.events.map(({ type }) => type)).toEqual(['received', 'stray-response', 'received', 'sent']);
  });

  it.each([
    ['sends keep-alives only', '\r\n\r\n', firstMessageTimeoutMs],
    ['stops in the middle of a message', wireRequest() + wireRequest().slice(0, -9), messageTimeoutMs],
    ['falls silent', wireRequest(), idleTimeoutMs],
  ])('a peer that %s loses its connection', async (_what, text, timeoutMs) => {
    const clock = movableClock();
    const bob = await endpoint({ clock });
    const peer = await tcpPeer(bob.port);
    peer.send(text);
    // The answer to the first thing proves that all of it has arrived.
    await peer.until((received) => received !== '');
    clock.advance(timeoutMs - 1);
    expect(bob.events.filter(({ type }) => type === 'connection-refused')).toEqual([]);
    clock.advance(1);
    await peer.closed;
  });

  it('one address cannot take all connections', async () => {
    const bob = await endpoint();
    const peers = [];
    for (let made = 0; made < maxConnectionsPerAddress; made += 1) peers.push(await tcpPeer(bob.port));
    const oneMore = await tcpPeer(bob.port);
    await oneMore.closed;
    expect(bob.events).toMatchObject([{ type: 'limit-reached', limit: 'maxConnectionsPerAddress' }]);
    const [first] = peers;
    first?.close();
    await first?.closed;
    expect(await isServed(bob.port)).toBe(true);
  });
});

/** The server learns of a closed connection a little after the client; until then it may refuse. */
async function isServed(port: number, attempts = 100): Promise<boolean> {
  const peer = await tcpPeer(port);
  peer.send(wireRequest());
  const answered = peer.until((text) => text.includes('SIP/2.0 200')).then(() => true);
  if (await Promise.race([answered, peer.closed.then(() => false)])) return true;
  return attempts > 1 && isServed(port, attempts - 1);
}
