/** IM sessions on the wire, against sipp: as pidgin-sipe opens them, and as a proxy gets ours. */
import { expect, it } from '@jest/globals';

import { ImSessionTable } from '../../../../src/gateway/sip/session/im-session-table.ts';
import type { SessionContent, SessionReport } from '../../../../src/gateway/sip/session/session-setup.ts';
import type { TransportName } from '../../../../src/gateway/sip/transport.ts';
import { realClock } from '../../../../src/primitives/clock.ts';
import { randomIds } from '../../../../src/primitives/ids.ts';
import { runSipp, startSipp } from '../../../peers/sipp.ts';
import { describeWithPeers, peers } from '../../../support/needs-peer.ts';
import { closing, endpoint, waiting } from '../endpoints.ts';

const ends = { userAor: 'sip:alice@contoso.example', contactAor: 'sip:bob@fabrikam.example' };

/** Sessions on a real endpoint, which answer every message with 202. */
async function sessions(place: { port: number; transport: TransportName }) {
  const crossed: string[] = [];
  const reports: SessionReport[] = [];
  const ringing180 = waiting<void>();
  const bye = waiting<void>();
  const sip = await endpoint({
    onRequest(incoming) {
      const { request } = incoming;
      if (table.receive(incoming, ends.userAor)) return;
      if (request.method === 'INVITE') void table.accept(incoming, ends);
      else incoming.respond(481);
    },
    onEvent(event) {
      if (event.type === 'ack-missing') table.ackMissing(event);
      if (event.type === 'received' && event.message.kind === 'response' && event.message.status === 180)
        ringing180.resolve();
      const isAnswer = event.type === 'received' && event.message.kind === 'response';
      if (isAnswer && event.message.headers.get('CSeq')?.endsWith('BYE') === true) bye.resolve();
    },
  });
  const table = new ImSessionTable({
    clock: realClock,
    endpoint: sip,
    destination: (_userAor, source) => ({ host: '127.0.0.1', ...place, connectionId: source?.connectionId }),
    token: (bits) => randomIds.token(bits),
    onReport: (report) => void reports.push(report),
    answerOf: (final) => (final.ok ? final.response : { status: 504, reason: final.detail }),
    onRequest({ request, respond }) {
      crossed.push(`${request.method} ${request.requestUri} ${request.body.toString()}`.trim());
      respond(202);
    },
  });
  closing(table);
  return { sip, table, crossed, reports, rings: ringing180.promise, ended: bye.promise };
}

