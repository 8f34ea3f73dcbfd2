/** The dialog of an IM session whose other side is a peer of RFC 3261: routes, targets, CSeq numbers and the session timer. */
import { describe, expect, it } from '@jest/globals';

import type { HeaderField } from '../../../../src/gateway/sip/headers.ts';
import { imSessionIdleMs, maxSessionSeconds, minSessionSeconds } from '../../../../src/gateway/sip/limits.ts';
import { ImSessionTable } from '../../../../src/gateway/sip/session/im-session-table.ts';
import { printSdp } from '../../../../src/gateway/sip/session/sdp.ts';
import type { SessionReport } from '../../../../src/gateway/sip/session/session-setup.ts';
import type { Clock } from '../../../../src/primitives/clock.ts';
import { movableClock } from '../../../support/movable-clock.ts';
import {
  incomingRequest,
  responseWith,
  type ScriptedEndpoint,
  scriptedEndpoint,
  settle,
  sipRequest,
  tcpSource,
} from '../home/request-script.ts';

const ends = { userAor: 'sip:alice@contoso.example', contactAor: 'sip:bob@fabrikam.example' };
const offer = String(
  printSdp('192.0.2.1', [
    { name: 'message', port: 5060, protocol: 'sip', formats: ['null'], acceptTypes: ['text/plain'] },
  ]),
);
const described: readonly HeaderField[] = [['Content-Type', 'application/sdp']];
const timer = (value: string, more: readonly HeaderField[] = [['Supported', 'timer']]): readonly HeaderField[] => [
  ['Session-Expires', value],
  ...more,
];

function tableWith({
  clock,
  endpoint,
  reports,
}: {
  readonly clock: Clock;
  readonly endpoint: ScriptedEndpoint;
  readonly reports: SessionReport[];
}): ImSessionTable {
  return new ImSessionTable({
    clock,
    endpoint,
    destination: () => ({ transport: 'tcp', host: '192.0.2.1', port: 5060 }),
    token: () => 'token',
    answerOf: (final) => (final.ok ? final.response : { status: 504, reason: final.detail }),
    onRequest: ({ respond }) => respond(202),
    onReport: (report) => void reports.push(report),
  });
}

/** A session that alice has opened by an INVITE with these headers. */
async function session(headers: readonly HeaderField[] = []) {
  const clock = movableClock();
  const endpoint = scriptedEndpoint();
  const reports: SessionReport[] = [];
  const table = tableWith({ clock, endpoint, reports });
  const from = `<${ends.userAor}>;tag=a`;
  const inside = (method: string, cSeq: number, more: readonly HeaderField[] = [], body = '') => {
    const to = `<${ends.contactAor}>;tag=t1`;
    const request = sipRequest(method, { uri: ends.contactAor, from, to, cSeq, headers: more, body });
    const incoming = incomingRequest(request, tcpSource);
    if (!table.receive(incoming, ends.userAor)) incoming.respond(481);
    return incoming.answers[0];
  };
  const invite = sipRequest('INVITE', {
    uri: ends.contactAor,
    from,
    headers: [['Contact', '<sip:alice@192.0.2.1:5060>'], ...described, ...headers],
    body: offer,
  });
  const incoming = incomingRequest(invite, tcpSource);
  await table.accept(incoming, ends);
  const leave = async () => {
    void table.submit(ends, { kind: 'leave', headers: [], body: Buffer.alloc(0) });
    await settle();
    return endpoint.sent.at(-1)?.request;
  };
  return { clock, endpoint, reports, table, inside, answer: incoming.answers[0], leave };
}

