import { describe, expect, it } from '@jest/globals';

import { type Pidf, printPidf } from '../../../../src/gateway/sip/bodies/pidf.ts';
import { deliveryTimeoutMs } from '../../../../src/gateway/sip/home/fork.ts';
import { fetchWaitMs } from '../../../../src/gateway/sip/home/notifier.ts';
import { alice, bob, homeScene as setUp, statusOf, trusted } from './home-scene.ts';
import { type RequestParts, settle, udpSource } from './request-script.ts';

describe('who gets in', () => {
  it('challenges REGISTER with 401 and everything else with 407, each without a transaction', () => {
    const { handle } = setUp();
    const register = handle('REGISTER', { uri: 'sip:sip.example', to: 'sip:alice@sip.example' });
    expect(register.answers).toMatchObject([{ status: 401, how: 'stateless' }]);
    expect(register.answers[0]?.headers.get('WWW-Authenticate')).toMatch(/^Digest realm="sip\.example"/);
    for (const method of ['MESSAGE', 'SUBSCRIBE', 'PUBLISH', 'INVITE', 'NOTIFY', 'XYZZY']) {
      const { answers } = handle(method);
      expect(answers).toMatchObject([{ status: 407, how: 'stateless' }]);
      expect(answers[0]?.headers.has('Proxy-Authenticate')).toBe(true);
    }
  });

  it('challenges again after a wrong password and for an unknown user, alike', () => {
    const { handleAs } = setUp();
    expect(statusOf(handleAs({ name: 'alice', password: 'guess' }, 'MESSAGE'))).toEqual([407]);
    expect(statusOf(handleAs({ name: 'nobody', password: 'guess' }, 'MESSAGE'))).toEqual([407]);
  });

  it('refuses a From that is not the authenticated user', () => {
    const { handleAs } = setUp();
    expect(statusOf(handleAs(bob, 'MESSAGE', { from: 'sip:alice@sip.example' }))).toEqual([403]);
  });

  it('takes user names without regard to case, as XMPP and Lync do', () => {
    const { handleAs, outgoing } = setUp();
    handleAs(alice, 'MESSAGE', { from: 'sip:ALICE@sip.example', uri: 'sip:juliet@xmpp.example' });
    expect(outgoing).toMatchObject([{ aor: 'sip:alice@sip.example' }]);
  });

  it('lets a trusted peer speak for local users without digest, REGISTER included', () => {
    const { handle, outgoing, server } = setUp();
    handle('MESSAGE', { uri: 'sip:juliet@xmpp.example' }, trusted);
    expect(outgoing).toMatchObject([{ aor: 'sip:alice@sip.example' }]);
    const register = { uri: 'sip:sip.example', to: 'sip:alice@sip.example' };
    const contact = ['Contact', '<sip:alice@192.0.2.200>'] as const;
    expect(statusOf(handle('REGISTER', { ...register, headers: [contact] }, trusted))).toEqual([200]);
    expect(server.registrations()).toMatchObject([{ aor: 'sip:alice@sip.example', address: '192.0.2.200' }]);
  });

  it('is never an open relay', () => {
    const { handle, outgoing } = setUp();
    const foreign = { from: 'sip:eve@elsewhere.example' };
    expect(statusOf(handle('MESSAGE', foreign))).toEqual([403]);
    expect(statusOf(handle('MESSAGE', { ...foreign, uri: 'sip:juliet@xmpp.example' }, trusted))).toEqual([403]);
    expect(statusOf(handle('SUBSCRIBE', { ...foreign, uri: 'sip:juliet@xmpp.example' }, trusted))).toEqual([403]);
    expect(outgoing).toEqual([]);
  });

  it.each(['INVITE', 'MESSAGE', 'SUBSCRIBE', 'PUBLISH', 'REFER', 'INFO', 'OPTIONSX'])(
    'carries no %s of a stranger anywhere, whoever he says he is and wherever it is to go',
    (method) => {
      const { handle, handleAs, outgoing, subscribed, endpoint } = setUp();
      for (const uri of ['sip:juliet@xmpp.example', 'sip:bob@sip.example', 'sip:bob@192.0.2.66:5060']) {
        for (const from of ['sip:eve@elsewhere.example', 'sip:alice@sip.example', 'sip:juliet@xmpp.example']) {
          expect([403, 407]).toContain(statusOf(handle(method, { from, uri }))[0]);
          const wrong = handleAs({ name: 'alice', password: 'guess' }, method, { from, uri });
          expect([403, 407]).toContain(statusOf(wrong)[0]);
        }
        // A user may not speak for another one, nor for somebody else's domain.
        for (const from of ['sip:bob@sip.example', 'sip:alice@other.example', 'sip:juliet@xmpp.example']) {
          expect([403, 407]).toContain(statusOf(handleAs(alice, method, { from, uri }))[0]);
        }
      }
      expect([outgoing, subscribed, endpoint.sent]).toEqual([[], [], []]);
    },
  );

  it('tells a stranger nothing about who is a user, and who of them is online', () => {
    const { handle, handleAs, registerBob } = setUp();
    registerBob();
    const seen = (method: string, name: string) => {
      const parts = { from: `sip:${name}@sip.example`, uri: `sip:${name}@sip.example` };
      const answers = [handle(method, parts), handleAs({ name, password: 'guess' }, method, parts)].flatMap(
        (incoming) => incoming.answers,
      );
      return answers.map(({ status, reason, headers }) => [
        status,
        reason,
        headers.getAll('Allow'),
        headers.has('Proxy-Authenticate'),
        headers.has('WWW-Authenticate'),
      ]);
    };
    for (const method of ['MESSAGE', 'SUBSCRIBE', 'INVITE', 'REGISTER', 'OPTIONS', 'REFER']) {
      expect(seen(method, 'nobody')).toEqual(seen(method, 'bob'));
      expect(seen(method, 'alice')).toEqual(seen(method, 'bob'));
    }
  });

  it('refuses a From that is no SIP user', () => {
    const { handle } = setUp();
    expect(statusOf(handle('MESSAGE', { from: 'tel:+45123' }))).toEqual([400]);
    expect(statusOf(handle('MESSAGE', { from: 'sip:sip.example' }))).toEqual([400]);
  });

  it('answers OPTIONS to everybody, with Allow', () => {
    const { handle } = setUp();
    const { answers } = handle('OPTIONS', { from: 'sip:scanner@elsewhere.example', uri: 'sip:192.0.2.9' });
    expect(answers).toMatchObject([{ status: 200 }]);
    expect(answers[0]?.headers.getAll('Allow')).toContain('MESSAGE');
    expect(answers[0]?.headers.getAll('Allow-Events')).toEqual(['presence', 'presence.winfo']);
  });

  it('answers 416 to a scheme that is not SIP', () => {
    expect(statusOf(setUp().handle('MESSAGE', { uri: 'im:juliet@xmpp.example' }))).toEqual([416]);
  });
});

