import { describe, expect, it } from '@jest/globals';

import { fromSip } from '../../src/gateway/from-sip.ts';
import { fromXmpp } from '../../src/gateway/from-xmpp.ts';
import { Headers } from '../../src/gateway/sip/headers.ts';
import { trailOf } from '../../src/gateway/sip/trail.ts';
import { withTrail } from '../../src/gateway/translation/stanza-trail.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import { errorReply, readStanzaError, stanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { openConfiguration, scriptedCrossing } from '../support/crossing.ts';
import { gatewayParts } from '../support/gateway-parts.ts';
import { noPresence } from '../support/xmpp-door.ts';

const addresses = { from: 'bob@fabrikam.example/desk', to: 'alice@contoso.example', id: 'm1' };
const body = (text: string): Element => element('body', 'jabber:server', {}, text);
const message = (attributes: Record<string, string>, ...children: Element[]): Element =>
  stanza('message', { ...addresses, ...attributes }, ...children);

function gateway(crossing = scriptedCrossing()) {
  const parts = gatewayParts(crossing);
  const { deliveries } = parts;
  const xmpp = fromXmpp(crossing, { ...parts, presence: noPresence });
  const sip = fromSip(crossing, parts);
  return {
    crossing,
    sip,
    async receive(received: Element) {
      void xmpp.receive(received);
      await deliveries.settled();
    },
    errors: () =>
      crossing.stanzas.map((reply) => [
        reply.attributes['to'],
        reply.attributes['id'],
        readStanzaError(reply).condition,
      ]),
  };
}