interface Step {
  readonly method: string;
  readonly uri?: string;
  readonly cSeq: number;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const scenario = (...steps: readonly string[]): string =>
  `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="session">\n${steps.join('\n')}\n</scenario>`;

/** As pidgin-sipe writes its requests: no branch, and an epid. */
const send = ({ method, uri = '[next_url]', cSeq, headers = [], body = '' }: Step): string =>
  `<send${method === 'ACK' ? '' : ' retrans="500"'}><![CDATA[
${[
  `${method} ${uri} SIP/2.0`,
  'Via: SIP/2.0/[transport] [local_ip]:[local_port]',
  'From: <sip:alice@contoso.example>;tag=[pid]t[call_number];epid=3141842e078f',
  cSeq === 1 && method === 'INVITE'
    ? 'To: <sip:bob@fabrikam.example>'
    : 'To: <sip:bob@fabrikam.example>[peer_tag_param]',
  'Call-ID: [call_id]',
  `CSeq: ${cSeq} ${method}`,
  'Max-Forwards: 70',
  'Contact: <sip:alice@[local_ip]:[local_port];maddr=127.0.0.1;transport=[transport]>;proxy=replace',
  ...headers,
  'Content-Length: [len]',
].join('\n')}

${body}]]></send>`;

const receive = (status: number, more = ''): string => `<recv response="${status}"${more}></recv>`;

const description = (media: string): string =>
  [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=session',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    media,
    'a=accept-types:text/plain text/html',
    '',
  ].join('\n');

const fromSipe = (media: string): string =>
  scenario(
    send({
      method: 'INVITE',
      uri: 'sip:bob@fabrikam.example',
      cSeq: 1,
      headers: [
        'Supported: ms-sender',
        'ms-text-format: text/plain; charset=UTF-8;ms-body=SGVsbG8=',
        'Content-Type: application/sdp',
      ],
      body: description(media),
    }),
    '<recv response="100" optional="true"></recv>',
    receive(200, ' rrs="true"'),
    send({ method: 'ACK', cSeq: 1 }),
    send({
      method: 'MESSAGE',
      cSeq: 2,
      headers: ['Content-Type: text/plain; charset=UTF-8;msgr=WAAtAE0A'],
      body: 'Hello',
    }),
    receive(202),
    send({
      method: 'INFO',
      cSeq: 3,
      headers: ['Content-Type: application/xml'],
      body: '<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>',
    }),
    receive(200),
    send({ method: 'BYE', cSeq: 4 }),
    receive(200),
  );

const answer = (status: string, more: readonly string[] = [], body = ''): string => `<send><![CDATA[
${[
  `SIP/2.0 ${status}`,
  '[last_Via:]',
  '[last_From:]',
  '[last_To:];tag=[pid]a[call_number]',
  '[last_Call-ID:]',
  '[last_CSeq:]',
  ...more,
  'Content-Length: [len]',
].join('\n')}

${body}]]></send>`;

const answerInside = answer('200 OK').replace('[last_To:];tag=[pid]a[call_number]', '[last_To:]');
const contact = 'Contact: <sip:alice@[local_ip]:[local_port];transport=[transport]>';

/** A device that lets ten seconds pass is too slow for a test: it rings, and takes its time. */
const device = (media: string): string =>
  scenario(
    '<recv request="INVITE"></recv>',
    answer('180 Ringing', [contact]),
    '<pause milliseconds="300"/>',
    answer('200 OK', [contact, 'Content-Type: application/sdp'], description(media)),
    '<recv request="ACK"></recv>',
    ...['MESSAGE', 'INFO', 'BYE'].flatMap((method) => [`<recv request="${method}"></recv>`, answerInside]),
  );

/** It rings and nobody takes it. */
const ringing = scenario(
  '<recv request="INVITE"></recv>',
  answer('180 Ringing', [contact]),
  '<recv request="CANCEL"></recv>',
  answer('200 OK'),
  answer('487 Request Terminated').replace('[last_CSeq:]', 'CSeq: 1 INVITE'),
  '<recv request="ACK"></recv>',
);

const saveVia = '<action><ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/></action>';

/** An answer to the INVITE, after other requests have come. */
const answerInvite = (tag: string): string =>
  answer('200 OK', [contact, 'Content-Type: application/sdp'], description('m=message 5060 sip null'))
    .replace('[last_Via:]', 'Via:[$via]')
    .replace('[last_CSeq:]', 'CSeq: 1 INVITE')
    .replace('[last_To:];tag=[pid]a[call_number]', `To: <sip:alice@contoso.example>;tag=${tag}`);

/** Two devices of one user, which both accept: the second one when a message has gone to the first. */
const twoDevices = scenario(
  `<recv request="INVITE">${saveVia}</recv>`,
  answerInvite('first'),
  '<recv request="ACK"></recv>',
  '<recv request="MESSAGE"></recv>',
  answerInside,
  answerInvite('second'),
  '<recv request="ACK"></recv>',
  '<recv request="BYE"></recv>',
  answerInside,
  '<recv request="BYE"></recv>',
  answerInside,
);

/** It is taken at the moment in which the invitation is taken back. */
const tooLate = scenario(
  `<recv request="INVITE">${saveVia}</recv>`,
  answer('180 Ringing', [contact]),
  '<recv request="CANCEL"></recv>',
  answer('200 OK'),
  answerInvite('late'),
  '<recv request="ACK"></recv>',
  '<recv request="BYE"></recv>',
  answerInside,
);

const content = (kind: SessionContent['kind'], type = '', body = ''): SessionContent => ({
  kind,
  headers: kind === 'leave' ? [] : [['Content-Type', type]],
  body: Buffer.from(body),
});

const succeeded = { exitCode: 0, errors: '' };

describeWithPeers('IM sessions and sipp', [peers.sipp], () => {
  for (const [transport, medium] of [
    ['udp', 'message'],
    ['tcp', 'x-ms-message'],
  ] as const) {
    it(`a session as pidgin-sipe opens it by ${transport}, ${medium}, is taken from INVITE to BYE`, async () => {
      const { sip, table, crossed } = await sessions({ port: 9, transport });
      const server = { host: '127.0.0.1', port: sip.port };
      const outcome = await runSipp({ scenario: fromSipe(`m=${medium} 15063 sip null`), server, transport });
      expect(outcome).toMatchObject(succeeded);
      expect(outcome.messages).toMatch(new RegExp(`^m=${medium} ${sip.port} sip sip:bob@fabrikam\\.example\\r?$`, 'm'));
      expect(crossed).toEqual([
        'MESSAGE sip:bob@fabrikam.example Hello',
        expect.stringMatching(/^INFO sip:bob@fabrikam\.example .*status="type"/),
        'BYE sip:bob@fabrikam.example',
      ]);
      expect(table.size).toBe(0);
    });

    it(`a session of ours is opened by ${transport}, carries text and typing, and is ended`, async () => {
      const alice = await startSipp({ scenario: device(`m=${medium} 5060 sip null`), transport });
      const { table } = await sessions({ port: alice.port, transport });
      const said = await table.open(ends, content('message', 'text/plain;charset=UTF-8', 'Hello'));
      expect(said).toMatchObject({ status: 200, about: 'message' });
      const typing = content('typing', 'application/xml', '<KeyboardActivity/>');
      expect(await table.submit(ends, typing)).toMatchObject({ status: 200 });
      await table.submit(ends, content('leave'));
      expect(await alice.finished).toMatchObject(succeeded);
      expect(table.size).toBe(0);
    });
  }

  it('of two devices that accept, each is acknowledged, and the second one is told that it is not needed', async () => {
    const alice = await startSipp({ scenario: twoDevices, transport: 'tcp' });
    const { table, ended } = await sessions({ port: alice.port, transport: 'tcp' });
    expect(await table.open(ends, content('message', 'text/plain', 'Hello'))).toMatchObject({ status: 200 });
    await ended;
    await table.submit(ends, content('leave'));
    const outcome = await alice.finished;
    expect(outcome).toMatchObject(succeeded);
    const byes = [...outcome.messages.matchAll(/^BYE [^]*?^To: .*;tag=(\w+)/gm)].map(([, tag]) => tag);
    expect(byes).toEqual(['second', 'first']);
  });

  it('an acceptance that crosses the CANCEL is acknowledged and ended, and its message is told once', async () => {
    const alice = await startSipp({ scenario: tooLate, transport: 'tcp' });
    const { table, rings } = await sessions({ port: alice.port, transport: 'tcp' });
    const said = table.open(ends, content('message', 'text/plain', 'Hello'));
    await rings;
    await table.close();
    expect(await said).toMatchObject({ status: 480, about: 'session' });
    expect(await alice.finished).toMatchObject(succeeded);
  });

  it('an invitation that nobody takes is cancelled when the gateway stops, and its message is told so', async () => {
    const alice = await startSipp({ scenario: ringing, transport: 'tcp' });
    const { table, rings } = await sessions({ port: alice.port, transport: 'tcp' });
    const said = table.open(ends, content('message', 'text/plain', 'Hello'));
    await rings;
    await table.close();
    expect(await said).toMatchObject({ status: 480, about: 'session' });
    expect(await alice.finished).toMatchObject(succeeded);
  });
});
