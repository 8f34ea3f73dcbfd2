import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import type { SipSessionMode } from '../../src/config/gateway-configuration.ts';
import { HopRoutes } from '../../src/gateway/hop-routes.ts';
import { nextHopUsers } from '../../src/gateway/next-hop-users.ts';
import { hopFirstBackoffMs, hopMaxRetryAfterMs } from '../../src/gateway/sip/hop-limits.ts';
import type { SipResponse } from '../../src/gateway/sip/message.ts';
import type { Source } from '../../src/gateway/sip/transport.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { refuse } from '../../src/primitives/result.ts';
import { openConfiguration } from '../support/crossing.ts';
import { movableClock } from '../support/movable-clock.ts';
import {
  incomingRequest,
  responseWith,
  type Sent,
  scriptedEndpoint,
  settle,
  sipRequest,
  tcpSource,
} from './sip/home/request-script.ts';

const one = { host: 'fe01.contoso.example', port: 5070, transport: 'tcp' } as const;
const two = { host: 'fe02.contoso.example', port: 5061, transport: 'tls' } as const;
const domain = 'contoso.example' as Configuration['sipRoutes'][string]['identity'];

function setUp(...nextHops: readonly string[]) {
  return setUpFor('Pager', ...nextHops);
}

function setUpFor(sessionMode: SipSessionMode, ...nextHops: readonly string[]) {
  const [endpoint, clock, events] = [scriptedEndpoint(), movableClock(), [] as LogEvent[]];
  const hops = nextHops.length > 0 ? nextHops : ['fe01.contoso.example:5070;transport=tcp'];
  const configuration: Configuration = {
    ...openConfiguration,
    sipRoutes: { [domain]: { identity: domain, nextHops: hops, dnsLookup: 'Host', sessionMode } },
  };
  const ports = { clock, ids: { token: () => '7f' }, onEvent: (event: LogEvent) => void events.push(event) };
  const routes = new HopRoutes({ configuration: () => configuration, ports, endpoint });
  const users = nextHopUsers({
    routes,
    refreshSeconds: () => 28_800,
    ports,
    trust: { trustsAsHop: async ({ address }) => refuse(`${address} is nobody`) },
    onOutgoing: () => undefined,
    admit: () => refuse({ status: 403, more: {} }),
    onSubscribed: () => undefined,
    onNews: () => undefined,
  });
  /** What was sent beside the questions whether the hops are there. */
  const messages = (): readonly Sent[] => endpoint.sent.filter(({ request }) => request.method !== 'OPTIONS');
  async function deliver() {
    const outcome = users.deliver(delivery);
    await settle();
    return { outcome };
  }
  return { users, endpoint, messages, clock, events, routes, deliver };
}

const both = ['fe01.contoso.example:5070;transport=tcp', 'fe02.contoso.example:5061;transport=tls'] as const;

const delivery = {
  method: 'MESSAGE',
  from: 'sip:bob@fabrikam.example',
  to: 'sip:alice@contoso.example',
  headers: [],
  body: Buffer.from('Hello'),
} as const;

const ids = (events: readonly LogEvent[]): readonly string[] => events.map(({ id }) => id);

