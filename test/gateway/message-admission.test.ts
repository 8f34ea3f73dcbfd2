import { describe, expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { body, fromBob, xmppDoor } from '../support/xmpp-door.ts';

const message = (type: string | undefined, ...children: Element[]): Element =>
  fromBob('message', { type }, ...children);

describe('end-to-end encryption', () => {
  const fallback = body('I sent you an OMEMO encrypted message but your client does not support it.');
  it.each<[string, Element[]]>([
    ['OMEMO of 2015', [element('encrypted', 'eu.siacs.conversations.axolotl'), fallback]],
    ['OMEMO of XEP-0384 0.8', [element('encrypted', 'urn:xmpp:omemo:2'), fallback]],
    ['OpenPGP of XEP-0027', [element('x', 'jabber:x:encrypted', {}, 'hQEMA'), fallback]],
    ['OpenPGP of XEP-0373', [element('openpgp', 'urn:xmpp:openpgp:0'), fallback]],
    ['any method that XEP-0380 names', [element('encryption', 'urn:xmpp:eme:0', { namespace: 'x:new' }), fallback]],
    ['an OTR query', [body('?OTRv23?\nalice has requested an OTR conversation')]],
    ['an OTR query of version 1', [body('?OTR?v2?')]],
    ['OTR data', [body('?OTR:AAMC7kq...')]],
    ['an OTR fragment', [body('?OTR|5a73a599|27e31597,00001,00003,?OTR:AAM')]],
    ['no fallback at all', [element('encrypted', 'urn:xmpp:omemo:2')]],
  ])('MUST NOT cross as text: %s', async (_title, children) => {
    const { crossing, receive, errors } = xmppDoor();
    await receive(message('chat', ...children));
    expect(crossing.requests).toEqual([]);
    expect(errors()).toEqual(['not-acceptable']);
    expect(crossing.stanzas[0] && readStanzaError(crossing.stanzas[0]).text).toMatch(
      /end-to-end encryption cannot cross/i,
    );
  });

  it('is no subject of a sentence that mentions it', async () => {
    const { receive, texts } = xmppDoor();
    await receive(message('chat', body('What does ?OTR mean?')));
    await receive(message('chat', body('?OTR is what Pidgin shows')));
    expect(texts()).toHaveLength(2);
  });

  it('is never answered in an error [RFC 6120 §8.3.1]', async () => {
    const { crossing, receive } = xmppDoor();
    await receive(message('error', element('encrypted', 'urn:xmpp:omemo:2')));
    expect([crossing.requests, crossing.stanzas]).toEqual([[], []]);
  });
});

describe('what only a user of its own server may be sent', () => {
  const inside = element(
    'forwarded',
    'urn:xmpp:forward:0',
    {},
    fromBob('message', { from: 'eve@evil.example' }, body('x')),
  );
  it.each([
    ['a carbon of a received message', 'received', 'urn:xmpp:carbons:2'],
    ['a carbon of a sent message', 'sent', 'urn:xmpp:carbons:2'],
    ['a result of an archive', 'result', 'urn:xmpp:mam:2'],
    ['a result of an older archive', 'result', 'urn:xmpp:mam:1'],
  ])('is dropped, with the body beside it, and not answered: %s', async (_title, name, namespace) => {
    const { crossing, receive } = xmppDoor();
    await receive(message('chat', element(name, namespace, {}, inside), body('beside')));
    expect([crossing.requests, crossing.stanzas]).toEqual([[], []]);
    expect(crossing.events).toContainEqual(expect.objectContaining({ id: 'StanzaDropped' }));
  });

  it('is not the wish that no carbons be made', async () => {
    const { receive, texts } = xmppDoor();
    await receive(message('chat', element('private', 'urn:xmpp:carbons:2'), body('Hello')));
    expect(texts()).toEqual(['Hello']);
  });

  it('is a stanza-id by us: it says nothing here, and does not cross [XEP-0359 §6]', async () => {
    const { crossing, receive, texts } = xmppDoor();
    const forged = element('stanza-id', 'urn:xmpp:sid:0', { by: 'alice@contoso.example', id: 'forged' });
    await receive(message('chat', forged, body('Hello')));
    expect(texts()).toEqual(['Hello']);
    expect(JSON.stringify(crossing.requests)).not.toContain('forged');
  });
});

describe('the kinds of messages [RFC 6121 §5.2.2, §8.5]', () => {
  it.each([undefined, 'normal', 'chat', 'headline'])('type %s crosses as text', async (type) => {
    const { receive, texts } = xmppDoor();
    await receive(message(type, body('Hello')));
    expect(texts()).toEqual(['Hello']);
  });

  it('groupchat MUST be returned with service-unavailable: there are no rooms', async () => {
    const { crossing, receive, errors } = xmppDoor();
    await receive(message('groupchat', body('Hello')));
    expect([crossing.requests, errors()]).toEqual([[], ['service-unavailable']]);
  });

  it('a headline that reaches nobody MUST be ignored silently, where a chat message is returned', async () => {
    const { crossing, receive, errors } = xmppDoor();
    crossing.sipAnswer = { status: 480, reason: 'Temporarily Unavailable' };
    await receive(message('headline', body('Hello')));
    expect(errors()).toEqual([]);
    await receive(message('chat', body('Hello')));
    expect(errors()).toEqual(['recipient-unavailable']);
  });

  it('a message for a resource that is gone is one for the user', async () => {
    const { crossing, receive } = xmppDoor();
    await receive(fromBob('message', { type: 'chat', to: 'alice@contoso.example/gone' }, body('Hello')));
    expect(crossing.requests).toMatchObject([{ to: 'sip:alice@contoso.example' }]);
  });
});

describe('what stands beside a body', () => {
  it('is a hint that does not keep the message from crossing [XEP-0334]', async () => {
    const { receive, texts } = xmppDoor();
    await receive(message('chat', element('no-store', 'urn:xmpp:hints'), body('Hello')));
    expect(texts()).toEqual(['Hello']);
  });

  it('is a chat state, which makes no second MESSAGE [XEP-0085 §5.1]', async () => {
    const { receive, texts } = xmppDoor();
    await receive(message('chat', body('Hello'), element('active', 'http://jabber.org/protocol/chatstates')));
    expect(texts()).toEqual(['Hello']);
  });

  it('is another form of it: the body is the truth, its styling is text [XEP-0071, XEP-0393]', async () => {
    const { receive, texts } = xmppDoor();
    const html = element(
      'html',
      'http://jabber.org/protocol/xhtml-im',
      {},
      element('body', 'http://www.w3.org/1999/xhtml', {}, 'Other'),
    );
    await receive(message('chat', html, body('*Hello*')));
    expect(texts()).toEqual(['*Hello*']);
  });

  it('is the mark of a correction: SIP sees the new text as an edit [XEP-0308]', async () => {
    const { receive, texts } = xmppDoor();
    await receive(message('chat', element('replace', 'urn:xmpp:message-correct:0', { id: 'm0' }), body('at nine')));
    expect(texts()).toEqual(['[edited] at nine']);
  });
});