describe('session timers as a UAS [RFC 4028 §9]', () => {
  it.each([
    ['the peer, when it offers to refresh', '1800;refresher=uac', [['Supported', 'timer']], ['1800;refresher=uac']],
    ['the peer, when it leaves that open', '1800', [['Supported', 'timer']], ['1800;refresher=uac']],
    ['nobody, when the peer knows nothing of timers', '1800', [], []],
    ['us, when the peer wants us to', '1800;refresher=uas', [['Supported', 'timer']], ['1800;refresher=uas']],
    ['nobody, when no number stands there', 'soon', [['Supported', 'timer']], []],
  ] as const)('refreshing is for %s', async (_who, value, more, expected) => {
    const { answer } = await session(timer(value, more));
    expect(answer?.status).toBe(200);
    expect(answer?.headers.getAll('Session-Expires')).toEqual(expected);
    expect(answer?.headers.getAll('Require')).toEqual(expected.length === 0 ? [] : ['timer']);
  });

  it('MUST answer 422 with Min-SE to an interval that is too small, and opens nothing', async () => {
    const { answer, table } = await session(timer(String(minSessionSeconds - 1)));
    expect([answer?.status, answer?.headers.get('Min-SE'), table.size]).toEqual([422, '90', 0]);
    expect((await session(timer(String(minSessionSeconds)))).answer?.status).toBe(200);
  });

  it('a session that is not refreshed ends with BYE before its interval is over [§10]', async () => {
    const { clock, endpoint, reports } = await session(timer('90'));
    clock.advance(59_999);
    expect(endpoint.sent).toEqual([]);
    clock.advance(1);
    await settle();
    expect(endpoint.sent.map(({ request }) => request.method)).toEqual(['BYE']);
    expect(reports.at(-1)).toMatchObject({ what: 'ended', reason: 'the user did not refresh it' });
  });

  it('gives up 32 s before the end of a long interval [§10]', async () => {
    const { clock, endpoint, inside } = await session(timer('600'));
    clock.advance(500_000);
    inside('INFO', 2);
    clock.advance(67_999);
    expect(endpoint.sent).toEqual([]);
    clock.advance(1);
    expect(endpoint.sent).toHaveLength(1);
  });

  it.each([
    ['UPDATE without a description [RFC 3311]', 'UPDATE', [], ''],
    ['re-INVITE', 'INVITE', described, offer],
  ] as const)('is refreshed by %s, for the interval it says', async (_what, method, headers, body) => {
    const { clock, endpoint, inside } = await session(timer('90'));
    clock.advance(59_000);
    const answer = inside(
      method,
      2,
      [['Contact', '<sip:alice@192.0.2.1:5060>'], ...headers, ...timer('120;refresher=uac')],
      body,
    );
    expect([answer?.status, answer?.headers.get('Session-Expires')]).toEqual([200, '120;refresher=uac']);
    clock.advance(87_999);
    expect(endpoint.sent).toEqual([]);
    clock.advance(1);
    expect(endpoint.sent).toHaveLength(1);
  });

  it('MUST refuse a refresh with too small an interval with 422, and the interval before goes on', async () => {
    const { clock, endpoint, inside } = await session(timer('90'));
    expect(inside('UPDATE', 2, timer('30'))).toMatchObject({ status: 422 });
    clock.advance(60_000);
    expect(endpoint.sent).toHaveLength(1);
  });

  it('a refresh without an interval ends the timer, and the session goes on until it is idle', async () => {
    const { clock, endpoint, inside } = await session(timer('90'));
    inside('UPDATE', 2);
    clock.advance(imSessionIdleMs - 1);
    expect(endpoint.sent).toEqual([]);
  });

  it('leaves no timer behind when the session ends', async () => {
    const { clock, inside } = await session(timer('1800'));
    inside('BYE', 2);
    expect(clock.pending()).toBe(0);
  });
});

/** A session that we have invited alice to; she has not answered. */
async function invited() {
  const [clock, endpoint, reports]: [ReturnType<typeof movableClock>, ScriptedEndpoint, SessionReport[]] = [
    movableClock(),
    scriptedEndpoint(),
    [],
  ];
  const table = tableWith({ clock, endpoint, reports });
  const verdict = table.open(ends, { kind: 'message', headers: [], body: Buffer.from('Hello') });
  await settle();
  const last = () => endpoint.sent.at(-1);
  return {
    clock,
    endpoint,
    reports,
    table,
    verdict,
    last,
    /** Alice answers our last request. */
    async answer(status: number, more: readonly HeaderField[] = []) {
      const cSeq = last()?.request.headers.get('CSeq') ?? '';
      const from = last()?.request.headers.get('From') ?? '';
      const callId = last()?.request.headers.get('Call-ID') ?? '';
      const named: readonly HeaderField[] = [
        ['From', from],
        ['To', `<${ends.userAor}>;tag=a`],
        ['Call-ID', callId],
        ['CSeq', cSeq],
        ['Contact', '<sip:alice@192.0.2.1:5060>'],
      ];
      last()?.reply(responseWith(status, [...named, ...more]));
      await settle();
    },
    /** From the INVITE on: accepted with these fields, the first message delivered. */
    async accepted(fields: readonly HeaderField[]) {
      await this.answer(200, fields);
      await this.answer(200);
    },
    methods: () => endpoint.sent.map(({ request }) => request.method),
  };
}

