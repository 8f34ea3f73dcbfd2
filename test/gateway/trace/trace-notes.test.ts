/** What a stanza, a SIP message and an event of the log are in the trace: recognisable, and without what people say. */
import { describe, expect, it } from '@jest/globals';

import { Headers } from '../../../src/gateway/sip/headers.ts';
import type { SipMessage } from '../../../src/gateway/sip/message.ts';
import { eventNote } from '../../../src/gateway/trace/event-note.ts';
import { exchangeOfStanza } from '../../../src/gateway/trace/exchange.ts';
import { sipNote } from '../../../src/gateway/trace/sip-note.ts';
import { stanzaNote } from '../../../src/gateway/trace/stanza-note.ts';
import type { StreamSummary } from '../../../src/gateway/xmpp/s2s-event.ts';
import { element } from '../../../src/gateway/xmpp/xml/element.ts';
import { body, fromBob } from '../../support/xmpp-door.ts';

const stream = {
  remoteDomain: 'fabrikam.example',
  peerAddress: '192.0.2.10',
  peerPort: 5269,
  tls: { protocol: 'TLSv1.3', cipher: '' },
} as StreamSummary;
const secret = 'the parrot sleeps';

describe('a stanza', () => {
  const message = fromBob('message', { type: 'chat', id: 'a7' }, body(secret));

  it('is named by what a reader of the protocol looks for', () => {
    expect(stanzaNote({ stanza: message, stream, direction: 'In', withBodies: false })).toMatchObject({
      kind: 'Wire',
      component: 'xmpp',
      subject: 'Im',
      level: 'trace',
      direction: 'In',
      summary: '<message> chat id=a7',
      peer: 'fabrikam.example',
      peerAddress: '192.0.2.10:5269',
      transport: 'TLSv1.3',
      size: secret.length,
    });
  });

  it('keeps its shape and loses its text, but for the words of the protocol', () => {
    const raw = (withBodies: boolean): string | undefined =>
      stanzaNote({ stanza: message, stream, direction: 'In', withBodies }).raw?.();
    expect(raw(false)).toContain(`<body>[${secret.length} characters]</body>`);
    expect(raw(true)).toContain(`<body>${secret}</body>`);
    const presence = fromBob(
      'presence',
      {},
      element('show', 'jabber:server', {}, 'away'),
      element('status', 'jabber:server', {}, secret),
    );
    const note = stanzaNote({ stanza: presence, stream, direction: 'Out', withBodies: false });
    expect(note.raw?.()).toMatch(/<show>away<\/show><status>\[\d+ characters\]<\/status>/);
    expect(note.subject).toBe('Presence');
  });

  it('has the same exchange as the answers to it, and another one than any other stanza', () => {
    const reply = element('message', 'jabber:server', {
      type: 'error',
      id: 'a7',
      from: message.attributes['to'],
      to: message.attributes['from'],
    });
    expect(exchangeOfStanza(reply)).toBe(exchangeOfStanza(message));
    expect(stanzaNote({ stanza: reply, stream, direction: 'Out', withBodies: false }).level).toBe('warn');
    const nameless = [fromBob('message', { id: undefined }), fromBob('message', { id: undefined })] as const;
    expect(exchangeOfStanza(nameless[0])).toBe(exchangeOfStanza(nameless[0]));
    expect(exchangeOfStanza(nameless[0])).not.toBe(exchangeOfStanza(nameless[1]));
  });
});

describe('a SIP message', () => {
  const headers = Headers.of([
    ['From', '<sip:alice@contoso.example>;tag=1'],
    ['To', '<sip:bob@fabrikam.example>'],
    ['Call-ID', 'c1'],
    ['CSeq', '7 MESSAGE'],
    ['Subject', secret],
    ['Proxy-Authorization', 'Digest response="0123"'],
    ['X-Correlation', 'AAAAAAAAAA'],
  ]);
  const request: SipMessage = {
    kind: 'request',
    method: 'MESSAGE',
    requestUri: 'sip:bob@fabrikam.example',
    headers,
    body: Buffer.from(secret),
  };
  const received = { type: 'received', message: request, transport: 'tls', peer: '192.0.2.20:5061' } as const;

  it('is named by its method and number, or its status', () => {
    expect(sipNote(received, false)).toMatchObject({
      subject: 'Im',
      direction: 'In',
      summary: 'MESSAGE cseq 7',
      exchange: 'c1 7 MESSAGE',
      peerAddress: '192.0.2.20:5061',
      transport: 'tls',
    });
    const response: SipMessage = { kind: 'response', status: 404, reason: 'Not Found', headers, body: Buffer.alloc(0) };
    expect(sipNote({ ...received, message: response }, false)).toMatchObject({
      subject: 'Im',
      summary: '404 Not Found',
      level: 'warn',
      exchange: 'c1 7 MESSAGE',
    });
    const notify: SipMessage = {
      ...request,
      method: 'NOTIFY',
      headers: Headers.of([
        ['CSeq', '2 NOTIFY'],
        ['Subscription-State', 'active;expires=60'],
      ]),
    };
    expect(sipNote({ ...received, message: notify }, false)).toMatchObject({
      subject: 'Presence',
      summary: 'NOTIFY active cseq 2',
    });
  });

  it('has its head, without its credentials, its subject and its body', () => {
    const raw = sipNote(received, false).raw?.() ?? '';
    expect(raw.split('\r\n')[0]).toBe('MESSAGE sip:bob@fabrikam.example SIP/2.0');
    expect(raw).toContain('Proxy-Authorization: [22 characters]');
    expect(raw).not.toMatch(/parrot|0123/);
    expect(raw).toMatch(/\[17 bytes\]$/);
    expect(sipNote(received, true).raw?.()).toMatch(/the parrot sleeps$/);
    expect(sipNote(received, true).raw?.()).not.toContain('0123');
  });

  it('carries a CorrelationId when it is ours, and not when a stranger says so', () => {
    expect(sipNote(received, false).correlationId).toBeUndefined();
    expect(sipNote({ ...received, type: 'sent' }, false).correlationId).toBe('AAAAAAAAAA');
  });
});

describe('an event of the log', () => {
  it('is a step with its id, its message and what it is about', () => {
    const note = eventNote({
      id: 'StreamRefused',
      level: 'warn',
      component: 'xmpp',
      message: 'refused',
      facts: { partner: 'fabrikam.example', peerAddress: '192.0.2.10', peerPort: 5269 },
    });
    expect(note).toMatchObject({
      kind: 'Event',
      subject: 'Stream',
      level: 'warn',
      summary: 'refused',
      peer: 'fabrikam.example',
      peerAddress: '192.0.2.10:5269',
      facts: { event: 'StreamRefused' },
    });
    expect(
      eventNote({ id: 'MessageRefused', level: 'warn', component: 'policy', message: '', correlationId: 'C' }),
    ).toMatchObject({ subject: 'Im', correlationId: 'C' });
  });
});