describe('REGISTER at the home server', () => {
  const register = { uri: 'sip:sip.example', to: 'sip:alice@sip.example' };
  const contact = ['Contact', '<sip:alice@192.0.2.1:5060>'] as const;

  it('binds the device and shows it', () => {
    const { handleAs, server } = setUp();
    expect(statusOf(handleAs(alice, 'REGISTER', { ...register, headers: [contact] }))).toEqual([200]);
    expect(server.registrations()).toEqual([
      {
        aor: 'sip:alice@sip.example',
        contact: 'sip:alice@192.0.2.1:5060',
        transport: 'udp',
        address: '192.0.2.1',
        port: 5060,
        expiresIn: 3600,
        since: expect.any(Date),
        userAgent: undefined,
        isTrusted: false,
      },
    ]);
  });

  it('MUST refuse to register for another user [RFC 3261 §10.3 step 4]', () => {
    const { handleAs } = setUp();
    expect(statusOf(handleAs(alice, 'REGISTER', { ...register, to: 'sip:bob@sip.example' }))).toEqual([403]);
    expect(statusOf(handleAs(alice, 'REGISTER', { ...register, to: 'sip:alice@elsewhere.example' }))).toEqual([403]);
  });

  it('MUST answer 404 to a user who is not of the domain in the Request-URI, and takes its own address there [step 5]', () => {
    const { handle, handleAs } = setUp();
    expect(statusOf(handleAs(alice, 'REGISTER', { ...register, uri: 'sip:other.example' }))).toEqual([404]);
    expect(statusOf(handleAs(alice, 'REGISTER', { ...register, uri: 'sip:192.0.2.9' }))).toEqual([200]);
    const unknown = { ...register, from: 'sip:carol@sip.example', to: 'sip:carol@sip.example' };
    expect(statusOf(handle('REGISTER', unknown, trusted))).toEqual([404]);
  });

  it('MUST answer 420 to an extension the client requires [step 2]', () => {
    const { answers } = setUp().handleAs(alice, 'REGISTER', { ...register, headers: [['Require', 'gruu, path']] });
    expect(answers[0]).toMatchObject({ status: 420 });
    expect(answers[0]?.headers.get('Unsupported')).toBe('gruu');
  });
});