describe('a message for one of our users [RFC 7572 §4]', () => {
  it('becomes a MESSAGE from the bare contact, text unchanged', async () => {
    const { crossing, receive } = gateway();
    await receive(
      message(
        { type: 'chat', 'xml:lang': 'de' },
        element('subject', 'jabber:server', {}, 'S\r\nX: y'),
        body('Grüße <&> 世界'),
      ),
    );
    const [request] = crossing.requests;
    expect(request).toMatchObject({
      method: 'MESSAGE',
      from: 'sip:bob@fabrikam.example',
      to: 'sip:alice@contoso.example',
    });
    expect(request?.body.toString()).toBe('Grüße <&> 世界');
    expect(request?.headers).toEqual([
      ['Content-Type', 'text/plain;charset=UTF-8'],
      ['Subject', 'S X: y'],
      ['Content-Language', 'de'],
      ['Max-Forwards', '69'],
      ['Xgw-Trail', expect.stringMatching(/^[0-9a-f]{16}$/)],
      ['X-Correlation', expect.stringMatching(/^[0-9A-Z]{10}$/)],
    ]);
    expect(crossing.stanzas).toEqual([]);
  });

  it.each([
    [404, 'item-not-found'],
    [480, 'recipient-unavailable'],
    [408, 'remote-server-timeout'],
    [415, 'not-acceptable'],
  ])('returns to its sender when SIP answers %i: %s', async (status, condition) => {
    const { crossing, receive, errors } = gateway();
    crossing.sipAnswer = { status, reason: 'No' };
    await receive(message({}, body('Hello')));
    expect(errors()).toEqual([['bob@fabrikam.example/desk', 'm1', condition]]);
  });

  it('names the client that it comes from by a hash of its address, always the same, and its user by his nickname', async () => {
    const { crossing, receive } = gateway();
    const nick = element('nick', 'http://jabber.org/protocol/nick', {}, 'Bob\r\nX: y');
    await receive(message({ type: 'chat' }, body('1'), nick));
    await receive(message({ type: 'chat' }, body('2')));
    await receive(message({ type: 'chat', from: 'bob@fabrikam.example/phone' }, body('3')));
    await receive(message({ type: 'chat', from: 'bob@fabrikam.example' }, body('4')));
    const [desk, again, phone, bare] = crossing.requests.map(({ speaker }) => speaker);
    expect(desk).toEqual({ epid: expect.stringMatching(/^[0-9a-f]{12}$/), name: 'Bob X: y' });
    expect(again).toEqual({ epid: desk?.epid });
    expect(phone?.epid).not.toBe(desk?.epid);
    expect(bare).toEqual({});
  });

  it('comes back with what a server has said of its refusal, and by which rule', async () => {
    const { crossing, receive } = gateway();
    crossing.sipAnswer = {
      status: 404,
      reason: 'Not Found',
      details: { id: 1003, reason: 'User <does> not exist', source: 'fe.contoso.example', warnings: [] },
    };
    await receive(message({}, body('1')));
    crossing.sipAnswer = { status: 606, reason: 'Not Acceptable', details: { reason: 'No links', warnings: [309] } };
    await receive(message({}, body('2')));
    crossing.sipAnswer = { status: 606, reason: 'Not Acceptable' };
    await receive(message({}, body('3')));
    const errors = crossing.stanzas.map((reply) => readStanzaError(reply));
    expect(errors.map(({ condition, text }) => [condition, text])).toEqual([
      ['item-not-found', 'Not Found (1003: User <does> not exist)'],
      ['policy-violation', 'Not Acceptable (No links)'],
      ['not-acceptable', 'Not Acceptable'],
    ]);
  });

  it('keeps the order of one pair', async () => {
    const { crossing, receive } = gateway();
    await Promise.all(['1', '2', '3'].map((text) => receive(message({ id: text }, body(text)))));
    expect(crossing.requests.map((request) => request.body.toString())).toEqual(['1', '2', '3']);
  });

  it('carries composing as active, and every other chat state as idle', async () => {
    const { crossing, receive } = gateway();
    for (const state of ['composing', 'paused', 'gone']) {
      await receive(message({ type: 'chat' }, element(state, 'http://jabber.org/protocol/chatstates')));
    }
    expect(crossing.requests.map((request) => /<state>(\w+)</.exec(request.body.toString())?.[1])).toEqual([
      'active',
      'idle',
      'idle',
    ]);
    // An IM session says it in its own words.
    expect(crossing.requests.map(({ chatState }) => chatState)).toEqual(['composing', 'paused', 'gone']);
  });

  it('does not return a typing notice that nobody understood', async () => {
    const { crossing, receive } = gateway();
    crossing.sipAnswer = { status: 415, reason: 'No' };
    await receive(message({ type: 'chat' }, element('composing', 'http://jabber.org/protocol/chatstates')));
    expect(crossing.stanzas).toEqual([]);
  });

  it('returns more text than crosses to its sender, and gives SIP nothing', async () => {
    const { crossing, receive, errors } = gateway();
    await receive(message({}, body('x'.repeat(128 * 1024 + 1))));
    expect(errors()).toEqual([['bob@fabrikam.example/desk', 'm1', 'policy-violation']]);
    expect(crossing.requests).toEqual([]);
  });

  it('refuses group chat: there are no rooms', async () => {
    const { receive, errors } = gateway();
    await receive(message({ type: 'groupchat' }, body('Hello')));
    expect(errors()).toEqual([['bob@fabrikam.example/desk', 'm1', 'service-unavailable']]);
  });

  it.each([
    ['an unknown user', { users: {} }, 'item-not-found'],
    ['a closed edge', { accessEdge: { allowFederatedUsers: false } }, 'forbidden'],
    ['a removed partner', { federatedPartners: {} }, 'forbidden'],
  ])('is refused for %s', async (_title, change, condition) => {
    const { crossing, receive, errors } = gateway(scriptedCrossing({ ...openConfiguration, ...change }));
    await receive(message({}, body('Hello')));
    expect(errors()).toEqual([['bob@fabrikam.example/desk', 'm1', condition]]);
    expect(crossing.requests).toEqual([]);
  });

  it.each([
    ['an unknown user', { users: {} }],
    ['a closed edge', { accessEdge: { allowFederatedUsers: false } }],
  ])('never answers a receipt, not for %s either: it is an answer itself [XEP-0184]', async (_title, change) => {
    const { crossing, receive } = gateway(scriptedCrossing({ ...openConfiguration, ...change }));
    await receive(message({}, element('received', 'urn:xmpp:receipts', { id: 'm0' })));
    expect(crossing.stanzas).toEqual([]);
    expect(crossing.events.find(({ id }) => id === 'StanzaRefused')).toBeDefined();
  });

  it('is refused when it has been here before from and to the same, and when its hops are used up', async () => {
    const { crossing, receive, errors } = gateway();
    await receive(message({}, body('Hello')));
    const headers = Headers.of(crossing.requests[0]?.headers ?? []);
    const again = withTrail(message({}, body('Hello')), trailOf(headers));
    await receive(again);
    await receive(withTrail(message({}, body('Hello')), { maxForwards: 0, marks: [] }));
    expect(errors()).toEqual([
      ['bob@fabrikam.example/desk', 'm1', 'not-acceptable'],
      ['bob@fabrikam.example/desk', 'm1', 'not-acceptable'],
    ]);
    expect(crossing.requests).toHaveLength(1);
    expect(crossing.events.filter(({ id }) => id === 'LoopDetected').map(({ facts }) => facts?.['status'])).toEqual([
      482, 483,
    ]);
  });

  it('says when it was said, if its server has kept it [XEP-0203, RFC 3428 §4]', async () => {
    const { crossing, receive } = gateway();
    const delay = (stamp: string) => element('delay', 'urn:xmpp:delay', { stamp });
    await receive(message({}, body('1'), delay('2026-11-20T10:30:00.123+02:00')));
    await receive(message({}, body('2'), delay('yesterday')));
    const dates = crossing.requests.map(({ headers }) => Headers.of(headers).get('Date'));
    expect(dates).toEqual(['Fri, 20 Nov 2026 08:30:00 GMT', undefined]);
  });

  it('never answers an error', async () => {
    const { crossing, receive } = gateway(scriptedCrossing({ ...openConfiguration, users: {} }));
    await receive(message({ type: 'error' }));
    expect(crossing.stanzas).toEqual([]);
  });
});

