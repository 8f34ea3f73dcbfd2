import { describe, expect, it } from '@jest/globals';

import type { SipDelivery } from '../../src/gateway/crossing.ts';
import type { RequestFromUser } from '../../src/gateway/from-sip.ts';
import { imSessions } from '../../src/gateway/im-sessions.ts';
import { type HeaderField, Headers } from '../../src/gateway/sip/headers.ts';
import { imSessionIdleMs, maxImSessionsPerUser } from '../../src/gateway/sip/limits.ts';
import type { SipResponse } from '../../src/gateway/sip/message.ts';
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

function setUp(mode: 'Pager' | 'Session' = 'Pager', isAdmitted = true) {
  const [endpoint, clock] = [scriptedEndpoint(), movableClock()];
  const [crossed, pages]: [RequestFromUser[], string[]] = [[], []];
  let tokens = 0;
  const sessions = imSessions({
    clock,
    endpoint,
    destination: () => ({ transport: 'tcp', host: '192.0.2.1', port: 5060 }),
    token: () => `t${(tokens += 1)}`,
    answerOf: (final) =>
      final.ok ? final.response : { status: final.why === 'timeout' ? 408 : 504, reason: final.why },
    mode: () => mode,
    admit: () => (isAdmitted ? ok(ends) : refuse({ status: 403, more: { reason: 'No' } })),
    onOutgoing: (request) => void crossed.push(request),
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
  return { sessions, endpoint, clock, crossed, pages, ask, invite, inside, deliver };
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
    expect((await inside('REFER')).statuses).toEqual([405]);
    expect((await inside('PRACK')).statuses).toEqual([405]);
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
