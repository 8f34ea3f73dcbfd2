/** One message told from the steps of many: what belongs to it, how it ended, and its drawing to the letter. */
import { describe, expect, it } from '@jest/globals';

import { flowPicture } from '../../../src/operations/trace/flow-ladder.ts';
import { flowsMermaid } from '../../../src/operations/trace/flow-mermaid.ts';
import { flowPage } from '../../../src/operations/trace/flow-page.ts';
import { messageFlow } from '../../../src/operations/trace/message-flow.ts';
import { messageIds, stepsOfMessage } from '../../../src/operations/trace/message-steps.ts';
import type { TraceStep } from '../../../src/primitives/trace-step.ts';
import { arriving, refused, step } from './sample-steps.ts';

const all: readonly TraceStep[] = [...arriving, ...refused];
const stepsOf = (id: string): readonly TraceStep[] => stepsOfMessage(all, id, (each) => each);

describe('the steps of one message', () => {
  it('are those with its id, and what was on the wires in their exchanges', () => {
    expect(stepsOf('01JD8W3K7A')).toEqual(arriving);
    expect(stepsOf('01JD8W3K7B')).toEqual(refused);
    expect(stepsOf('01JD8W3K7C')).toEqual([]);
  });

  it('are none of another message in the same IM session, whose Call-ID is the same', () => {
    const other = step(30, 9, {
      kind: 'Wire',
      component: 'sip',
      subject: 'Im',
      level: 'trace',
      summary: 'MESSAGE cseq 2',
      exchange: '7f2c@edge 2 MESSAGE',
    });
    expect(stepsOfMessage([...all, other], '01JD8W3K7A', (each) => each)).not.toContain(other);
  });

  it('say which messages there are, the newest last', () => {
    expect(messageIds(all)).toEqual(['01JD8W3K7A', '01JD8W3K7B']);
  });
});

describe('a message that arrived', () => {
  const flow = messageFlow('01JD8W3K7A', arriving);

  it('is told with both ends, the time it took, and both sides', () => {
    expect(flow).toMatchObject({
      from: 'bob@fabrikam.com/x',
      to: 'sip:alice@contoso.com',
      result: 'delivered',
      tookMs: 72,
      xmpp: { peerAddress: '192.0.2.10:5269', transport: 'TLSv1.3', name: 'id a7' },
      sip: { peerAddress: '192.0.2.20:5061', transport: 'tls', name: 'Call-ID 7f2c@edge, CSeq 1' },
    });
  });

  it('is drawn the same each time, in 100 columns', () => {
    const picture = flowPicture(flow, false);
    expect(picture).toBe(`01JD8W3K7A  IM  bob@fabrikam.com/x -> sip:alice@contoso.com   delivered in 72 ms

              fabrikam.com            edge proxy               gateway           alice@contoso.com
             192.0.2.10:5269         XMPP TLS 1.3              SIP TLS            192.0.2.20:5061
+0.000              |-- <message> id=a7 -->|                      |                      |
+0.002              |                      |- stanza [42 chars] ->|                      |
                    |                      | partner Federated: allowed                  |
                    |                      |                      | JID->SIP  sip:bob@fabrikam.com
+0.004              |                      |                      |-- MESSAGE cseq 1 --->|
+0.071              |                      |                      |<------ 200 OK -------|

XMPP id a7 <-> SIP Call-ID 7f2c@edge, CSeq 1.
Bodies hidden (EnableLoggingAllMessageBodies is False).
`);
    expect(flowPicture(flow, true)).not.toContain('Bodies hidden');
  });
});

describe('a message that was refused', () => {
  const flow = messageFlow('01JD8W3K7B', refused);

  it('names the rule, and whom it was for', () => {
    expect(flow).toMatchObject({
      result: 'refused',
      to: 'sip:dora@adatum.org',
      reason: refused[2]?.summary,
      tookMs: 2,
    });
  });

  it('is drawn with the whole reason above, in 100 columns', () => {
    const lines = flowPicture(flow, false).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '01JD8W3K7B  IM  sip:alice@contoso.com -> sip:dora@adatum.org   refused after 2 ms',
      'sip:alice@contoso.com may not reach sip:dora@adatum.org: adatum.org is not an XMPP federated partner',
      '',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBe(100);
  });
});

describe('as a document', () => {
  const hostile = messageFlow('01JD8W3K7A', [
    step(1, 0, {
      kind: 'Wire',
      component: 'xmpp',
      direction: 'In',
      subject: 'Im',
      level: 'trace',
      summary: '</pre><script>alert(1)</script>; x',
      peer: '"><img src=x>',
      raw: '<message>]]></message>',
    }),
  ]);

  it('is a Mermaid sequence diagram that no text of a stranger can leave', () => {
    expect(
      flowsMermaid([messageFlow('01JD8W3K7A', arriving)])
        .split('\n')
        .slice(0, 7),
    ).toEqual([
      'sequenceDiagram',
      '  participant partner as fabrikam.com 192.0.2.10:5269',
      '  participant xmpp as edge proxy XMPP TLS 1.3',
      '  participant sip as gateway SIP TLS',
      '  participant user as alice@contoso.com 192.0.2.20:5061',
      '  Note over partner,user: 01JD8W3K7A  IM  bob@fabrikam.com/x -#62; sip:alice@contoso.com   delivered in 72 ms',
      '  partner->>xmpp: #60;message#62; id=a7 (+0 ms)',
    ]);
    expect(flowsMermaid([hostile])).not.toMatch(/<script|[^\d];/);
  });

  it('is a page with the messages of the wire, on which nothing of a stranger is markup', () => {
    const page = flowPage({ title: 'A & B', flows: [messageFlow('01JD8W3K7A', arriving), hostile], withBodies: false });
    expect(page).toContain('<title>A &amp; B</title>');
    expect(page).toContain('<pre>&lt;message/&gt;</pre>');
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain("default-src 'none'");
  });
});
