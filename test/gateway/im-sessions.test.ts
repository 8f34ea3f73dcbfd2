import { describe, expect, it } from '@jest/globals';

import type { SipSessionMode } from '../../src/config/gateway-configuration.ts';
import type { SipDelivery } from '../../src/gateway/crossing.ts';
import type { RequestFromUser } from '../../src/gateway/from-sip.ts';
import { imSessions } from '../../src/gateway/im-sessions.ts';
import { type HeaderField, Headers } from '../../src/gateway/sip/headers.ts';
import { imSessionIdleMs, maxImSessionsPerUser } from '../../src/gateway/sip/limits.ts';
import type { SipResponse } from '../../src/gateway/sip/message.ts';
import type { Destination } from '../../src/gateway/sip/transport.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { ok, refuse } from '../../src/primitives/result.ts';
import { movableClock } from '../support/movable-clock.ts';
import {
  incomingRequest,
  type RequestParts,
  type Sent,
  scriptedEndpoint,
  settle,
  sipRequest,
  tcpSource,
} from './sip/home/request-script.ts';

const alice = 'sip:alice@contoso.example';
const bob = 'sip:bob@fabrikam.example';
const ends = { userAor: alice, contactAor: bob };
const contact = '<sip:alice@192.0.2.1:5062;transport=tcp>;proxy=replace';
const head = 'v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=session\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n';
const offer = `${head}m=message 15063 sip null\r\na=accept-types:text/plain text/html\r\n`;
const sdp: HeaderField = ['Content-Type', 'application/sdp'];

const delivery = (text: string): SipDelivery => ({
  method: 'MESSAGE',
  from: bob,
  to: alice,
  headers: [['Content-Type', 'text/plain;charset=UTF-8']],
  body: Buffer.from(text),
});
const typing = (chatState: NonNullable<SipDelivery['chatState']>): SipDelivery => ({ ...delivery(''), chatState });

const hop: Destination = { transport: 'tcp', host: '192.0.2.1', port: 5060 };

function setUp(mode: SipSessionMode = 'Pager', isAdmitted = true) {
  const [endpoint, clock] = [scriptedEndpoint(), movableClock()];
  const [crossed, pages, events]: [RequestFromUser[], string[], LogEvent[]] = [[], [], []];
  let tokens = 0;
  const world: { hop: Destination | undefined } = { hop };
  const sessions = imSessions({
    clock,
    endpoint,
    destination: () => world.hop,
    token: () => `t${(tokens += 1)}`,
    answerOf: (final) =>
      final.ok ? final.response : { status: final.why === 'timeout' ? 408 : 504, reason: final.why },
    mode: () => mode,
    admit: () => (isAdmitted ? ok(ends) : refuse({ status: 403, more: { reason: 'No' } })),
    onOutgoing: (request) => void crossed.push(request),
    onEvent: (event) => void events.push(event),
  });
  let cSeq = 0;
  async function ask(method: string, parts: RequestParts = {}) {
    cSeq += 1;
    const request = sipRequest(method, { from: `<${alice}>;tag=f1;epid=e1`, uri: bob, cSeq, ...parts });
    const incoming = incomingRequest(request, tcpSource);
    const isTaken = sessions.receive(incoming, alice);
    await settle();
    return { isTaken, answers: incoming.answers, statuses: incoming.answers.map(({ status }) => status) };
  }
  const invite = (parts: RequestParts = {}) =>
    ask('INVITE', { body: offer, ...parts, headers: [['Contact', contact], sdp, ...(parts.headers ?? [])] });
  /** Inside the session that `invite` made. */
  const inside = (method: string, parts: RequestParts = {}) => ask(method, { to: `<${bob}>;tag=t1`, ...parts });
  async function deliver(one: SipDelivery, onPage = 200) {
    const outcome = sessions.deliver(one, async () => {
      pages.push(one.body.toString());
      return { status: onPage, reason: 'Page' };
    });
    await settle();
    return outcome;
  }
  return Object.assign(world, { sessions, endpoint, clock, crossed, pages, events, ask, invite, inside, deliver });
}

const methods = (sent: readonly Sent[]): string[] => sent.map(({ request }) => request.method);

