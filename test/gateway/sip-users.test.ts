/** Users of a home domain and of routed domains at once, with SIP elements on real sockets as the hops. */
import { describe, expect, it } from '@jest/globals';

import type { Configuration, SipDomain } from '../../src/config/configuration.ts';
import type { SipRoute } from '../../src/config/sip-route.ts';
import type { SipDelivery } from '../../src/gateway/crossing.ts';
import { hopFirstProbeMs, hopKeepAliveMs, locatedMs } from '../../src/gateway/sip/hop-limits.ts';
import { LoopGuard } from '../../src/gateway/sip/loop-guard.ts';
import type { IncomingRequest } from '../../src/gateway/sip/sip-endpoint.ts';
import { timerF } from '../../src/gateway/sip/timers.ts';
import { openSipSide } from '../../src/gateway/sip-side.ts';
import { randomIds } from '../../src/primitives/ids.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { refuse } from '../../src/primitives/result.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { openConfiguration } from '../support/crossing.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { movableClock } from '../support/movable-clock.ts';
import { closing, endpoint, freePort, outgoing, type TestEndpoint, waiting } from './sip/endpoints.ts';

const domain = (identity: string, isDefault = false) =>
  ({ [identity]: { identity: identity as SipDomain['identity'], isDefault } }) as const;

const route = (identity: string, nextHops: readonly string[], more: Partial<SipRoute> = {}) => ({
  [identity]: {
    identity: identity as SipRoute['identity'],
    nextHops,
    dnsLookup: 'Host' as const,
    sessionMode: 'Pager' as const,
    ...more,
  },
});

const tcpAt = (port: number): string => `127.0.0.1:${port};transport=tcp`;

/** contoso.example has a route, home.example has none. */
async function setUp(
  routes: Configuration['sipRoutes'],
  dnsServers: readonly string[] = [],
  trustedSipPeers: readonly string[] = [],
) {
  const clock = movableClock();
  const [events, crossed]: [LogEvent[], string[]] = [[], []];
  const watching = new Set<() => void>();
  const state: { configuration: Configuration } = {
    configuration: {
      ...openConfiguration,
      sipDomains: { ...domain('contoso.example', true), ...domain('home.example') },
      sipRoutes: routes,
      users: {
        'sip:carol@home.example': { identity: 'sip:carol@home.example', displayName: '', survivableBranch: false },
      },
      gateway: {
        ...openConfiguration.gateway,
        sipListenAddress: '127.0.0.1',
        sipPort: 0,
        sipTlsPort: 0,
        dnsServers,
        trustedSipPeers,
      },
    },
  };
  const side = await openSipSide(
    () => state.configuration,
    {
      clock,
      ids: randomIds,
      onEvent(event) {
        events.push(event);
        for (const look of watching) look();
      },
      certificate: () => undefined,
      anchors: () => [],
      readAnchors: () => [],
      digestSecrets: () => undefined,
      dialbackSecret: () => new Secret('secret'),
    },
    {
      loops: new LoopGuard(randomIds),
      onOutgoing(request) {
        crossed.push(`${request.request.method} ${request.aor}`);
        request.respond(202);
      },
      admit: () => refuse({ status: 403, more: {} }),
      onPresenceChange: () => undefined,
      onSubscribed: () => undefined,
      watchersOf: () => [],
      onNews: () => undefined,
    },
  );
  closing(side);
  const port = side.listeners[0]?.port ?? 0;
  return {
    side,
    clock,
    port,
    crossed,
    set(gateway: Partial<Configuration['gateway']>): void {
      state.configuration = { ...state.configuration, gateway: { ...state.configuration.gateway, ...gateway } };
    },
    change(sipRoutes: Configuration['sipRoutes']): boolean {
      state.configuration = { ...state.configuration, sipRoutes };
      return side.reconsider();
    },
    /** Resolves when there has been an event of this kind. */
    event: (id: string, nth = 1): Promise<LogEvent> =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.filter((event) => event.id === id)[nth - 1];
          if (found !== undefined) resolve(found);
        };
        watching.add(look);
        look();
      }),
  };
}