describe('messages', () => {
  const body = { headers: [['Content-Type', 'text/plain']] as const, body: 'hi' };

  it('pass from one local user to every device of another; the first 2xx goes back', async () => {
    const { clock, registerBob, handleAs, endpoint } = setUp();
    registerBob(5070);
    registerBob(5080);
    const message = handleAs(alice, 'MESSAGE', { uri: 'sip:Bob@sip.example', ...body });
    await settle();
    expect(endpoint.sent.map(({ request }) => request.requestUri)).toEqual([
      'sip:bob@192.0.2.1:5070',
      'sip:bob@192.0.2.1:5080',
    ]);
    const { headers } = endpoint.sent[0]?.request ?? {};
    expect(headers?.get('Max-Forwards')).toBe('69');
    expect(headers?.get('Via')).toBe('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1');
    expect(headers?.has('Proxy-Authorization')).toBe(false);
    expect(message.answers).toEqual([]);
    const timers = clock.pending();
    endpoint.sent[0]?.answer(486);
    endpoint.sent[1]?.answer(200);
    await settle();
    expect(clock.pending()).toBe(timers - 1);
    expect(message.answers).toMatchObject([{ status: 200, how: 'relayed' }]);
  });

  it.each([
    ['the lowest class', [500, 486], 486],
    ['a 6xx', [404, 603], 603],
    ['what says more than "not there"', [480, 415], 415],
    ['480 for a device that wants credentials or calls the service unavailable', [407, 503], 480],
  ])('to several devices that all refuse bring back %s [RFC 3261 §16.7]', async (_, statuses, best) => {
    const { registerBob, server, endpoint } = setUp();
    statuses.forEach((_status, index) => registerBob(5070 + index));
    const delivered = server.deliver({
      method: 'MESSAGE',
      from: 'sip:j@x.example',
      to: 'sip:bob@sip.example',
      headers: [],
    });
    await settle();
    for (const [index, status] of statuses.entries()) endpoint.sent[index]?.answer(status);
    await expect(delivered).resolves.toMatchObject({ status: best });
  });

  it('from the gateway get their From, To, Call-ID and CSeq, unless it gives them', async () => {
    const { registerBob, server, endpoint } = setUp();
    registerBob();
    const to = { method: 'MESSAGE', from: 'sip:juliet@xmpp.example', to: 'sip:bob@sip.example' };
    void server.deliver({ ...to, headers: [['Call-ID', 'thread-1']], body: Buffer.from('hi') });
    await settle();
    const headers = endpoint.sent[0]?.request.headers;
    expect(headers?.get('From')).toMatch(/^<sip:juliet@xmpp\.example>;tag=token\d+$/);
    expect(headers?.get('To')).toBe('<sip:bob@sip.example>');
    expect(headers?.getAll('Call-ID')).toEqual(['thread-1']);
    expect(headers?.get('CSeq')).toBe('1 MESSAGE');
    expect(endpoint.sent[0]?.destination).toEqual({ transport: 'udp', host: '192.0.2.1', port: 5070 });
  });

  it('are refused with 404 for an unknown user, 480 for one who is offline', async () => {
    const { handleAs, server } = setUp();
    const refused = [
      handleAs(alice, 'MESSAGE', { uri: 'sip:nobody@sip.example' }),
      handleAs(alice, 'MESSAGE', { uri: 'sip:bob@sip.example', callId: 'call-2' }),
    ];
    await settle();
    expect(refused.map(statusOf)).toEqual([[404], [480]]);
    const to = { method: 'MESSAGE', from: 'sip:juliet@xmpp.example', headers: [] };
    await expect(server.deliver({ ...to, to: 'sip:nobody@sip.example' })).resolves.toMatchObject({ status: 404 });
    await expect(server.deliver({ ...to, to: 'sip:bob@sip.example' })).resolves.toMatchObject({ status: 480 });
    await expect(server.deliver({ ...to, to: 'not a URI' })).resolves.toMatchObject({ status: 404 });
  });

  it('that no device answers are given up in time for the sender to hear it', async () => {
    const { clock, registerBob, handleAs, server, endpoint } = setUp();
    registerBob();
    const message = handleAs(alice, 'MESSAGE', { uri: 'sip:bob@sip.example' });
    const delivered = server.deliver({
      method: 'MESSAGE',
      from: 'sip:j@x.example',
      to: 'sip:bob@sip.example',
      headers: [],
    });
    await settle();
    clock.advance(deliveryTimeoutMs);
    await settle();
    expect(statusOf(message)).toEqual([480]);
    await expect(delivered).resolves.toMatchObject({ status: 408 });
    endpoint.sent[0]?.answer(200);
    await settle();
    expect(statusOf(message)).toEqual([480]);
  });

  it('whose only device cannot be reached come back with 480', async () => {
    const { registerBob, handleAs, endpoint } = setUp();
    registerBob();
    const message = handleAs(alice, 'MESSAGE', { uri: 'sip:bob@sip.example' });
    await settle();
    endpoint.sent[0]?.fail('transport');
    await settle();
    expect(statusOf(message)).toEqual([480]);
  });

  it('to another domain go to the gateway, which answers them', () => {
    const { handleAs, outgoing } = setUp();
    const message = handleAs(alice, 'MESSAGE', { uri: 'sip:juliet@xmpp.example', ...body });
    expect(outgoing).toMatchObject([{ aor: 'sip:alice@sip.example', request: { method: 'MESSAGE' } }]);
    outgoing[0]?.respond(202);
    expect(statusOf(message)).toEqual([202]);
  });

  it('lose the identity that they assert of themselves, which counts from a trusted peer alone [RFC 3325 §5]', () => {
    const { handleAs, outgoing } = setUp();
    const headers: [string, string][] = [['P-Asserted-Identity', '"The Boss" <sip:boss@sip.example>']];
    handleAs(alice, 'MESSAGE', { uri: 'sip:juliet@xmpp.example', headers });
    expect(outgoing[0]?.request.headers.has('P-Asserted-Identity')).toBe(false);
  });

  it('to a sips address of another domain are refused: nobody can promise TLS on every hop [RFC 7247 §8]', () => {
    const { handleAs, outgoing } = setUp();
    expect(statusOf(handleAs(alice, 'MESSAGE', { uri: 'sips:juliet@xmpp.example' }))).toEqual([416]);
    expect(outgoing).toEqual([]);
  });
});