describe('a message for a user of the next hop', () => {
  it('goes where the route says, and ends with the answer', async () => {
    const { messages, events, deliver } = setUp();
    const { outcome } = await deliver();
    expect(messages()[0]?.destination).toEqual(one);
    messages()[0]?.answer(404);
    expect(await outcome).toEqual({ status: 404, reason: 'Reason 404' });
    expect(ids(events)).toEqual(['NextHopUp']);
  });

  it.each([
    ['timeout', 408, 'Next Hop Does Not Answer'],
    ['transport', 504, 'Next Hop Cannot Be Reached'],
  ] as const)(
    'that fails by %s is %i for its sender; the reason is in the event log alone',
    async (why, status, reason) => {
      const { messages, events, deliver } = setUp();
      const { outcome } = await deliver();
      messages()[0]?.fail(why);
      expect(await outcome).toEqual({ status, reason });
      expect(events).toMatchObject([
        { id: 'NextHopDown', level: 'warn', facts: { reason: why } },
        { id: 'NextHopUnreachable', level: 'warn', facts: { nextHop: both[0], reason: why } },
      ]);
    },
  );

  it('is 504 for its sender, never 503, when every hop answers 503', async () => {
    const { messages, events, deliver } = setUp(...both);
    const { outcome } = await deliver();
    messages()[0]?.answer(503);
    await settle();
    messages()[1]?.answer(503);
    expect(await outcome).toEqual({ status: 504, reason: 'Next Hop Cannot Be Reached' });
    expect(ids(events)).toEqual(['NextHopDown', 'NextHopDown', 'NextHopUnreachable']);
  });
});

describe('one hop of several', () => {
  it('is followed by the next one when it answers 503, with the same Call-ID and CSeq [RFC 3263 §4.3]', async () => {
    const { messages, deliver, routes } = setUp(...both);
    const { outcome } = await deliver();
    messages()[0]?.answer(503);
    await settle();
    const [first, second] = messages();
    expect([first?.destination, second?.destination]).toEqual([one, two]);
    for (const name of ['From', 'To', 'Call-ID', 'CSeq'])
      expect(second?.request.headers.get(name)).toBe(first?.request.headers.get(name));
    second?.answer(200);
    expect(await outcome).toMatchObject({ status: 200 });
    expect(routes.status()).toMatchObject([
      { hop: both[0], state: 'Down', reason: 'it answers 503 Reason 503' },
      { hop: both[1], state: 'Up' },
    ]);
  });

  it('is followed by the next one when it cannot be reached at all', async () => {
    const { messages, deliver } = setUp(...both);
    const { outcome } = await deliver();
    messages()[0]?.refuseConnection();
    await settle();
    messages()[1]?.answer(200);
    expect(await outcome).toMatchObject({ status: 200 });
  });

  it.each(['timeout', 'transport'] as const)(
    'may have taken a message that fails by %s: it is not sent again, and the next message goes elsewhere',
    async (why) => {
      const { messages, deliver } = setUp(...both);
      const { outcome } = await deliver();
      messages()[0]?.fail(why);
      expect([408, 504]).toContain((await outcome).status);
      expect(messages()).toHaveLength(1);
      await deliver();
      expect(messages()[1]?.destination).toEqual(two);
    },
  );

  it('is up when it refuses the user: other 4xx and 5xx are about the request', async () => {
    const { messages, deliver, routes } = setUp(...both);
    for (const [index, status] of [404, 408, 480, 500, 504].entries()) {
      const { outcome } = await deliver();
      messages()[index]?.answer(status);
      expect(await outcome).toMatchObject({ status });
    }
    expect(routes.status()).toMatchObject([{ state: 'Up' }, { state: 'Unknown' }]);
  });

  it('is not called down for a request that it had answered provisionally', async () => {
    const { messages, deliver, routes } = setUp(...both);
    const { outcome } = await deliver();
    messages()[0]?.options?.onProvisional?.(responseWith(100));
    messages()[0]?.fail('timeout');
    expect(await outcome).toMatchObject({ status: 408 });
    expect(routes.status()[0]).toMatchObject({ state: 'Up' });
  });

  it('that has been down longest is tried when all are down, rather than none', async () => {
    const { messages, deliver, clock } = setUp(...both);
    await deliver();
    messages()[0]?.answer(503);
    await settle();
    clock.advance(10);
    messages()[1]?.answer(503);
    await settle();
    const { outcome } = await deliver();
    expect(messages()[2]?.destination).toEqual(one);
    messages()[2]?.answer(202);
    expect(await outcome).toMatchObject({ status: 202 });
  });
});