/** The answer of one of alice's devices to an INVITE of ours. */
function accepted({ request }: Sent, tag: string, body = ''): SipResponse {
  const { headers } = request;
  const fields = ['From', 'Call-ID', 'CSeq'].map((name): HeaderField => [name, headers.get(name) ?? '']);
  const to: HeaderField = ['To', `${headers.get('To') ?? ''};tag=${tag}`];
  const all = Headers.of([...fields, to, ['Contact', contact], ['Record-Route', '<sip:hop;lr>'], sdp]);
  return { kind: 'response', status: 200, reason: 'OK', headers: all, body: Buffer.from(body) };
}

const typed = '<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>';
const xml: HeaderField = ['Content-Type', 'application/xml'];

describe('a session that a SIP user opens', () => {
  it('is answered with our own description: plain text, and no claim to have read the message in the INVITE', async () => {
    const { invite } = setUp();
    const { answers } = await invite();
    expect(answers).toMatchObject([{ status: 200 }]);
    const headers = answers[0]?.headers;
    expect(headers?.get('Contact')).toBe('<sip:bob@192.0.2.9:5060;transport=tcp>');
    expect(headers?.get('Supported')).toBeUndefined();
    expect(answers[0]?.body?.toString()).toContain(
      'm=message 5060 sip sip:bob@fabrikam.example\r\na=accept-types:text/plain\r\n',
    );
  });

  it.each<[string, RequestParts, number]>([
    ['a call', { body: `${head}m=audio 4000 RTP/AVP 0\r\n` }, 488],
    ['a shared screen', { body: `${head}m=applicationsharing 4000 TCP/RTP/AVP 127\r\n` }, 488],
    ['MSRP', { body: `${head}m=message 4000 TCP/MSRP *\r\n` }, 488],
    ['a refused medium', { body: `${head}m=message 0 sip null\r\n` }, 488],
    ['nothing', { body: '' }, 488],
    ['no description', { body: 'hello' }, 488],
    ['a conference', { headers: [['Require', 'com.microsoft.rtc-multiparty']] }, 420],
    ['an invitation by a conference', { headers: [['TriggeredInvite', 'TRUE']] }, 488],
    ['more than two people', { headers: [['EndPoints', '<sip:a@x>, <sip:b@x>, <sip:c@x>']] }, 488],
  ])('is refused when it asks for %s', async (_, parts, status) => {
    const { invite, inside } = setUp();
    expect((await invite(parts)).statuses).toEqual([status]);
    expect((await inside('MESSAGE')).isTaken).toBe(false);
  });

  it.each(['application/ms-conf-invite+xml', 'multipart/mixed;boundary=b'])(
    'is refused when it brings %s instead of a description, with a Warning for people [RFC 3261 §20.43]',
    async (type) => {
      const { ask } = setUp();
      const body = '--b\r\nContent-Type: application/ms-filetransfer+xml\r\n\r\n<request/>\r\n--b--';
      const { answers } = await ask('INVITE', {
        body,
        headers: [
          ['Contact', contact],
          ['Content-Type', type],
        ],
      });
      expect(answers).toMatchObject([{ status: 488 }]);
      expect(answers[0]?.headers.get('Warning')).toBe('304 xgw "Not An IM Session"');
    },
  );

  it('is refused when its user may not, and nothing is read before that is known', async () => {
    const { ask } = setUp('Pager', false);
    expect((await ask('INVITE')).answers).toMatchObject([{ status: 403, reason: 'No' }]);
  });

  it('answers each medium of its offer, and takes the first IM medium alone', async () => {
    const body = `${head}m=audio 4000 RTP/AVP 0\r\nm=x-ms-message 5060 sip null\r\nm=message 5060 sip null\r\n`;
    const { answers } = await setUp().invite({ body });
    const media = answers[0]?.body?.toString().match(/^m=.*$/gm);
    expect(media).toEqual(['m=audio 0 RTP/AVP 0', `m=x-ms-message 5060 sip ${bob}`, 'm=message 0 sip null']);
  });

  it('leaves the refreshing of a session timer to the user [RFC 4028]', async () => {
    const headers: HeaderField[] = [
      ['Supported', 'timer'],
      ['Session-Expires', '1800'],
    ];
    const { answers } = await setUp().invite({ headers });
    expect(answers[0]?.headers.fields).toContainEqual(['Session-Expires', '1800;refresher=uac']);
    expect(answers[0]?.headers.fields).toContainEqual(['Require', 'timer']);
  });

  it('carries his messages as if they were pages for the contact; their answer is not given here', async () => {
    const { invite, inside, crossed } = setUp();
    await invite();
    const { statuses } = await inside('MESSAGE', { uri: 'sip:bob@192.0.2.9:5060', body: 'Hello' });
    expect(statuses).toEqual([]);
    expect(
      crossed.map(({ aor, request }) => [aor, request.method, request.requestUri, request.body.toString()]),
    ).toEqual([[alice, 'MESSAGE', bob, 'Hello']]);
  });

  it('carries typing, which is answered at once, and its end', async () => {
    const { invite, inside, crossed } = setUp();
    await invite();
    expect((await inside('INFO', { headers: [xml], body: typed })).statuses).toEqual([200]);
    expect((await inside('INFO', { headers: [xml], body: '<other/>' })).statuses).toEqual([415]);
    expect((await inside('BYE')).statuses).toEqual([200]);
    expect((await inside('MESSAGE')).isTaken).toBe(false);
    expect(crossed.map(({ request }) => `${request.method} ${request.requestUri}`)).toEqual([
      `INFO ${bob}`,
      `BYE ${bob}`,
    ]);
  });

  it('answers whatever else comes inside it', async () => {
    const { invite, inside } = setUp();
    await invite();
    expect((await inside('INVITE', { headers: [['Contact', contact], sdp], body: offer })).statuses).toEqual([200]);
    expect((await inside('UPDATE', { headers: [['Contact', contact]] })).statuses).toEqual([200]);
    expect((await inside('OPTIONS')).statuses).toEqual([200]);
    expect((await inside('REFER')).statuses).toEqual([405]);
    expect((await inside('PRACK')).statuses).toEqual([405]);
    expect((await inside('SERVICE')).statuses).toEqual([501]);
    expect((await inside('NEGOTIATE')).statuses).toEqual([501]);
    const report: HeaderField = ['Content-Type', 'application/ms-imdn+xml'];
    expect((await inside('MESSAGE', { headers: [report], body: '<imdn/>' })).statuses).toEqual([200]);
    expect((await inside('MESSAGE', { headers: [['Require', 'x']] })).statuses).toEqual([420]);
    expect((await inside('MESSAGE', { cSeq: 1 })).statuses).toEqual([500]);
    expect((await inside('ACK')).statuses).toEqual([]);
  });

  it('does not let another device or another user in', async () => {
    const { sessions, invite, inside } = setUp();
    await invite();
    expect((await inside('MESSAGE', { from: `<${alice}>;tag=other` })).statuses).toEqual([481]);
    const stranger = incomingRequest(sipRequest('BYE', { to: `<${bob}>;tag=t1`, cSeq: 9 }));
    sessions.receive(stranger, 'sip:eve@contoso.example');
    expect(stranger.answers).toMatchObject([{ status: 481 }]);
  });

  it.each(['BYE', 'INFO', 'UPDATE', 'PRACK'])('%s outside of every session is 481', async (method) => {
    const { ask } = setUp();
    expect((await ask(method)).statuses).toEqual([481]);
  });

  it('delivers the message of its INVITE when no MESSAGE has come, and else does not', async () => {
    const body = Buffer.from('Hello in the toast').toString('base64');
    const headers: HeaderField[] = [['ms-text-format', `text/plain; charset=UTF-8;ms-body=${body}`]];
    const alone = setUp();
    await alone.invite({ headers });
    await alone.inside('BYE');
    expect(alone.crossed.map(({ request }) => [request.method, request.body.toString()])).toEqual([
      ['MESSAGE', 'Hello in the toast'],
      ['BYE', ''],
    ]);
    const repeated = setUp();
    await repeated.invite({ headers });
    await repeated.inside('MESSAGE', { body: 'Hello in the toast' });
    await repeated.inside('BYE');
    expect(repeated.crossed.map(({ request }) => request.method)).toEqual(['MESSAGE', 'BYE']);
  });

  it('is one of a limited number for each user', async () => {
    const { invite, ask } = setUp();
    for (let call = 0; call < maxImSessionsPerUser; call += 1) await invite({ callId: `c${call}` });
    expect((await invite({ callId: 'one-more' })).answers).toMatchObject([
      { status: 480, reason: 'Too Many Sessions' },
    ]);
    await ask('BYE', { callId: 'c0', to: `<${bob}>;tag=t1` });
    expect((await invite({ callId: 'one-more' })).statuses).toEqual([200]);
  });

  it('ends with BYE after ten quiet minutes, when our 200 is never acknowledged, and when the gateway stops', async () => {
    for (const end of ['idle', 'no ACK', 'stop'] as const) {
      const { sessions, endpoint, clock, invite, inside } = setUp();
      await invite();
      clock.advance(imSessionIdleMs - 1);
      expect(endpoint.sent).toEqual([]);
      if (end === 'idle') clock.advance(1);
      if (end === 'no ACK') sessions.ackMissing('call-1', 't1');
      const closing = end === 'stop' ? sessions.close() : undefined;
      expect(methods(endpoint.sent)).toEqual(['BYE']);
      endpoint.sent[0]?.answer(200);
      await closing;
      expect((await inside('MESSAGE')).isTaken).toBe(false);
      expect(clock.pending()).toBe(0);
    }
  });
});