/** A SIP element that answers MESSAGEs as told, and everything else with 200. */
async function sipServer(answer: (incoming: IncomingRequest) => void = (incoming) => incoming.respond(200)) {
  const server = await endpoint({
    onRequest: (incoming) => (incoming.request.method === 'MESSAGE' ? answer(incoming) : incoming.respond(200)),
  });
  const messages = (): readonly IncomingRequest[] =>
    server.requests.filter(({ request }) => request.method === 'MESSAGE');
  return { server, messages, hop: tcpAt(server.port) };
}

const to = (user: string): SipDelivery => ({
  method: 'MESSAGE',
  from: 'sip:bob@fabrikam.example',
  to: user,
  headers: [['Content-Type', 'text/plain;charset=UTF-8']],
  body: Buffer.from('Hello'),
});
const [alice, carol] = ['sip:alice@contoso.example', 'sip:carol@home.example'];

/** What a SIP element gets as an answer when somebody says to be this sender. */
async function says(
  server: TestEndpoint,
  port: number,
  { method = 'MESSAGE', from = alice, uri = 'sip:bob@fabrikam.example' },
) {
  const request = outgoing(method, { uri });
  const headers = request.headers.with('From', `<${from}>;tag=f`).with('To', `<${method === 'REGISTER' ? from : uri}>`);
  const final = await server.request({ ...request, headers }, { transport: 'tcp', host: '127.0.0.1', port });
  return final.ok ? final.response.status : final.why;
}

describe('a SIP domain with a route and one without', () => {
  it('get their messages each where its users are, through one gateway', async () => {
    const { messages, hop } = await sipServer();
    const { side } = await setUp(route('contoso.example', [hop]));
    expect(await side.deliver(to(alice))).toMatchObject({ status: 200 });
    // Carol has no device, which the home server knows.
    expect(await side.deliver(to(carol))).toMatchObject({ status: 480 });
    expect(messages().map(({ request }) => request.requestUri)).toEqual([alice]);
  });

  it('are spoken for by the hop alone, and by digest alone; nobody is relayed', async () => {
    const { server, hop } = await sipServer();
    const { port, crossed } = await setUp(route('contoso.example', [hop]));
    expect(await says(server, port, {})).toBe(202);
    expect(crossed).toEqual([`MESSAGE ${alice}`]);
    expect(await says(server, port, { from: carol })).toBe(407);
    expect(await says(server, port, { method: 'REGISTER', from: carol, uri: 'sip:home.example' })).toBe(401);
    expect(await says(server, port, { method: 'REGISTER', from: alice, uri: 'sip:contoso.example' })).toBe(405);
    expect(await says(server, port, { method: 'PUBLISH', from: alice, uri: alice })).toBe(405);
    expect(await says(server, port, { from: 'sip:eve@elsewhere.example' })).toBe(403);
    expect(await says(server, port, { from: 'sip:eve@elsewhere.example', uri: carol })).toBe(403);
    expect(await says(server, port, { method: 'OPTIONS', from: 'sip:fe01.contoso.example' })).toBe(200);
    expect(crossed).toHaveLength(1);
  });

  it('are not spoken for by a stranger, wherever the domain is', async () => {
    const { server } = await sipServer();
    const { port, event, crossed } = await setUp(route('contoso.example', ['192.0.2.1:5060;transport=tcp']));
    expect(await says(server, port, {})).toBe(403);
    expect((await event('SipPeerNotTrusted')).facts).toMatchObject({
      reason: '127.0.0.1 is not an address of 192.0.2.1',
    });
    expect(crossed).toEqual([]);
  });

  it('change places at once, on the same listeners', async () => {
    const [first, second] = [await sipServer(), await sipServer()];
    const { side, change, port } = await setUp(route('contoso.example', [first.hop]));
    await side.deliver(to(alice));
    expect(change(route('contoso.example', [second.hop]))).toBe(true);
    await side.deliver(to(alice));
    expect([first.messages(), second.messages()].map(({ length }) => length)).toEqual([1, 1]);

    expect(change(route('home.example', [second.hop]))).toBe(true);
    await side.deliver(to(carol));
    expect(second.messages()).toHaveLength(2);
    expect(await side.deliver(to(alice))).toMatchObject({ status: 404 });
    expect(await says(first.server, port, { method: 'REGISTER', from: alice, uri: 'sip:contoso.example' })).toBe(401);
    expect(side.hops()).toMatchObject([{ route: 'home.example', hop: second.hop }]);
  });

  it('lose their registrations here when a route takes their domain away', async () => {
    const { server, hop } = await sipServer();
    const { side, change, port } = await setUp({}, [], ['127.0.0.1']);
    const register = outgoing('REGISTER', {
      uri: 'sip:home.example',
      headers: [['Contact', '<sip:carol@127.0.0.1:9>']],
    });
    const headers = register.headers.with('From', `<${carol}>;tag=f`).with('To', `<${carol}>`);
    const final = await server.request({ ...register, headers }, { transport: 'tcp', host: '127.0.0.1', port });
    expect(final).toMatchObject({ ok: true, response: { status: 200 } });
    expect(side.home.registrations()).toHaveLength(1);
    change(route('home.example', [hop]));
    expect(side.home.registrations()).toEqual([]);
  });

  it('are not disturbed when a route gets one hop more: nobody has moved', async () => {
    const [first, second] = [await sipServer(), await sipServer()];
    const { side, change } = await setUp(route('contoso.example', [first.hop]));
    await side.deliver(to(alice));
    expect(change(route('contoso.example', [first.hop, second.hop]))).toBe(false);
    expect(side.hops()).toMatchObject([{ state: 'Up' }, { state: 'Unknown' }]);
  });
});

