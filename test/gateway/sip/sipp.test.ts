/** The endpoint against sipp, a SIP implementation of other people. */
import { expect, it } from '@jest/globals';

import { receiveMessageScenario, runSipp, startSipp } from '../../peers/sipp.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { endpoint, outgoing } from './endpoints.ts';

const uac = (method: string, body: string): string => `<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="${method}">
<send retrans="500"><![CDATA[
${method} sip:bob@contoso.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
Max-Forwards: 70
f: <sip:alice@fabrikam.example>;tag=[pid]t[call_number]
t: <sip:bob@contoso.example>
Call-ID: [call_id]
CSeq: 1 ${method}
Content-Type: text/plain;charset=UTF-8
Content-Length: [len]

${body}]]></send>
<recv response="200"></recv>
</scenario>`;

/** INVITE, 180, 200, ACK, BYE. */
const session = `<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="session">
<send retrans="500"><![CDATA[
INVITE sip:bob@contoso.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:alice@fabrikam.example>;tag=[pid]t[call_number]
To: <sip:bob@contoso.example>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:alice@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="180"></recv>
<recv response="200" rrs="true"></recv>
<send><![CDATA[
ACK sip:bob@contoso.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:alice@fabrikam.example>;tag=[pid]t[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
BYE sip:bob@contoso.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:alice@fabrikam.example>;tag=[pid]t[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"></recv>
</scenario>`;

const inviteWith = (method: string, to = 'To: <sip:bob@contoso.example>'): string => `<![CDATA[
${method} sip:bob@contoso.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number];rport
From: <sip:alice@fabrikam.example>;tag=[pid]t[call_number]
${to}
Call-ID: [call_id]
CSeq: 1 ${method}
Contact: <sip:alice@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]>`;

/** INVITE, 180, CANCEL, 200, 487, ACK. */
const takenBack = `<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="taken back">
<send retrans="500">${inviteWith('INVITE')}</send>
<recv response="180"></recv>
<send retrans="500">${inviteWith('CANCEL')}</send>
<recv response="200"></recv>
<recv response="487"></recv>
<send>${inviteWith('ACK', '[last_To:]')}</send>
</scenario>`;

const transports = ['udp', 'tcp'] as const;

describeWithPeers('sipp and the endpoint', [peers.sipp], () => {
  it.each(transports.flatMap((transport) => [['OPTIONS', transport] as const, ['MESSAGE', transport] as const]))(
    'sipp is answered when it sends %s over %s',
    async (method, transport) => {
      const bob = await endpoint();
      const server = { host: '127.0.0.1', port: bob.port };
      const outcome = await runSipp({ scenario: uac(method, 'Art thou there?'), server, transport });
      expect([outcome.exitCode, outcome.errors]).toEqual([0, '']);
      const incoming = bob.requests[0];
      expect([incoming?.request.method, incoming?.source.transport]).toEqual([method, transport]);
      expect(String(incoming?.request.body)).toContain('Art thou there?');
    },
  );

  it.each(transports)('sipp takes a MESSAGE of the endpoint over %s', async (transport) => {
    const sipp = await startSipp({ scenario: receiveMessageScenario(), transport });
    const alice = await endpoint();
    const message = outgoing('MESSAGE', {
      body: 'Here I am: grüß dich',
      headers: [['Content-Type', 'text/plain;charset=UTF-8']],
    });
    const final = await alice.request(message, { transport, host: '127.0.0.1', port: sipp.port });
    expect(final).toMatchObject({ ok: true, response: { status: 200 } });
    const outcome = await sipp.finished;
    expect([outcome.exitCode, outcome.messages.includes('grüß dich')]).toEqual([0, true]);
  });

  it.each(transports)(
    'sipp takes an INVITE back over %s: 200 for its CANCEL, 487 for the INVITE',
    async (transport) => {
      const cancelled: boolean[] = [];
      const bob = await endpoint({
        onRequest(incoming) {
          if (incoming.request.method === 'INVITE') incoming.respond(180);
          incoming.cancelled.addEventListener('abort', () => cancelled.push(incoming.cancelled.aborted));
        },
      });
      const outcome = await runSipp({ scenario: takenBack, server: { host: '127.0.0.1', port: bob.port }, transport });
      expect([outcome.exitCode, outcome.errors, cancelled]).toEqual([0, '', [true]]);
      expect(bob.requests.map(({ request }) => request.method)).toEqual(['INVITE']);
    },
  );

  it.each(transports)('sipp opens and ends a session over %s', async (transport) => {
    const bob = await endpoint({
      onRequest(incoming) {
        if (incoming.request.method === 'INVITE') incoming.respond(180);
        incoming.respond(200, { headers: [['Contact', '<sip:bob@127.0.0.1>']] });
      },
    });
    const outcome = await runSipp({ scenario: session, server: { host: '127.0.0.1', port: bob.port }, transport });
    expect([outcome.exitCode, outcome.errors]).toEqual([0, '']);
    expect(bob.requests.map(({ request }) => request.method)).toEqual(['INVITE', 'ACK', 'BYE']);
  });
});