describe('a message for a user who has opened a session', () => {
  it('goes into it, in either mode, and ends with its answer', async () => {
    for (const mode of ['Pager', 'Session'] as const) {
      const { endpoint, pages, invite, deliver } = setUp(mode);
      await invite({ headers: [['Record-Route', '<sip:hop;lr>']] });
      const outcome = deliver(delivery('Hello'));
      await settle();
      expect(endpoint.sent[0]?.request).toMatchObject({
        method: 'MESSAGE',
        requestUri: 'sip:alice@192.0.2.1:5062;transport=tcp',
      });
      expect(endpoint.sent[0]?.request.headers.get('To')).toBe(`<${alice}>;tag=f1;epid=e1`);
      expect(endpoint.sent[0]?.request.headers.get('Route')).toBe('<sip:hop;lr>');
      endpoint.sent[0]?.answer(606);
      expect(await outcome).toMatchObject({ status: 606 });
      expect(pages).toEqual([]);
    }
  });

  it('becomes a page in Pager mode when the session is gone', async () => {
    const { endpoint, pages, invite, deliver } = setUp();
    await invite();
    const outcome = deliver(delivery('Hello'));
    await settle();
    endpoint.sent[0]?.answer(481);
    expect(await outcome).toMatchObject({ status: 200 });
    expect(pages).toEqual(['Hello']);
  });

  it('is a page when there is no session, and so are typing notices', async () => {
    const { endpoint, pages, deliver } = setUp();
    expect(await deliver(delivery('Hello'), 404)).toMatchObject({ status: 404 });
    await deliver(typing('composing'));
    expect(pages).toEqual(['Hello', '']);
    expect(endpoint.sent).toEqual([]);
  });
});