describe('the documents of a contact', () => {
  const [pidf, categories] = ['application/pidf+xml', 'application/msrtc-event-categories+xml'];
  const contact = 'sip:juliet@fabrikam.example';
  const open = `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${contact}"><tuple id="t"><status><basic>open</basic></status></tuple></presence>`;

  it('are in the format that SipPresenceFormat says for a client of Lync, from its next subscription on', async () => {
    const types = new Map<string, (type: string | undefined) => void>();
    const server = await endpoint({
      onRequest(incoming) {
        const { headers, body } = incoming.request;
        incoming.respond(200);
        if (body.length > 0) types.get(headers.get('Call-ID') ?? '')?.(headers.get('Content-Type'));
      },
    });
    const { side, port, set } = await setUp(route('contoso.example', [tcpAt(server.port)]));

    async function typeToldTo(callId: string): Promise<string | undefined> {
      const { promise, resolve } = waiting<string | undefined>();
      types.set(callId, resolve);
      const request = outgoing('SUBSCRIBE', { uri: contact });
      const headers = request.headers
        .with('From', `<${alice}>;tag=${callId}`)
        .with('To', `<${contact}>`)
        .with('Call-ID', callId)
        .with('Contact', `<sip:alice@127.0.0.1:${server.port};transport=tcp>`)
        .with('Event', 'presence')
        .with('Accept', `${categories}, application/xpidf+xml, text/xml+msrtc.pidf, ${pidf}`)
        .with('Expires', '600');
      const final = await server.request({ ...request, headers }, { transport: 'tcp', host: '127.0.0.1', port });
      expect(final).toMatchObject({ ok: true, response: { status: 200 } });
      side.presence.notify(contact, alice, { state: 'active', document: open });
      return promise;
    }
    expect(await typeToldTo('first')).toBe(pidf);
    set({ sipPresenceFormat: 'Categories' });
    expect(await typeToldTo('second')).toBe(categories);
  });
});