describe('an error for a message of ours', () => {
  const send = {
    method: 'MESSAGE',
    requestUri: 'sip:bob@fabrikam.example',
    headers: Headers.of([['Call-ID', 'c']]),
    body: Buffer.from('Hi'),
  };

  it('reaches its sender as a message from the contact, with the reason', async () => {
    const { crossing, sip, receive } = gateway();
    sip.receive({ aor: 'sip:alice@contoso.example', request: { kind: 'request', ...send }, respond: () => undefined });
    await receive(message({}));
    const [original] = crossing.stanzas;
    const bounce = original && errorReply(original, stanzaError('item-not-found'));
    if (bounce === undefined) throw new Error('the message did not cross');
    await receive(bounce);
    expect(crossing.requests).toHaveLength(1);
    expect(crossing.requests[0]).toMatchObject({ from: 'sip:bob@fabrikam.example', to: 'sip:alice@contoso.example' });
    expect(crossing.requests[0]?.body.toString()).toMatch(/not delivered: there is no such user/);
    await receive(bounce);
    expect(crossing.requests).toHaveLength(1);
  });

  it.each([
    ['the words of the other side, made safe', { text: 'Mailbox\u001b[2J full' }, ': "Mailbox\\u{1b}[2J full". (gone)'],
    ['the new address', { address: 'xmpp:bob@new.example' }, ': the user is at bob@new.example now. (gone)'],
    ['no address that is none', { address: 'https://evil.example/' }, '. (gone)'],
  ])('tells %s', async (_title, more, end) => {
    const { crossing, sip, receive } = gateway();
    sip.receive({ aor: 'sip:alice@contoso.example', request: { kind: 'request', ...send }, respond: () => undefined });
    await receive(message({}));
    const [original] = crossing.stanzas;
    const bounce = original && errorReply(original, { ...stanzaError('gone'), ...more });
    await receive(bounce ?? message({}));
    expect(crossing.requests[0]?.body.toString()).toBe(`Your message to bob@fabrikam.example was not delivered${end}`);
  });

  it('is ignored for a message that never left: its sender was told already', async () => {
    const { crossing, sip, receive } = gateway();
    crossing.xmppAnswer = { ok: false, error: { type: 'wait', condition: 'remote-server-timeout' }, reason: 'down' };
    sip.receive({ aor: 'sip:alice@contoso.example', request: { kind: 'request', ...send }, respond: () => undefined });
    await receive(message({}));
    const [original] = crossing.stanzas;
    const bounce = original && errorReply(original, stanzaError('item-not-found'));
    if (bounce === undefined) throw new Error('the message was not tried');
    await receive(bounce);
    expect(crossing.requests).toEqual([]);
  });

  it('is ignored when no such message was sent to that contact', async () => {
    const { crossing, receive } = gateway();
    await receive(stanza('message', { ...addresses, type: 'error', id: 'made-up' }));
    expect(crossing.requests).toEqual([]);
  });
});