describe('a message for a user in Session mode', () => {
  async function opened() {
    const world = setUp('Session');
    const outcome = world.deliver(delivery('Hello'));
    await settle();
    const [invite] = world.endpoint.sent;
    if (invite === undefined) throw new Error('there is no INVITE');
    return { ...world, outcome, invite };
  }

  it('invites him, offers plain text, and is sent when he has accepted, late as it may be', async () => {
    const { endpoint, clock, outcome, invite } = await opened();
    expect(invite.request.requestUri).toBe(alice);
    expect(invite.request.headers.get('Contact')).toBe('<sip:bob@192.0.2.9:5060;transport=tcp>');
    expect(invite.request.body?.toString()).toContain('m=message 5060 sip null\r\na=accept-types:text/plain\r\n');
    clock.advance(15_000);
    invite.reply(accepted(invite, 'a1', offer));
    await settle();
    expect(endpoint.acks.map(({ headers }) => headers.get('CSeq'))).toEqual(['1 ACK']);
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'MESSAGE']);
    endpoint.sent[1]?.answer(200);
    expect(await outcome).toMatchObject({ status: 200 });
  });

  it('is told when there is no way to him, and the next one is tried again', async () => {
    const world = setUp('Session');
    world.hop = undefined;
    expect(await world.deliver(delivery('Hello'))).toMatchObject({ status: 504 });
    world.hop = hop;
    void world.deliver(delivery('Again'));
    await settle();
    expect(methods(world.endpoint.sent)).toEqual(['INVITE']);
  });

  it('says BYE to further devices that accept, and acknowledges a repeated answer again', async () => {
    const { endpoint, invite } = await opened();
    invite.reply(accepted(invite, 'a1'));
    await settle();
    invite.options?.onFurtherSuccess?.(accepted(invite, 'a1'));
    invite.options?.onFurtherSuccess?.(accepted(invite, 'a2'));
    await settle();
    expect(endpoint.acks.map(({ headers }) => headers.get('To'))).toEqual(
      ['a1', 'a1', 'a2'].map((tag) => `<${alice}>;tag=${tag}`),
    );
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'MESSAGE', 'BYE']);
    expect(endpoint.sent[2]?.request.headers.get('To')).toBe(`<${alice}>;tag=a2`);
  });

  it('is refused with what the invitation was refused with', async () => {
    const { outcome, invite, endpoint } = await opened();
    invite.answer(486);
    expect(await outcome).toMatchObject({ status: 486 });
    expect(methods(endpoint.sent)).toEqual(['INVITE']);
  });

  it('is refused when the answer takes something else than IM, or cannot be acknowledged', async () => {
    const other = await opened();
    other.invite.reply(accepted(other.invite, 'a1', `${head}m=message 0 sip null\r\n`));
    expect(await other.outcome).toMatchObject({ status: 488 });
    expect(methods(other.endpoint.sent)).toEqual(['INVITE', 'BYE']);
    const unusable = await opened();
    unusable.invite.answer(200);
    expect(await unusable.outcome).toMatchObject({ status: 502 });
  });

  it('is a 408 when nobody answers: the invitation is cancelled', async () => {
    const { outcome, invite, clock } = await opened();
    clock.advance(32_000);
    expect(await outcome).toMatchObject({ status: 408 });
    expect(invite.options?.signal?.aborted).toBe(true);
  });

  it.each([408, 480, 481])(
    'is tried once more in a new session after a %i in an old one, and then no more',
    async (status) => {
      const { endpoint, outcome, invite, deliver } = await opened();
      invite.reply(accepted(invite, 'a1'));
      await settle();
      endpoint.sent[1]?.answer(200);
      await outcome;
      const second = deliver(delivery('Second'));
      await settle();
      endpoint.sent[2]?.answer(status);
      await settle();
      const again = endpoint.sent.findLast(({ request }) => request.method === 'INVITE');
      expect(again).not.toBe(invite);
      again?.reply(accepted(again, 'a2'));
      await settle();
      endpoint.sent.at(-1)?.answer(status);
      expect(await second).toMatchObject({ status });
      expect(methods(endpoint.sent).filter((method) => method === 'INVITE')).toHaveLength(2);
    },
  );

  it('opens no session for typing; inside one it is an INFO, and leaving ends it', async () => {
    const { endpoint, outcome, invite, deliver, pages } = await opened();
    const alone = setUp('Session');
    expect(await alone.deliver(typing('composing'))).toMatchObject({ status: 202 });
    expect(await alone.deliver(typing('gone'))).toMatchObject({ status: 202 });
    expect(alone.endpoint.sent).toEqual([]);

    invite.reply(accepted(invite, 'a1'));
    await settle();
    endpoint.sent[1]?.answer(200);
    await outcome;
    void deliver(typing('composing'));
    await settle();
    expect(endpoint.sent[2]?.request.body?.toString()).toContain('status="type"');
    endpoint.sent[2]?.answer(200);
    await settle();
    void deliver(typing('paused'));
    await settle();
    expect(endpoint.sent[3]?.request.body?.toString()).toContain('status="idle"');
    endpoint.sent[3]?.answer(200);
    await settle();
    await deliver(typing('gone'));
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'MESSAGE', 'INFO', 'INFO', 'BYE']);
    expect(pages).toEqual([]);
  });

  it('takes the session for what the user answers', async () => {
    const { invite, ask, crossed } = await opened();
    invite.reply(accepted(invite, 'a1'));
    await settle();
    const callId = invite.request.headers.get('Call-ID') ?? '';
    const to = invite.request.headers.get('From') ?? '';
    await ask('MESSAGE', { callId, to, from: `<${alice}>;tag=a1`, body: 'Hello back' });
    expect(crossed.map(({ request }) => request.body.toString())).toEqual(['Hello back']);
  });

  it('that waits for an invitation is told when the gateway stops, and nobody is invited any more', async () => {
    const { sessions, endpoint, outcome, invite, deliver } = await opened();
    const second = deliver(delivery('Second'));
    await settle();
    const closed = sessions.close();
    invite.answer(487);
    await closed;
    expect(await outcome).toMatchObject({ status: 480, reason: 'Session Is Over' });
    expect(await second).toMatchObject({ status: 480, reason: 'Gateway Is Stopping' });
    expect(methods(endpoint.sent)).toEqual(['INVITE']);
  });

  it('waits for a second at most when the gateway stops', async () => {
    const { sessions, invite, clock } = await opened();
    invite.reply(accepted(invite, 'a1'));
    await settle();
    const closed = sessions.close();
    await settle();
    clock.advance(1000);
    await closed;
    expect(invite.options?.signal?.aborted).toBe(false);
  });
});

