/** The endpoint against sipp, a SIP implementation of other people. */
import { expect, it } from '@jest/globals';

import { receiveMessageScenario, runSipp, startSipp } from '../../peers/sipp.ts';
import { describeWithPeer } from '../../support/needs-peer.ts';
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

const transports = ['udp', 'tcp'] as const;
const cases = transports.flatMap((transport) => [['OPTIONS', transport] as const, ['MESSAGE', transport] as const]);
