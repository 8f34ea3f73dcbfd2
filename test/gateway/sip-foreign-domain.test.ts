/** What a user of the home server wants of a domain that is no partner goes nowhere. */
import { expect, it } from '@jest/globals';

import { settled, sipWithoutSockets } from './sip-without-sockets.ts';

const user = 'sip:user@example.com';
const foreign = 'sip:eve@elsewhere.example';
const description =
  'v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=session\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 5060 sip null\r\na=accept-types:text/plain\r\n';

function bytesOf(method: string, to: string, fields: readonly string[], body = ''): Buffer {
  const head = [
    `${method} ${to} SIP/2.0`,
    `Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK${method}`,
    'Max-Forwards: 70',
    `From: <${user}>;tag=f`,
    `To: <${to}>`,
    `Call-ID: ${method}`,
    `CSeq: 1 ${method}`,
    ...fields,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const contact = `Contact: <sip:user@192.0.2.1:5060;transport=tcp>`;
const registration = bytesOf('REGISTER', user, [contact, 'Expires: 3600']);

it.each([
  ['writes to', 'MESSAGE', ['Content-Type: text/plain'], 'Hello'],
  ['invites', 'INVITE', [contact, 'Content-Type: application/sdp'], description],
] as const)(
  'a registered user who %s somebody in a domain that is no partner is refused, and nothing leaves',
  async (...row) => {
    const [, method, fields, body] = row;
    const side = sipWithoutSockets(true);
    side.stream([registration]);
    await settled();
    expect(side.users.home.registrations()).toHaveLength(1);
    side.requests.length = 0;
    side.stream([bytesOf(method, foreign, fields, body)]);
    await side.pass(1000, 10);
    const final = side.answers.map(String).filter((answer) => answer.includes(`CSeq: 1 ${method}`));
    expect(final.at(-1)).toMatch(/^SIP\/2\.0 40[34] /);
    expect([side.requests.map(String), side.stanzas]).toEqual([[], []]);
    await side.close();
  },
);