describe('a message for a user in Auto mode', () => {
  const paged = [200, 'Page'] as const;

  it.each([405, 415, 488, 501])(
    'is a page at once when his INVITE is answered with %i, and so is the next',
    async (status) => {
      const { endpoint, pages, events, deliver } = setUp('Auto');
      const outcome = deliver(delivery('Hello'));
      await settle();
      endpoint.sent[0]?.answer(status);
      expect(await outcome).toMatchObject({ status: 200, reason: 'Page' });
      await deliver(delivery('Again'));
      expect(pages).toEqual(['Hello', 'Again']);
      expect(methods(endpoint.sent)).toEqual(['INVITE']);
      expect(events.filter(({ id }) => id === 'SessionModeChanged')).toMatchObject([{ facts: { status } }]);
    },
  );

  it('is a page when the answer takes no IM', async () => {
    const { endpoint, pages, deliver } = setUp('Auto');
    const outcome = deliver(delivery('Hello'));
    await settle();
    const [invite] = endpoint.sent;
    invite?.reply(accepted(invite, 'a1', `${head}m=message 0 sip null\r\n`));
    expect(await outcome).toMatchObject({ status: paged[0] });
    expect(pages).toEqual(['Hello']);
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'BYE']);
  });

  it.each([404, 480, 486, 603, 606])(
    'is refused with a %i, which is about him and not about sessions',
    async (status) => {
      const { endpoint, pages, deliver } = setUp('Auto');
      const outcome = deliver(delivery('Hello'));
      await settle();
      endpoint.sent[0]?.answer(status);
      expect(await outcome).toMatchObject({ status });
      expect(pages).toEqual([]);
    },
  );

  it('is no page when it is the message that is refused inside a session', async () => {
    const { endpoint, pages, invite, deliver } = setUp('Auto');
    await invite();
    const outcome = deliver(delivery('Hello'));
    await settle();
    endpoint.sent[0]?.answer(415);
    expect(await outcome).toMatchObject({ status: 415 });
    expect(pages).toEqual([]);
  });

  it.each([405, 415, 501])(
    'takes a session when pages are what is remembered, and they are refused with %i',
    async (status) => {
      const { endpoint, pages, deliver } = setUp('Auto');
      const first = deliver(delivery('Hello'));
      await settle();
      endpoint.sent[0]?.answer(488);
      await first;
      const second = deliver(delivery('Again'), status);
      await settle();
      const again = endpoint.sent[1];
      expect(again?.request.method).toBe('INVITE');
      if (again !== undefined) again.reply(accepted(again, 'a1'));
      await settle();
      endpoint.sent[2]?.answer(200);
      expect(await second).toMatchObject({ status: 200 });
      expect(pages).toEqual(['Hello', 'Again']);
      void deliver(typing('composing'));
      await settle();
      expect(methods(endpoint.sent)).toEqual(['INVITE', 'INVITE', 'MESSAGE', 'INFO']);
    },
  );

  it('keeps the order of what has waited for the INVITE', async () => {
    const { endpoint, pages, events, deliver } = setUp('Auto');
    const outcomes = ['one', 'two', 'three'].map((text) => deliver(delivery(text)));
    const left = deliver(typing('gone'));
    await settle();
    endpoint.sent[0]?.answer(501);
    await Promise.all([...outcomes, left]);
    expect(pages).toEqual(['one', 'two', 'three']);
    expect(events.map(({ id }) => id)).toEqual(['ImSessionRefused', 'SessionModeChanged']);
    expect(methods(endpoint.sent)).toEqual(['INVITE']);
  });

  it('is accompanied by typing as a page only where messages are pages', async () => {
    const { endpoint, pages, deliver } = setUp('Auto');
    await deliver(typing('composing'));
    expect(pages).toEqual([]);
    const outcome = deliver(delivery('Hello'));
    await settle();
    endpoint.sent[0]?.answer(405);
    await outcome;
    await deliver(typing('composing'));
    expect(pages).toEqual(['Hello', '']);
  });

  it('goes in a session to a user who opens one, whatever was remembered', async () => {
    const { endpoint, pages, invite, inside, deliver } = setUp('Auto');
    const first = deliver(delivery('Hello'));
    await settle();
    endpoint.sent[0]?.answer(488);
    await first;
    await invite();
    await inside('BYE');
    void deliver(delivery('Again'));
    await settle();
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'INVITE']);
    expect(pages).toEqual(['Hello']);
  });

  it('stays what the administrator has said in the other modes', async () => {
    const session = setUp('Session');
    const outcome = session.deliver(delivery('Hello'));
    await settle();
    session.endpoint.sent[0]?.answer(488);
    expect(await outcome).toMatchObject({ status: 488 });
    expect(session.pages).toEqual([]);
    const pager = setUp('Pager');
    expect(await pager.deliver(delivery('Hello'), 405)).toMatchObject({ status: 405 });
    expect(pager.endpoint.sent).toEqual([]);
  });
});