describe('several hops', () => {
  it('get one message in turn, each in a transaction of its own [RFC 3263 §4.3]', async () => {
    const overloaded = await sipServer((incoming) => incoming.respond(503, { headers: [['Retry-After', '30']] }));
    const working = await sipServer();
    const { side, event } = await setUp(route('contoso.example', [overloaded.hop, working.hop]));
    expect(await side.deliver(to(alice))).toMatchObject({ status: 200 });
    const [one, two] = [overloaded.messages()[0], working.messages()[0]].map((incoming) => incoming?.request.headers);
    expect(two?.get('Call-ID')).toBe(one?.get('Call-ID'));
    expect(two?.get('Via')).not.toBe(one?.get('Via'));
    expect(two?.get('Via')).toMatch(/;branch=z9hG4bK/);
    expect((await event('NextHopDown')).facts).toMatchObject({ nextHop: overloaded.hop, retryAfter: 30 });

    await side.deliver(to(alice));
    expect([overloaded.messages(), working.messages()].map(({ length }) => length)).toEqual([1, 2]);
  });

  it('are known to be down and up again before any message, by OPTIONS', async () => {
    const port = await freePort();
    const { side, clock, event } = await setUp(route('contoso.example', [tcpAt(port)]));
    clock.advance(2 * hopFirstProbeMs);
    expect((await event('NextHopDown')).facts).toMatchObject({
      nextHop: tcpAt(port),
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(side.hops()).toMatchObject([
      { state: 'Down', reason: expect.stringContaining('ECONNREFUSED'), since: expect.any(String) },
    ]);

    const server = await endpoint({ listen: { address: '127.0.0.1', port, tlsPort: 0 } });
    clock.advance(hopKeepAliveMs);
    await event('NextHopUp');
    expect(side.hops()).toMatchObject([{ state: 'Up' }]);
    expect(server.requests.map(({ request }) => [request.method, request.headers.get('Max-Forwards')])).toEqual([
      ['OPTIONS', '0'],
    ]);
  });

  it('are asked again when they end a connection: one that is stopped is down before the next message', async () => {
    const { server, hop } = await sipServer();
    const { side, clock, event } = await setUp(route('contoso.example', [hop]));
    await side.deliver(to(alice));
    await server.close();
    await event('SipConnectionClosed');
    clock.advance(2 * hopFirstProbeMs);
    expect((await event('NextHopDown')).facts).toMatchObject({ reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('are asked now and then while nothing is to be sent, and are down when they stay silent', async () => {
    const [asked, answers] = [waiting<void>(), [200]];
    const server = await endpoint({
      onRequest(incoming) {
        const answer = answers.shift();
        if (answer === undefined) asked.resolve();
        else incoming.respond(answer);
      },
    });
    const { clock, event, side } = await setUp(route('contoso.example', [tcpAt(server.port)]));
    clock.advance(2 * hopFirstProbeMs);
    await event('NextHopUp');
    clock.advance(hopKeepAliveMs);
    await asked.promise;
    clock.advance(timerF);
    expect((await event('NextHopDown')).facts).toMatchObject({ reason: 'no answer came in time' });
    expect(side.hops()).toMatchObject([{ state: 'Down' }]);
  });
});

describe('hops that DNS names', () => {
  it('are those of the SRV records, in their order, and the administrator sees them by their own names', async () => {
    const [dns, port, working] = [await startDnsServer(), await freePort(), await sipServer()];
    const srvName = '_sip._tcp.sip.contoso.example';
    dns.srv(
      srvName,
      { priority: 1, weight: 0, port, target: 'fe01.contoso.example' },
      { priority: 2, weight: 0, port: working.server.port, target: 'fe02.contoso.example' },
    );
    dns.a('fe01.contoso.example', '127.0.0.1');
    dns.a('fe02.contoso.example', '127.0.0.1');
    const routes = route('contoso.example', ['sip.contoso.example;transport=tcp'], { dnsLookup: 'Sip' });
    const { side, port: ours, clock } = await setUp(routes, [dns.address]);
    expect(side.hops()).toEqual([
      { route: 'contoso.example', hop: 'sip.contoso.example:5060;transport=tcp', state: 'Unknown' },
    ]);
    expect(await side.deliver(to(alice))).toMatchObject({ status: 200 });
    expect(side.hops()).toMatchObject([
      { hop: `fe01.contoso.example:${port};transport=tcp`, state: 'Down' },
      { hop: `fe02.contoso.example:${working.server.port};transport=tcp`, state: 'Up' },
    ]);
    expect(await says(working.server, ours, {})).toBe(202);

    // Asked once a while, and still known when DNS is not there any more.
    const asked = dns.questions.filter((question) => question === `SRV ${srvName}`).length;
    expect(asked).toBe(1);
    dns.breakName(srvName);
    clock.advance(locatedMs);
    expect(await side.deliver(to(alice))).toMatchObject({ status: 200 });
  });

  it('that it does not name are down with the reason, and the sender is told', async () => {
    const dns = await startDnsServer();
    dns.srv('_sip._tcp.sip.contoso.example', { priority: 0, weight: 0, port: 0, target: '.' });
    const routes = route('contoso.example', ['sip.contoso.example;transport=tcp'], { dnsLookup: 'Sip' });
    const { side } = await setUp(routes, [dns.address]);
    expect(await side.deliver(to(alice))).toMatchObject({ status: 504 });
    expect(side.hops()).toMatchObject([
      { state: 'Down', reason: 'sip.contoso.example says in DNS that it has no such SIP server' },
    ]);
  });
});