describe('iq', () => {
  const query = (to: string, namespace: string, type = 'get'): Element =>
    stanza('iq', { from: 'fabrikam.example', to, id: 'q1', type }, element('query', namespace));

  it('answers a ping [XEP-0199]', async () => {
    const { crossing, receive } = gateway();
    await receive(query('contoso.example', 'urn:xmpp:ping'));
    expect(crossing.stanzas[0]?.attributes).toMatchObject({ type: 'result', id: 'q1', to: 'fabrikam.example' });
  });

  it('says that the domain is a gateway, and nothing about users [XEP-0030]', async () => {
    const { crossing, receive, errors } = gateway();
    await receive(query('contoso.example', 'http://jabber.org/protocol/disco#info'));
    expect(JSON.stringify(crossing.stanzas[0])).toContain('"category":"gateway"');
    crossing.stanzas.length = 0;
    await receive(query('alice@contoso.example', 'http://jabber.org/protocol/disco#info'));
    expect(errors()).toEqual([['fabrikam.example', 'q1', 'service-unavailable']]);
  });

  it('refuses in-band registration', async () => {
    const { receive, errors } = gateway();
    await receive(query('contoso.example', 'jabber:iq:register', 'set'));
    expect(errors()).toEqual([['fabrikam.example', 'q1', 'service-unavailable']]);
  });

  it('never answers a result', async () => {
    const { crossing, receive } = gateway();
    await receive(query('contoso.example', 'urn:xmpp:ping', 'result'));
    expect(crossing.stanzas).toEqual([]);
  });
});

describe('a stanza is handled', () => {
  /** A SIP side, and an XMPP side, that answer when the test says so. */
  function slowGateway() {
    const crossing = scriptedCrossing();
    const answers: { sip?: (status: number) => void; xmpp?: () => void } = {};
    crossing.toSip = async () =>
      new Promise((resolve) => {
        answers.sip = (status) => resolve({ status, reason: 'x' });
      });
    crossing.toXmpp = async () =>
      new Promise((resolve) => {
        answers.xmpp = () => resolve(crossing.xmppAnswer);
      });
    const parts = { ...gatewayParts(crossing), presence: noPresence };
    const happened: string[] = [];
    const handled = Promise.resolve(fromXmpp(crossing, parts).receive(message({}, body('Hello')))).then(() =>
      happened.push('handled'),
    );
    return { answers, happened, handled, parts };
  }
  const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  it('with the final response of the SIP side, and not before', async () => {
    const { answers, happened, handled } = slowGateway();
    await turn();
    expect(happened).toEqual([]);
    answers.sip?.(200);
    await handled;
  });

  it('when the error is on its way to the sender', async () => {
    const { answers, happened, handled, parts } = slowGateway();
    await turn();
    answers.sip?.(480);
    await parts.deliveries.settled();
    await turn();
    expect(happened).toEqual([]);
    answers.xmpp?.();
    await handled;
  });

  it('at once where nothing is to be carried', () => {
    const crossing = scriptedCrossing();
    const parts = { ...gatewayParts(crossing), presence: noPresence };
    expect(fromXmpp(crossing, parts).receive(message({}))).toBeUndefined();
  });
});