describe('both sides that invite at once', () => {
  it('have two sessions, and nothing is said twice', async () => {
    const { endpoint, invite, inside, deliver, crossed } = setUp('Session');
    const outcome = deliver(delivery('Hello'));
    await settle();
    expect((await invite()).statuses).toEqual([200]);
    await inside('MESSAGE', { body: 'Hi' });
    const [ours] = endpoint.sent;
    if (ours !== undefined) ours.reply(accepted(ours, 'a1'));
    await settle();
    endpoint.sent[1]?.answer(200);
    expect(await outcome).toMatchObject({ status: 200 });
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'MESSAGE']);
    expect(crossed.map(({ request }) => request.body.toString())).toEqual(['Hi']);
    void deliver(delivery('Again'));
    await settle();
    // The newer one, which its user has opened.
    expect(endpoint.sent[2]?.request.headers.get('Call-ID')).toBe('call-1');
  });
});

describe('requests that cross each other', () => {
  async function established() {
    const world = setUp('Session');
    const outcome = world.deliver(delivery('Hello'));
    await settle();
    const [ours] = world.endpoint.sent;
    const callId = ours?.request.headers.get('Call-ID') ?? '';
    const to = ours?.request.headers.get('From') ?? '';
    const peer = (method: string) => world.ask(method, { callId, to, from: `<${alice}>;tag=a1` });
    return { ...world, outcome, ours, peer };
  }

  it('a BYE that comes before the 200 is 481; the message then finds nobody and goes in a new session', async () => {
    const { endpoint, ours, peer, outcome } = await established();
    expect((await peer('BYE')).statuses).toEqual([481]);
    if (ours !== undefined) ours.reply(accepted(ours, 'a1'));
    await settle();
    endpoint.sent[1]?.answer(481);
    await settle();
    const again = endpoint.sent[2];
    if (again !== undefined) again.reply(accepted(again, 'a2'));
    await settle();
    endpoint.sent[3]?.answer(200);
    expect(await outcome).toMatchObject({ status: 200 });
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'MESSAGE', 'INVITE', 'MESSAGE']);
  });

  it('a BYE that crosses a MESSAGE leaves it to its own answer', async () => {
    const { endpoint, ours, peer, outcome } = await established();
    if (ours !== undefined) ours.reply(accepted(ours, 'a1'));
    await settle();
    expect((await peer('BYE')).statuses).toEqual([200]);
    endpoint.sent[1]?.answer(200);
    expect(await outcome).toMatchObject({ status: 200 });
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'MESSAGE']);
  });

  it('a 200 that crosses our CANCEL is acknowledged, and its session ended; the message is told once', async () => {
    const { endpoint, clock, events, ours, outcome } = await established();
    clock.advance(32_000);
    expect(await outcome).toMatchObject({ status: 408 });
    if (ours !== undefined) ours.reply(accepted(ours, 'a1'));
    await settle();
    expect(endpoint.acks).toHaveLength(1);
    expect(methods(endpoint.sent)).toEqual(['INVITE', 'BYE']);
    expect(events.map(({ id }) => id)).toEqual(['ImSessionRefused']);
  });
});