describe('other requests', () => {
  it('get 405 with Allow for a local user, 501 when nobody knows them, 481 inside an unknown dialog', () => {
    const { handleAs } = setUp();
    for (const [method, status] of [
      ['REFER', 405],
      ['SERVICE', 501],
      ['NEGOTIATE', 501],
    ] as const) {
      const [refused] = handleAs(alice, method).answers;
      expect(refused?.status).toBe(status);
      expect(refused?.headers.getAll('Allow')).toContain('MESSAGE');
    }
    expect(statusOf(handleAs(alice, 'BYE', { to: '<sip:bob@sip.example>;tag=x' }))).toEqual([481]);
    expect(statusOf(handleAs(alice, 'SUBSCRIBE', { to: '<sip:bob@sip.example>;tag=x' }))).toEqual([481]);
    expect(statusOf(handleAs(alice, 'NOTIFY', { to: '<sip:bob@sip.example>;tag=x' }))).toEqual([481]);
  });

  it('inside a dialog with another domain go to the gateway, by the To; an ACK without a challenge', () => {
    const { handle, handleAs, outgoing } = setUp();
    const inDialog = { uri: 'sip:juliet@sip.example:5060', to: '<sip:juliet@xmpp.example>;tag=x' };
    handleAs(alice, 'INFO', inDialog);
    handle('ACK', inDialog);
    expect(outgoing.map(({ request }) => request.method)).toEqual(['INFO', 'ACK']);
    expect(handle('ACK', { to: 'sip:bob@sip.example' }).answers).toEqual([]);
    expect(outgoing).toHaveLength(2);
  });
});