describe('a hop that is down', () => {
  it('is asked by OPTIONS that end at itself, and is up again when it answers', async () => {
    const { endpoint, messages, clock, events, deliver, routes } = setUp();
    await deliver();
    messages()[0]?.answer(503);
    await settle();
    clock.advance(2 * hopFirstBackoffMs);
    await settle();
    const [options] = endpoint.sent.filter(({ request }) => request.method === 'OPTIONS');
    expect(options?.request.requestUri).toBe('sip:fe01.contoso.example');
    expect(options?.request.headers.get('Max-Forwards')).toBe('0');
    expect(options?.destination).toEqual(one);
    options?.answer(483);
    await settle();
    expect(routes.status()).toMatchObject([{ route: domain, state: 'Up' }]);
    expect(ids(events)).toEqual(['NextHopDown', 'NextHopUnreachable', 'NextHopUp']);
  });

  it.each([408, 503])('stays down when it answers the question with %i', async (status) => {
    const { endpoint, messages, clock, deliver, routes } = setUp();
    await deliver();
    messages()[0]?.answer(503);
    await settle();
    clock.advance(2 * hopFirstBackoffMs);
    await settle();
    endpoint.sent[1]?.answer(status);
    await settle();
    expect(routes.status()).toMatchObject([{ state: 'Down', reason: `it answers ${status} Reason ${status}` }]);
  });

  it('is left alone for as long as its Retry-After says, within reason [RFC 3261 §21.5.4]', async () => {
    const { endpoint, messages, clock, events, deliver } = setUp();
    await deliver();
    messages()[0]?.reply(responseWith(503, [['Retry-After', '120 (maintenance)']]));
    await settle();
    expect(events[0]).toMatchObject({ id: 'NextHopDown', facts: { nextHop: both[0], retryAfter: 120 } });
    clock.advance(119_999);
    await settle();
    expect(endpoint.sent).toHaveLength(1);
    clock.advance(1);
    await settle();
    expect(endpoint.sent[1]?.request.method).toBe('OPTIONS');

    endpoint.sent[1]?.reply(responseWith(503, [['Retry-After', '999999999']]));
    await settle();
    clock.advance(hopMaxRetryAfterMs);
    await settle();
    expect(endpoint.sent).toHaveLength(3);
  });
});

describe('a dialog with a user', () => {
  const media =
    'v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 5060 sip null\r\na=accept-types:text/plain\r\n';

  /** The 200 of the user's device. */
  function taken({ request: { headers } }: Sent): SipResponse {
    const copied = ['From', 'Call-ID', 'CSeq'].map((name) => [name, headers.get(name) ?? ''] as const);
    const own = [
      ['To', `${headers.get('To') ?? ''};tag=device`],
      ['Contact', '<sip:alice@192.0.2.1:5062;transport=tls>'],
      ['Content-Type', 'application/sdp'],
    ] as const;
    return { ...responseWith(200, [...copied, ...own]), body: Buffer.from(media) };
  }

  it('stays with the hop that took the INVITE, also when the one before it is up again', async () => {
    const { endpoint, messages, deliver, clock, routes } = setUpFor('Session', ...both);
    await deliver();
    messages()[0]?.answer(503);
    await settle();
    const invite = messages()[1];
    expect([invite?.request.method, invite?.destination]).toEqual(['INVITE', two]);
    if (invite !== undefined) invite.reply(taken(invite));
    await settle();
    expect(messages()[2]).toMatchObject({ request: { method: 'MESSAGE' }, destination: two });
    messages()[2]?.answer(200);

    clock.advance(2 * hopFirstBackoffMs);
    await settle();
    for (const sent of endpoint.sent) sent.answer(200);
    await settle();
    expect(routes.status()).toMatchObject([{ state: 'Up' }, { state: 'Up' }]);
    await deliver();
    expect(messages()[3]).toMatchObject({ request: { method: 'MESSAGE' }, destination: two });
  });

  it('is offered to each hop with a Contact that leads back from there', async () => {
    const { messages, deliver } = setUpFor('Session', ...both);
    await deliver();
    messages()[0]?.answer(503);
    await settle();
    const contacts = messages().map(({ request }) => request.headers.get('Contact'));
    expect(contacts).toEqual([expect.stringContaining(';transport=tcp>'), expect.stringContaining(';transport=tls>')]);
  });

  it.each([
    ['answers 503', (sent: Sent) => sent.answer(503)],
    ['cannot be reached', (sent: Sent) => sent.refuseConnection()],
  ])(
    'is given up when its hop %s: the message, which nobody has taken, opens another one by the next hop',
    async (_, fail) => {
      const { messages, deliver } = setUpFor('Session', ...both);
      const { outcome } = await deliver();
      const invite = messages()[0];
      if (invite !== undefined) invite.reply(taken(invite));
      await settle();
      const message = messages()[1];
      if (message !== undefined) fail(message);
      await settle();
      const again = messages()[2];
      expect([again?.request.method, again?.destination]).toEqual(['INVITE', two]);
      if (again !== undefined) again.reply(taken(again));
      await settle();
      messages()[3]?.answer(200);
      expect(await outcome).toMatchObject({ status: 200 });
    },
  );
});

