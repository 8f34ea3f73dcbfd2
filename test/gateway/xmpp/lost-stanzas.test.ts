import { describe, expect, it } from '@jest/globals';

import { awaitsAcknowledgement, delayed, fateOf } from '../../../src/gateway/xmpp/lost-stanzas.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { element } from '../../../src/gateway/xmpp/xml/element.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';

const ends = { from: 'alice@contoso.example', to: 'bob@fabrikam.example' };
const body = element('body', 'jabber:server', {}, 'hi');
const composing = element('composing', 'http://jabber.org/protocol/chatstates');
const message = stanza('message', ends, body);
const typing = stanza('message', ends, composing);
const presence = (type?: string, to = ends.to) => stanza('presence', { ...ends, to, type });
const iq = (type: string) => stanza('iq', { ...ends, type, id: 'q' });

describe('stanzas in doubt', () => {
  it.each([
    ['a message', message, 'resend'],
    ['a message that also says that its sender goes on', stanza('message', ends, body, composing), 'resend'],
    ['a receipt', stanza('message', ends, element('received', 'urn:xmpp:receipts', { id: 'a' })), 'resend'],
    ['a typing notice', typing, 'drop'],
    ['a request', iq('get'), 'return'],
    ['a presence', presence(), 'resend'],
    ['a subscription', presence('subscribe'), 'resend'],
  ])('%s: %#', (_, lost, fate) => {
    expect(fateOf(lost, [])).toBe(fate);
  });

  it('of a presence only the last is sent again, and every step of a subscription', () => {
    expect(fateOf(presence(), [message, presence('unavailable')])).toBe('drop');
    expect(fateOf(presence(), [presence('unavailable', 'carol@fabrikam.example')])).toBe('resend');
    expect(fateOf(presence('subscribe'), [presence(), presence('unsubscribe')])).toBe('resend');
    expect(fateOf(presence(), [presence('subscribe')])).toBe('resend');
  });
});

it.each([
  [true, message],
  [true, iq('get')],
  [true, iq('set')],
  [false, iq('result')],
  [false, typing],
  [false, presence()],
  [true, stanza('message', { ...ends, type: 'error' }, body)],
])('waits %p for the acknowledgement', (waits, sent) => {
  expect(awaitsAcknowledgement(sent)).toBe(waits);
});

it('gives a message the time at which it was to be sent, once [XEP-0203 §2]', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const domain = 'contoso.example' as DomainName;
  const stamped = delayed(message, domain, at);
  expect(stamped.children.at(-1)).toMatchObject({ attributes: { from: domain, stamp: '2026-01-01T00:00:00.000Z' } });
  const ofIdn = delayed(message, 'xn--bcher-kva.example' as DomainName, at);
  expect(ofIdn.children.at(-1)).toMatchObject({ attributes: { from: 'bücher.example' } });
  expect(delayed(stamped, domain, new Date())).toBe(stamped);
  expect(delayed(presence(), domain, at)).toEqual(presence());
});