describe('the presence agent', () => {
  const presence = ['Event', 'presence'] as const;
  const watching = (uri: string, expires = '600'): RequestParts => ({
    uri,
    headers: [presence, ['Contact', '<sip:alice@192.0.2.1:5060>'], ['Expires', expires]],
  });
  const away: Pidf = {
    entity: 'sip:bob@sip.example',
    tuples: [{ id: 'a', basic: 'open', activities: [] }],
    person: { activities: ['away'] },
  };
  const publishing = (headers: RequestParts['headers'] = []): RequestParts => ({
    uri: 'sip:bob@sip.example',
    headers: [presence, ['Content-Type', 'application/pidf+xml'], ...headers],
    body: printPidf(away),
  });
  const notified = ({ endpoint }: ReturnType<typeof setUp>) =>
    endpoint.sent.filter(({ request }) => request.method === 'NOTIFY');
  const said = (sent: ReturnType<typeof notified>) =>
    sent.map(({ request }) => {
      const state = request.headers.get('Subscription-State')?.replace(/;expires=\d+/, '');
      return `${state} ${/<basic>(\w+)/.exec(String(request.body ?? ''))?.[1] ?? 'nothing'}`;
    });

  it('tells a watcher the state of a local user at once, inside the dialog of the SUBSCRIBE', async () => {
    const world = setUp();
    world.registerBob();
    const subscribe = world.handleAs(alice, 'SUBSCRIBE', watching('sip:bob@sip.example'));
    await settle();
    expect(subscribe.answers).toMatchObject([{ status: 200 }]);
    expect(subscribe.answers[0]?.headers.fields).toEqual([
      ['Contact', '<sip:bob@192.0.2.9:5060;transport=udp>'],
      ['Expires', '600'],
    ]);
    expect(said(notified(world))).toEqual(['active open']);
    const { request, destination } = notified(world)[0] ?? {};
    expect(request?.requestUri).toBe('sip:alice@192.0.2.1:5060');
    expect(request?.headers.fields).toMatchObject([
      ['From', '<sip:bob@sip.example>;tag=t1'],
      ['To', '<sip:alice@sip.example>;tag=f1'],
      ['Call-ID', 'call-1'],
      ['CSeq', '1 NOTIFY'],
      ['Contact', '<sip:bob@192.0.2.9:5060;transport=udp>'],
      ['Event', 'presence'],
      ['Subscription-State', 'active;expires=600'],
      ['Content-Type', 'application/pidf+xml'],
    ]);
    expect(destination).toMatchObject({ transport: 'udp', host: '192.0.2.1', port: 5060 });
  });

  it('tells watchers and gateway when a user comes, publishes and goes', async () => {
    const world = setUp();
    world.handleAs(alice, 'SUBSCRIBE', watching('sip:bob@sip.example'));
    await settle();
    notified(world)[0]?.answer(200);
    await settle();
    world.registerBob();
    notified(world)[1]?.answer(200);
    await settle();
    const [published] = world.handleAs(bob, 'PUBLISH', publishing([['Expires', '60']])).answers;
    expect(published?.status).toBe(200);
    notified(world)[2]?.answer(200);
    await settle();
    expect(said(notified(world))).toEqual(['active closed', 'active open', 'active open']);
    expect(String(notified(world)[2]?.request.body)).toContain('<rpid:away/>');
    expect(notified(world)[2]?.request.headers.get('CSeq')).toBe('3 NOTIFY');
    world.clock.advance(60_000);
    expect(world.presence).toEqual([
      'sip:bob@sip.example open',
      'sip:bob@sip.example open',
      'sip:bob@sip.example open',
    ]);
    world.clock.advance(3_540_000);
    expect(world.presence.at(-1)).toBe('sip:bob@sip.example closed');
    expect(world.server.presence.presenceOf('sip:bob@sip.example').tuples[0]?.basic).toBe('closed');
  });

  it('says nothing when a publication is renewed without news', async () => {
    const world = setUp();
    const [published] = world.handleAs(bob, 'PUBLISH', publishing()).answers;
    world.handleAs(bob, 'PUBLISH', publishing([['SIP-If-Match', published?.headers.get('SIP-ETag') ?? '']]));
    expect(world.presence).toEqual(['sip:bob@sip.example open']);
  });

  it('ends what a user has published when his last device is gone: nobody can reach him', () => {
    const world = setUp();
    world.registerBob();
    world.handleAs(bob, 'PUBLISH', publishing());
    world.handleAs(bob, 'REGISTER', {
      uri: 'sip:sip.example',
      to: 'sip:bob@sip.example',
      cSeq: 10,
      headers: [
        ['Contact', '*'],
        ['Expires', '0'],
      ],
    });
    expect(world.presence.at(-1)).toBe('sip:bob@sip.example closed');
  });

  it.each([
    ['what is asked for, within the time in which it must be refreshed', 7200, '600', '600'],
    ['that time to a watcher who wants more', 7200, '28800', '7200'],
    ['that time to a watcher who asks for none, when it is short', 900, 'soon', '900'],
    ['eight hours where nothing else is set', undefined, '99999', '28800'],
    ['less than a minute only where that is set', 20, '30', '20'],
  ] as const)('grants %s', async (_, refresh, asked, granted) => {
    const subscribe = setUp(refresh).handleAs(alice, 'SUBSCRIBE', watching('sip:bob@sip.example', asked));
    await settle();
    expect(subscribe.answers[0]?.headers.get('Expires')).toBe(granted);
  });

  it('composes what several devices publish; one that ends or is not renewed leaves the others', () => {
    const world = setUp();
    const publish = (id: string, headers: RequestParts['headers'], cSeq: number) => {
      const document = { ...away, tuples: [{ id, basic: 'open', activities: [] }] } satisfies Pidf;
      const parts = { ...publishing(headers), body: printPidf(document), cSeq };
      return world.handleAs(bob, 'PUBLISH', parts).answers[0]?.headers.get('SIP-ETag') ?? '';
    };
    const tuples = () => world.server.presence.presenceOf('sip:bob@sip.example').tuples.map(({ id }) => id);
    const desk = publish('desk', [['Expires', '3600']], 1);
    publish('phone', [['Expires', '60']], 3);
    publish('tablet', [['Expires', '3600']], 5);
    expect(tuples()).toEqual(['tablet', 'phone', 'desk']);
    world.clock.advance(60_000);
    expect(tuples()).toEqual(['tablet', 'desk']);
    const removed = {
      ...publishing([
        ['SIP-If-Match', desk],
        ['Expires', '0'],
      ]),
      body: '',
      cSeq: 7,
    };
    expect(statusOf(world.handleAs(bob, 'PUBLISH', removed))).toEqual([200]);
    expect(tuples()).toEqual(['tablet']);
    expect(statusOf(world.handleAs(bob, 'PUBLISH', { ...removed, cSeq: 9 }))).toEqual([412]);
    expect(tuples()).toEqual(['tablet']);
  });

  it('keeps what a user has published while one of his devices is left', () => {
    const world = setUp();
    world.registerBob(5070);
    world.registerBob(5080);
    world.handleAs(bob, 'PUBLISH', publishing());
    const leave = (port: number) =>
      world.handleAs(bob, 'REGISTER', {
        uri: 'sip:sip.example',
        to: 'sip:bob@sip.example',
        cSeq: 10,
        callId: `register-${port}`,
        headers: [['Contact', `<sip:bob@192.0.2.1:${port}>;expires=0`]],
      });
    leave(5070);
    expect(world.server.presence.presenceOf('sip:bob@sip.example').person?.activities).toEqual(['away']);
    leave(5080);
    expect(world.server.presence.presenceOf('sip:bob@sip.example').tuples).toMatchObject([{ basic: 'closed' }]);
  });

  it('publishes for oneself only, and only here', () => {
    const { handleAs } = setUp();
    expect(statusOf(handleAs(alice, 'PUBLISH', publishing()))).toEqual([403]);
    expect(statusOf(handleAs(bob, 'PUBLISH', { ...publishing(), uri: 'sip:bob@elsewhere.example' }))).toEqual([404]);
  });

  it.each([
    [
      'another event package with 489 and Allow-Events',
      [['Event', 'dialog']],
      489,
      ['Allow-Events', 'presence, presence.winfo'],
    ],
    ['less than a minute with 423', [presence, ['Expires', '5']], 423, ['Min-Expires', '60']],
    [
      'a watcher who reads no document that we write with 406',
      [presence, ['Accept', 'application/x-other']],
      406,
      ['Accept', 'application/pidf+xml, application/msrtc-event-categories+xml'],
    ],
    [
      'a watcher who reads the format of Windows Messenger alone with 406',
      [presence, ['Accept', 'application/xpidf+xml']],
      406,
      ['Accept', 'application/pidf+xml, application/msrtc-event-categories+xml'],
    ],
    ['a SUBSCRIBE without Contact with 400', [presence], 400, undefined],
    [
      'an extension the watcher requires with 420',
      [presence, ['Require', 'eventlist']],
      420,
      ['Unsupported', 'eventlist'],
    ],
  ] as const)('refuses %s', async (_, headers, status, header) => {
    const subscribe = setUp().handleAs(alice, 'SUBSCRIBE', { uri: 'sip:bob@sip.example', headers });
    await settle();
    expect(statusOf(subscribe)).toEqual([status]);
    if (header !== undefined) expect(subscribe.answers[0]?.headers.fields).toContainEqual(header);
  });

  describe('by the Accept of its SUBSCRIBE [RFC 3261 §20.1]', () => {
    const [pidf, categories] = ['application/pidf+xml', 'application/msrtc-event-categories+xml'];
    const asking = (accept: string, more: RequestParts = {}): RequestParts => ({
      ...watching('sip:bob@sip.example'),
      ...more,
      headers: [...(watching('sip:bob@sip.example').headers ?? []), ['Accept', accept]],
    });
    async function told(accept: string, choosesByAccept: boolean) {
      const world = setUp(undefined, { choosesByAccept: () => choosesByAccept });
      world.registerBob();
      world.handleAs(alice, 'SUBSCRIBE', asking(accept));
      await settle();
      const { headers, body } = notified(world)[0]?.request ?? {};
      return { world, type: headers?.get('Content-Type'), body: String(body) };
    }

    it('a client of Lync gets PIDF, which is known to work, unless categories are set', async () => {
      const lync = `${categories}, application/xpidf+xml, text/xml+msrtc.pidf, ${pidf}, multipart/related`;
      expect(await told(lync, false)).toMatchObject({ type: pidf, body: expect.stringContaining('<basic>open') });
      const chosen = await told(lync, true);
      expect(chosen).toMatchObject({ type: categories, body: expect.stringContaining('<availability>3500<') });
      expect(chosen.body).toContain('uri="sip:bob@sip.example"');
    });

    it('a watcher who reads categories alone gets them, whatever is set', async () =>
      expect(await told(categories, false)).toMatchObject({ type: categories }));

    it('a watcher who reads PIDF alone, or anything, gets PIDF, whatever is set', async () => {
      for (const accept of [pidf, '*/*']) expect(await told(accept, true)).toMatchObject({ type: pidf });
    });

    it('a subscription keeps its type: a refresh that does not read it is refused with 406', async () => {
      const { world } = await told(`${categories}, ${pidf}`, true);
      notified(world)[0]?.answer(200);
      await settle();
      const refresh = (accept: string, cSeq: number) =>
        world.handleAs(alice, 'SUBSCRIBE', asking(accept, { to: '<sip:bob@sip.example>;tag=t1', cSeq }));
      const refused = refresh(pidf, 5);
      expect(statusOf(refused)).toEqual([406]);
      expect(refused.answers[0]?.headers.get('Accept')).toBe(categories);
      expect(statusOf(refresh(`${pidf}, ${categories}`, 7))).toEqual([200]);
      await settle();
      expect(notified(world).map(({ request }) => request.headers.get('Content-Type'))).toEqual([
        categories,
        categories,
      ]);
    });
  });

  it('answers 404 to a watcher of nobody', () => {
    expect(statusOf(setUp().handleAs(alice, 'SUBSCRIBE', watching('sip:nobody@sip.example')))).toEqual([404]);
  });

  describe('for presentities of other domains', () => {
    const juliet = 'sip:juliet@xmpp.example';
    const parties = { watcherAor: 'sip:alice@sip.example', presentityUri: juliet };

    it('asks the gateway, and notifies pending until it knows', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching('sip:Juliet@xmpp.example'));
      await settle();
      expect(world.subscribed).toEqual([{ ...parties, fetch: false, refresh: false }]);
      expect(said(notified(world))).toEqual(['pending nothing']);
      const { notifier } = world.server.presence;
      expect(notifier.subscriptionsTo(juliet)).toMatchObject([{ ...parties, state: 'pending', expiresIn: 600 }]);
      notified(world)[0]?.answer(200);
      await settle();
      notifier.update(juliet, parties.watcherAor, { state: 'active', document: printPidf(away) });
      notified(world)[1]?.answer(200);
      await settle();
      notifier.update(juliet, 'sip:bob@sip.example', { state: 'terminated' });
      expect(said(notified(world))).toEqual(['pending nothing', 'active open']);
      expect(notifier.subscriptionsTo(juliet)).toMatchObject([{ state: 'active' }]);
    });

    it('notifies without a body of whom nothing is known: active, and no word of open or closed [RFC 6665 §4.2.1.2]', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
      await settle();
      notified(world)[0]?.answer(200);
      await settle();
      world.server.presence.notifier.update(juliet, parties.watcherAor, { state: 'active', document: '' });
      expect(said(notified(world))).toEqual(['pending nothing', 'active nothing']);
      const { headers, body } = notified(world)[1]?.request ?? {};
      expect([headers?.has('Content-Type'), body]).toEqual([false, undefined]);
    });

    const inDialog = (expires: string, cSeq: number): RequestParts => ({
      ...watching('sip:juliet@192.0.2.9:5060', expires),
      to: `<${juliet}>;tag=t1`,
      cSeq,
    });

    it('refreshes and ends inside the dialog', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
      await settle();
      notified(world)[0]?.answer(200);
      await settle();
      const elsewhere = { ...udpSource, port: 6060 };
      expect(statusOf(world.handleAs(alice, 'SUBSCRIBE', inDialog('900', 3), elsewhere))).toEqual([200]);
      expect(notified(world)[1]?.destination).toMatchObject({ port: 6060 });
      expect(statusOf(world.handleAs(alice, 'SUBSCRIBE', inDialog('900', 3)))).toEqual([500]);
      expect(world.subscribed.at(-1)).toEqual({ ...parties, fetch: false, refresh: true });
      expect(notified(world)[1]?.request.headers.get('Subscription-State')).toBe('pending;expires=900');
      notified(world)[1]?.answer(200);
      await settle();
      expect(statusOf(world.handleAs(alice, 'SUBSCRIBE', inDialog('0', 5)))).toEqual([200]);
      expect(said(notified(world)).at(-1)).toBe('terminated;reason=timeout nothing');
      expect(world.unsubscribed).toEqual([]);
      notified(world)[2]?.answer(200);
      await settle();
      expect(world.unsubscribed).toEqual([parties]);
      expect(world.server.presence.notifier.subscriptionsTo(juliet)).toEqual([]);
      expect(world.clock.pending()).toBe(0);
    });

    it('refuses a CSeq that is not higher with 500, and another user in the dialog with 481', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', { ...watching(juliet), cSeq: 5 });
      await settle();
      expect(statusOf(world.handleAs(alice, 'SUBSCRIBE', inDialog('900', 5)))).toEqual([500]);
      expect(
        statusOf(world.handleAs(bob, 'SUBSCRIBE', { ...inDialog('0', 8), from: '<sip:bob@sip.example>;tag=f1' })),
      ).toEqual([481]);
    });

    it('ends a subscription that is not refreshed, and one whose watcher is gone', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
      await settle();
      notified(world)[0]?.answer(200);
      await settle();
      world.clock.advance(600_000);
      expect(said(notified(world)).at(-1)).toBe('terminated;reason=timeout nothing');
      notified(world)[1]?.answer(481);
      await settle();
      expect(world.unsubscribed).toEqual([parties]);

      world.handleAs(alice, 'SUBSCRIBE', { ...watching(juliet), callId: 'call-2' });
      await settle();
      notified(world)[2]?.fail('timeout');
      await settle();
      expect(world.unsubscribed).toEqual([parties, parties]);
      expect(world.clock.pending()).toBe(0);
    });

    it('keeps a subscription whose NOTIFY met a passing trouble [RFC 6665 §4.2.2]', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
      await settle();
      notified(world)[0]?.answer(503);
      await settle();
      expect(world.server.presence.notifier.subscriptionsTo(juliet)).toHaveLength(1);
    });

    it.each([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604])(
      'MUST end a subscription whose NOTIFY was answered %d [RFC 6665 §4.2.2]',
      async (status) => {
        const world = setUp();
        world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
        await settle();
        notified(world)[0]?.answer(status);
        await settle();
        expect(world.server.presence.notifier.subscriptionsTo(juliet)).toEqual([]);
        expect(world.unsubscribed).toEqual([parties]);
        expect(statusOf(world.handleAs(alice, 'SUBSCRIBE', inDialog('900', 5)))).toEqual([481]);
        expect(world.clock.pending()).toBe(0);
      },
    );

    it.each([400, 403, 408, 500, 503, 603])('keeps a subscription whose NOTIFY was answered %d', async (status) => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
      await settle();
      notified(world)[0]?.answer(status);
      await settle();
      world.server.presence.notifier.update(juliet, parties.watcherAor, { state: 'active', document: printPidf(away) });
      expect(said(notified(world)).at(-1)).toBe('active open');
    });

    it('takes a watcher again that was told 481 and subscribes anew [RFC 6665 §4.1.2.2]', async () => {
      const world = setUp();
      expect(statusOf(world.handleAs(alice, 'SUBSCRIBE', inDialog('900', 5)))).toEqual([481]);
      const anew = world.handleAs(alice, 'SUBSCRIBE', { ...watching(juliet), callId: 'call-2', cSeq: 7 });
      await settle();
      expect(statusOf(anew)).toEqual([200]);
      expect(said(notified(world))).toEqual(['pending nothing']);
    });

    it.each(['deactivated', 'probation', 'rejected', 'timeout', 'giveup', 'noresource'])(
      'tells the watcher that it ended for the reason %s [RFC 6665 §4.1.3]',
      async (reason) => {
        const world = setUp();
        world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
        await settle();
        notified(world)[0]?.answer(200);
        await settle();
        world.server.presence.notifier.update(juliet, parties.watcherAor, { state: 'terminated', reason });
        expect(said(notified(world)).at(-1)).toBe(`terminated;reason=${reason} nothing`);
        expect(statusOf(world.handleAs(alice, 'SUBSCRIBE', { ...inDialog('900', 5), callId: 'x' }))).toEqual([481]);
      },
    );

    it('sends NOTIFYs in the order of their CSeq, each after the answer to the one before', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
      await settle();
      for (const basic of ['open', 'closed'] as const) {
        const document = printPidf({ ...away, tuples: [{ id: 'a', basic, activities: [] }] });
        world.server.presence.notifier.update(juliet, parties.watcherAor, { state: 'active', document });
      }
      expect(notified(world)).toHaveLength(1);
      notified(world)[0]?.answer(200);
      await settle();
      expect(said(notified(world))).toEqual(['pending nothing', 'active closed']);
      expect(notified(world).map(({ request }) => request.headers.get('CSeq'))).toEqual(['1 NOTIFY', '2 NOTIFY']);
    });

    it('answers a fetch with one final NOTIFY, with the state if the gateway has it in time', async () => {
      const world = setUp();
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet, '0'));
      await settle();
      expect(world.subscribed).toEqual([{ ...parties, fetch: true, refresh: false }]);
      expect(notified(world)).toEqual([]);
      world.server.presence.notifier.update(juliet, parties.watcherAor, { state: 'active', document: printPidf(away) });
      expect(said(notified(world))).toEqual(['terminated;reason=timeout open']);
      notified(world)[0]?.answer(200);
      world.handleAs(alice, 'SUBSCRIBE', { ...watching(juliet, '0'), callId: 'call-2' });
      await settle();
      world.clock.advance(fetchWaitMs);
      expect(said(notified(world)).at(-1)).toBe('terminated;reason=timeout nothing');
      expect(world.unsubscribed).toEqual([]);
    });

    it('leaves no timer behind when it is closed', async () => {
      const world = setUp();
      world.registerBob();
      world.handleAs(bob, 'PUBLISH', publishing());
      world.handleAs(alice, 'SUBSCRIBE', watching(juliet));
      await settle();
      world.server.close();
      expect(world.clock.pending()).toBe(0);
    });
  });
});

