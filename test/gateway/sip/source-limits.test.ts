/** What one source may send before it is not listened to any more: on the wire, with a clock that stands still. */
import { describe, expect, it } from '@jest/globals';

import type { SipOptions, Standing } from '../../../src/gateway/sip/sip-options.ts';
import { requestBurstSeconds, requestsPerSecond, SourceLimits } from '../../../src/gateway/sip/source-limits.ts';
import type { Source } from '../../../src/gateway/sip/transport.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { endpoint } from './endpoints.ts';
import { count, tcpPeer, udpPeer, wireRequest } from './wire.ts';

const burst = requestsPerSecond.perStranger * requestBurstSeconds;

async function limited(standing: Standing = 'stranger') {
  const clock = movableClock();
  const bob = await endpoint({ clock, standingOf: () => standing });
  const met = () => bob.events.filter(({ type }) => type === 'limit-reached');
  return { clock, bob, met };
}

const request = (number: number, method = 'MESSAGE'): string =>
  wireRequest({ method, callId: `flood-${number}`, via: `SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKf${number};rport` });

const flood = (first: number, length: number): string =>
  Array.from({ length }, (_, index) => request(first + index)).join('');

describe('a stranger who sends too many requests', () => {
  it('on a connection is told 503 with Retry-After, and nobody looks at what it sent [RFC 3261 §21.5.4]', async () => {
    const { clock, bob, met } = await limited();
    const peer = await tcpPeer(bob.port);
    peer.send(flood(0, burst + 1));
    const text = await peer.until((received) => received.includes('SIP/2.0 503'));
    expect(text.split('SIP/2.0 503')[1]).toMatch(/Call-ID: flood-200\r\n[^]*Retry-After: 10\r\n/);
    expect([bob.requests.length, met()]).toMatchObject([
      burst,
      [{ limit: 'requestsPerSecond.perStranger', subject: '127.0.0.1', times: 1 }],
    ]);
    // A fiftieth of a second later it may send one more.
    clock.advance(1000 / requestsPerSecond.perStranger);
    peer.send(request(burst + 1));
    await peer.until((received) => received.includes(`Call-ID: flood-${burst + 1}\r\n`));
    expect(count(peer.received, 'SIP/2.0 503')).toBe(1);
  });

  it('by datagrams is not answered: the answers would go to whoever it says it is', async () => {
    const { clock, bob } = await limited();
    const peer = await udpPeer(bob.port);
    for (let number = 0; number < burst; number += 1) {
      peer.send(request(number));
      await peer.until((text) => text.includes(`Call-ID: flood-${number}\r\n`));
    }
    peer.send(request(burst));
    await bob.told('limit-reached');
    clock.advance(1000 / requestsPerSecond.perStranger);
    peer.send(request(burst + 1));
    const text = await peer.until((received) => received.includes(`Call-ID: flood-${burst + 1}\r\n`));
    expect([text.includes(`Call-ID: flood-${burst}\r\n`), bob.requests.length]).toEqual([false, burst + 1]);
  });

  it('spends as much by malformed messages and by repetitions', async () => {
    const { bob } = await limited();
    const peer = await udpPeer(bob.port);
    const noise = ['nonsense', request(0), request(0)];
    for (let sent = 0; sent <= burst; sent += 1) peer.send(noise[sent % 3] ?? '');
    await bob.told('limit-reached');
    expect(bob.requests).toHaveLength(1);
  });

  it('is told to the administrator once a minute, with how often', async () => {
    const { clock, bob, met } = await limited();
    const peer = await tcpPeer(bob.port);
    peer.send(flood(0, burst + 3));
    await peer.until((text) => text.includes(`Call-ID: flood-${burst + 2}\r\n`));
    clock.advance(60_000);
    peer.send(flood(1000, burst + 1));
    await peer.until((text) => text.includes(`Call-ID: flood-${1000 + burst}\r\n`));
    expect(met()).toMatchObject([{ times: 1 }, { times: 3 }]);
  });
});

describe('who is known', () => {
  it('as a trusted peer is never told so, however much it sends', async () => {
    const { bob, met } = await limited('trusted');
    const peer = await tcpPeer(bob.port);
    peer.send(flood(0, 3 * burst));
    await peer.until((text) => count(text, 'SIP/2.0 200') === 3 * burst);
    expect(met()).toEqual([]);
  });

  it('as a registered device may send four times as much as a stranger, and no more', () => {
    const events: unknown[] = [];
    const options: Pick<SipOptions, 'clock' | 'standingOf' | 'onEvent'> = {
      clock: movableClock(),
      standingOf: () => 'registered',
      onEvent: (event) => void events.push(event),
    };
    const limits = new SourceLimits(options);
    const source: Source = { transport: 'tcp', address: '2001:db8::1', port: 5060 };
    let admitted = 0;
    while (limits.admits(source) && admitted < 10 * burst) admitted += 1;
    expect(admitted).toBe(burst + requestsPerSecond.perRegistered * requestBurstSeconds);
    expect(events).toMatchObject([{ limit: 'requestsPerSecond.perRegistered', subject: '2001:db8:0:0' }]);
  });

  it('one source takes nothing from another; addresses of one /64 are one', () => {
    const limits = new SourceLimits({ clock: movableClock(), standingOf: () => 'stranger' });
    const from = (address: string): boolean => limits.admits({ transport: 'udp', address, port: 5060 });
    for (let sent = 0; sent < burst; sent += 1) from('2001:db8::1');
    expect([from('2001:db8::2'), from('2001:db8:0:1::1'), from('192.0.2.1')]).toEqual([false, true, true]);
  });
});