describe('session timers as a UAC [RFC 4028 §7]', () => {
  it('MUST be offered with Supported, and leave it to the peer who refreshes [§7.1]', async () => {
    const { last } = await invited();
    const headers = last()?.request.headers;
    const offered = ['Supported', 'Session-Expires', 'Min-SE'].map((name) => headers?.get(name));
    expect(offered).toEqual(['timer', '1800', '90']);
  });

  it('a 422 is answered by an INVITE with its Min-SE, the same Call-ID and the next CSeq [§7.3, §7.4]', async () => {
    const { last, answer, methods } = await invited();
    const first = last()?.request.headers;
    await answer(422, [['Min-SE', '3600']]);
    const second = last()?.request.headers;
    const names = ['Session-Expires', 'Min-SE', 'CSeq'].map((name) => second?.get(name));
    expect(names).toEqual(['3600', '3600', '2 INVITE']);
    for (const name of ['Call-ID', 'From', 'To']) expect(second?.get(name)).toBe(first?.get(name));
    await answer(200);
    expect(methods()).toEqual(['INVITE', 'INVITE', 'MESSAGE']);
    expect(last()?.request.headers.get('CSeq')).toBe('3 MESSAGE');
  });

  it('is refused by the third 422, and by one beyond our maximum', async () => {
    const thrice = await invited();
    for (const seconds of ['2000', '3000', '4000']) await thrice.answer(422, [['Min-SE', seconds]]);
    expect([thrice.methods().length, (await thrice.verdict).status]).toEqual([3, 422]);
    const beyond = await invited();
    await beyond.answer(422, [['Min-SE', String(maxSessionSeconds + 1)]]);
    expect([beyond.methods().length, (await beyond.verdict).status]).toEqual([1, 422]);
  });

  it('a peer that ignores the timer gets none', async () => {
    const session = await invited();
    await session.accepted([]);
    session.clock.advance(imSessionIdleMs - 1);
    expect(session.methods()).toEqual(['INVITE', 'MESSAGE']);
  });

  it('we refresh by re-INVITE with the same description at half the interval, and acknowledge its 2xx', async () => {
    const session = await invited();
    const offered = session.last()?.request.body;
    await session.accepted(timer('200;refresher=uac', [['Require', 'timer']]));
    session.clock.advance(99_999);
    expect(session.methods()).toEqual(['INVITE', 'MESSAGE']);
    session.clock.advance(1);
    const refresh = session.last()?.request;
    expect([refresh?.method, refresh?.headers.get('Session-Expires')]).toEqual(['INVITE', '200;refresher=uac']);
    expect(refresh?.body).toEqual(offered);
    await session.answer(200, timer('200;refresher=uac'));
    expect(session.endpoint.acks.map(({ headers }) => headers.get('CSeq'))).toEqual(['1 ACK', '3 ACK']);
    session.clock.advance(100_000);
    expect(session.methods()).toEqual(['INVITE', 'MESSAGE', 'INVITE', 'INVITE']);
  });

  it('we refresh by UPDATE without a description when the peer allows it [§7.4]', async () => {
    const session = await invited();
    await session.accepted([...timer('200;refresher=uac'), ['Allow', 'INVITE, UPDATE']]);
    session.clock.advance(100_000);
    expect(session.last()?.request).toMatchObject({ method: 'UPDATE', body: undefined });
  });

  it('a refresh answered by 481 ends the session with BYE [§10]', async () => {
    const session = await invited();
    await session.accepted(timer('200;refresher=uac'));
    session.clock.advance(100_000);
    await session.answer(481);
    expect(session.methods().slice(2)).toEqual(['INVITE', 'BYE']);
    expect(session.reports.at(-1)).toMatchObject({ reason: 'the user did not take its refresh' });
  });

  it('a peer that agreed to refresh and does not gets BYE [§10]', async () => {
    const session = await invited();
    await session.accepted(timer('200;refresher=uas'));
    session.clock.advance(167_999);
    expect(session.methods()).toEqual(['INVITE', 'MESSAGE']);
    session.clock.advance(1);
    expect(session.methods()).toEqual(['INVITE', 'MESSAGE', 'BYE']);
  });

  it('MUST answer 491 to a re-INVITE while one of ours is not answered [RFC 3261 §14.2]', async () => {
    const { clock, endpoint, inside } = await session(timer('200;refresher=uas'));
    clock.advance(100_000);
    expect(endpoint.sent.at(-1)?.request.method).toBe('INVITE');
    expect(inside('INVITE', 2, described, offer)?.status).toBe(491);
  });
});

describe('requests inside the dialog [RFC 3261 §12.2]', () => {
  it('MUST be answered 500 when their CSeq is not higher, and MAY leave numbers out [§12.2.2]', async () => {
    const { inside } = await session();
    expect(inside('INFO', 1)?.status).toBe(500);
    expect(inside('MESSAGE', 40)?.status).toBe(202);
    expect(inside('MESSAGE', 40)?.status).toBe(500);
    expect(inside('MESSAGE', 41)?.status).toBe(202);
  });

  it('of ours MUST take the recorded route, by loose routers to the target of the last refresh [§12.2.1.1]', async () => {
    const { inside, leave } = await session([['Record-Route', '<sip:p1.example;lr>, <sip:p2.example;lr>']]);
    inside('UPDATE', 2, [['Contact', '<sip:alice@192.0.2.2:5062>']]);
    const bye = await leave();
    expect([bye?.method, bye?.requestUri]).toEqual(['BYE', 'sip:alice@192.0.2.2:5062']);
    expect(bye?.headers.getAll('Route')).toEqual(['<sip:p1.example;lr>', '<sip:p2.example;lr>']);
  });

  it('of ours MUST name a strict router in the Request-URI, and the target last [§12.2.1.1]', async () => {
    const { leave } = await session([['Record-Route', '<sip:strict.example>, <sip:p2.example;lr>']]);
    const bye = await leave();
    expect(bye?.requestUri).toBe('sip:strict.example');
    expect(bye?.headers.getAll('Route')).toEqual(['<sip:p2.example;lr>', '<sip:alice@192.0.2.1:5060>']);
  });
});