describe('what a contact is called on the SIP side', () => {
  it('is his address with the epid of his client, which the whole session keeps, and his name', async () => {
    const { endpoint, deliver } = setUp('Session');
    void deliver({ ...delivery('Hello'), speaker: { epid: '0123456789ab', name: 'Bob "B" Smith' } });
    await settle();
    const [invite] = endpoint.sent;
    expect(invite?.request.headers.get('From')).toMatch(/^<sip:bob@fabrikam\.example>;tag=\w+;epid=0123456789ab$/);
    expect(invite?.request.headers.get('P-Asserted-Identity')).toBe('"Bob \\"B\\" Smith" <sip:bob@fabrikam.example>');
    if (invite !== undefined) invite.reply(accepted(invite, 'a1'));
    await settle();
    expect(endpoint.sent[1]?.request.headers.get('From')).toBe(invite?.request.headers.get('From'));
  });
});

describe('the event log', () => {
  it('has who, who opened it, for how long, how many messages and why it ended; never what was said', async () => {
    const { events, endpoint, clock, invite, inside, deliver } = setUp('Auto');
    await invite();
    await inside('MESSAGE', { body: 'Secret' });
    void deliver(delivery('Secret too'));
    await settle();
    endpoint.sent[0]?.answer(200);
    await settle();
    clock.advance(5000);
    await inside('BYE');
    const facts = { user: alice, contact: bob, openedBy: 'user', mode: 'Auto', callId: 'call-1' };
    expect(events).toEqual([
      expect.objectContaining({ id: 'ImSessionOpened', level: 'debug', facts }),
      expect.objectContaining({
        id: 'ImSessionEnded',
        level: 'info',
        facts: { ...facts, seconds: 5, messages: 2, reason: 'the user has left' },
      }),
    ]);
    expect(JSON.stringify(events)).not.toContain('Secret');
  });

  it('has why a session was not opened, and why one was lost', async () => {
    const refused = setUp('Session');
    void refused.deliver(delivery('Hello'));
    await settle();
    refused.endpoint.sent[0]?.answer(486);
    await settle();
    expect(refused.events).toMatchObject([
      { id: 'ImSessionRefused', facts: { openedBy: 'contact', reason: '486 Reason 486' } },
    ]);

    const silent = setUp('Session');
    void silent.deliver(delivery('Hello'));
    await settle();
    silent.clock.advance(32_000);
    expect(silent.events).toMatchObject([{ id: 'ImSessionRefused', facts: { reason: 'nobody answered' } }]);

    const lost = setUp('Pager');
    await lost.invite();
    void lost.deliver(delivery('Hello'));
    await settle();
    lost.endpoint.sent[0]?.answer(481);
    await settle();
    expect(lost.events.at(-1)).toMatchObject({
      id: 'ImSessionEnded',
      facts: { messages: 0, reason: '481 Reason 481' },
    });

    const left = setUp('Pager');
    await left.invite();
    await left.deliver(typing('gone'));
    expect(left.events.at(-1)).toMatchObject({ facts: { reason: 'the contact has left' } });
  });
});