describe('a user who is removed', () => {
  const gone = 'sip:bob@sip.example';
  const watch = (uri: string, callId: string, event = 'presence'): RequestParts => ({
    uri,
    callId,
    headers: [
      ['Event', event],
      ['Contact', '<sip:x@192.0.2.1:5060>'],
      ['Expires', '600'],
    ],
  });
  const states = ({ endpoint }: ReturnType<typeof setUp>) =>
    endpoint.sent.map(({ request: { headers } }) => `${headers.get('Call-ID')} ${headers.get('Subscription-State')}`);

  it('loses devices, publications and subscriptions at once; nobody else loses anything', async () => {
    const world = setUp();
    world.registerBob();
    const publish = {
      uri: gone,
      headers: [
        ['Event', 'presence'],
        ['Content-Type', 'application/pidf+xml'],
      ] as const,
    };
    const document: Pidf = { entity: gone, tuples: [{ id: 'a', basic: 'open', activities: ['busy'] }] };
    world.handleAs(bob, 'PUBLISH', { ...publish, body: printPidf(document) });
    world.handleAs(alice, 'SUBSCRIBE', watch(gone, 'alice-bob'));
    world.handleAs(alice, 'SUBSCRIBE', watch('sip:juliet@xmpp.example', 'alice-juliet'));
    world.handleAs(bob, 'SUBSCRIBE', watch('sip:juliet@xmpp.example', 'bob-juliet'));
    world.handleAs(bob, 'SUBSCRIBE', watch(gone, 'bob-winfo', 'presence.winfo'));
    await settle();
    for (const { answer } of world.endpoint.sent) answer(200);
    await settle();
    world.endpoint.sent.length = 0;

    world.server.reconsider();
    expect(world.server.registrations()).toHaveLength(1);
    expect(states(world)).toEqual([]);

    world.passwords.delete(gone);
    world.server.reconsider();
    expect(world.server.registrations()).toEqual([]);
    expect(world.presence.at(-1)).toBe(`${gone} closed`);
    expect(world.server.presence.presenceOf(gone).tuples).toMatchObject([{ basic: 'closed' }]);
    for (const { answer } of world.endpoint.sent) answer(200);
    await settle();
    expect(states(world).toSorted()).toEqual([
      'alice-bob active;expires=600',
      'alice-bob terminated;reason=noresource',
      'bob-juliet terminated;reason=rejected',
      'bob-winfo terminated;reason=rejected',
    ]);
    expect(world.unsubscribed).toEqual([{ watcherAor: gone, presentityUri: 'sip:juliet@xmpp.example' }]);
    expect(statusOf(world.handleAs(bob, 'REGISTER', { uri: 'sip:sip.example', to: gone }))).toEqual([401]);
    const delivery = { method: 'MESSAGE', from: 'sip:juliet@xmpp.example', to: gone, headers: [] };
    await expect(world.server.deliver(delivery)).resolves.toMatchObject({ status: 404 });
  });

  it('does not concern watchers a trusted peer speaks for', async () => {
    const world = setUp();
    world.handle('SUBSCRIBE', { ...watch(gone, 'foreign'), from: 'sip:eve@elsewhere.example' }, trusted);
    await settle();
    world.server.reconsider();
    expect(states(world)).toEqual(['foreign active;expires=600']);
  });
});