describe('a subscription to the presence of a user', () => {
  const ends = { userAor: 'sip:alice@contoso.example', contactAor: 'sip:bob@fabrikam.example' };

  it('is made at the next hop that works, and refreshed where it was made', async () => {
    const { users, endpoint, messages, clock, routes } = setUp(...both);
    users.presence.follow(ends);
    await settle();
    messages()[0]?.answer(503);
    await settle();
    const subscribe = messages()[1];
    expect([subscribe?.request.method, subscribe?.destination]).toEqual(['SUBSCRIBE', two]);
    const copied = ['From', 'Call-ID', 'CSeq'].map(
      (name) => [name, subscribe?.request.headers.get(name) ?? ''] as const,
    );
    const own = [
      ['To', `<${ends.userAor}>;tag=n`],
      ['Contact', '<sip:fe02@192.0.2.2>'],
      ['Expires', '600'],
    ] as const;
    subscribe?.reply(responseWith(200, [...copied, ...own]));
    clock.advance(2 * hopFirstBackoffMs);
    await settle();
    for (const sent of endpoint.sent) sent.answer(200);
    await settle();
    expect(routes.status()).toMatchObject([{ state: 'Up' }, { state: 'Up' }]);
    const notify = {
      uri: 'sip:bob@192.0.2.9',
      from: `<${ends.userAor}>;tag=n`,
      to: subscribe?.request.headers.get('From') ?? '',
      headers: [['Subscription-State', 'active;expires=600']] as const,
    };
    const incoming = incomingRequest(sipRequest('NOTIFY', { ...notify, callId: copied[1]?.[1] ?? '' }));
    users.presence.notified(incoming);
    expect(incoming.answers).toMatchObject([{ status: 200 }]);
    clock.advance(600_000);
    await settle();
    expect(messages()[2]).toMatchObject({ request: { method: 'SUBSCRIBE' }, destination: two });
    expect(messages()[2]?.request.headers.get('To')).toContain(';tag=n');
  });
});

describe('strangers', () => {
  it('are told in the event log, each once a minute', async () => {
    const { users, events, clock } = setUp();
    const knock = async (address: string): Promise<void> => {
      const source: Source = { ...tcpSource, address };
      users.handle(incomingRequest(sipRequest('OPTIONS'), source));
      await settle();
    };
    await knock('192.0.2.1');
    await knock('192.0.2.1');
    await knock('192.0.2.2');
    clock.advance(60_000);
    await knock('192.0.2.1');
    expect(events.map(({ id, facts }) => [id, facts?.['address']])).toEqual(
      ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((address) => ['SipPeerNotTrusted', address]),
    );
    expect(events[0]?.facts).toMatchObject({
      reason: '192.0.2.1 is nobody',
      fix: 'xgw set-xmppgatewayconfiguration -TrustedSipPeers +192.0.2.1',
    });
  });
});
