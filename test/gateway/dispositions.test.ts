import { describe, expect, it } from '@jest/globals';

import { fromSip } from '../../src/gateway/from-sip.ts';
import { fromXmpp } from '../../src/gateway/from-xmpp.ts';
import { Headers } from '../../src/gateway/sip/headers.ts';
import { childOf, type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { scriptedCrossing } from '../support/crossing.ts';
import { gatewayParts } from '../support/gateway-parts.ts';
import { body, fromBob, noPresence } from '../support/xmpp-door.ts';

const receipts = 'urn:xmpp:receipts';

/** The envelope alice's client writes; `kinds` is what it wants to be told. */
const envelope = (kinds: string): string =>
  [
    'From: <sip:alice@contoso.example>',
    'To: <sip:bob@fabrikam.example>',
    'NS: imdn <urn:ietf:params:imdn>',
    'imdn.Message-ID: 34jk324j',
    'DateTime: 2026-11-23T12:00:00Z',
    ...(kinds === '' ? [] : [`imdn.Disposition-Notification: ${kinds}`]),
    '',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Hello',
  ].join('\r\n');

/** Alice writes to bob, whose server says `later` of the message; what reaches whom. */
async function exchange(kinds: string, later: (id: string) => Element) {
  const crossing = scriptedCrossing();
  const parts = gatewayParts(crossing);
  const { deliveries } = parts;
  fromSip(crossing, parts).receive({
    aor: 'sip:alice@contoso.example',
    request: {
      kind: 'request',
      method: 'MESSAGE',
      requestUri: 'sip:bob@fabrikam.example',
      headers: Headers.of([['Content-Type', 'message/cpim']]),
      body: Buffer.from(envelope(kinds)),
    },
    respond: () => undefined,
  });
  await deliveries.settled();
  const [message] = crossing.stanzas;
  if (message === undefined) throw new Error('nothing crossed');
  const door = fromXmpp(crossing, { ...parts, presence: noPresence });
  const said = later(message.attributes['id'] ?? '');
  await door.receive(said);
  await door.receive(said);
  return { message, told: crossing.requests };
}

const received = (id: string) => fromBob('message', { id: 'r1' }, element('received', receipts, { id }));
const failed = (id: string) =>
  fromBob(
    'message',
    { type: 'error', id },
    element(
      'error',
      'jabber:server',
      { type: 'cancel' },
      element('item-not-found', 'urn:ietf:params:xml:ns:xmpp-stanzas'),
    ),
  );

describe('a SIP user who asks to be told of delivery [RFC 5438, XEP-0184]', () => {
  it('makes the gateway ask the contact for a receipt', async () => {
    const { message } = await exchange('positive-delivery', received);
    expect(childOf(message, 'request', receipts)).toBeDefined();
    expect(
      (await exchange('', received)).message.children.map((child) => (typeof child === 'string' ? child : child.name)),
    ).not.toContain('request');
    expect(childOf((await exchange('negative-delivery', received)).message, 'request', receipts)).toBeUndefined();
  });

  it('gets a notification from the contact when the receipt comes, once', async () => {
    const { told } = await exchange('positive-delivery', received);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      from: 'sip:bob@fabrikam.example',
      to: 'sip:alice@contoso.example',
      headers: [
        ['Content-Type', 'message/cpim'],
        ['X-Correlation', expect.any(String)],
      ],
    });
    expect(told[0]?.body.toString()).toContain(
      '<message-id>34jk324j</message-id><datetime>2026-11-23T12:00:00Z</datetime>',
    );
    expect(told[0]?.body.toString()).toContain('<delivered/>');
  });

  it('gets a failure as a notification when that is what was asked for', async () => {
    const { told } = await exchange('negative-delivery', failed);
    expect(told).toHaveLength(1);
    expect(told[0]?.body.toString()).toContain('<failed/>');
  });

  it('and one who asks for nothing of the kind gets a failure in words', async () => {
    for (const kinds of ['', 'positive-delivery']) {
      const { told } = await exchange(kinds, failed);
      expect(told).toHaveLength(1);
      expect(told[0]?.body.toString()).toContain('was not delivered: there is no such user');
    }
  });

  it('is told nothing by a receipt that nobody asked for, that names no message of his, or that somebody else sends', async () => {
    expect((await exchange('', received)).told).toEqual([]);
    expect((await exchange('positive-delivery', () => received('other'))).told).toEqual([]);
    const stranger = (id: string) => ({
      ...received(id),
      attributes: { ...received(id).attributes, from: 'eve@fabrikam.example' },
    });
    expect((await exchange('positive-delivery', stranger)).told).toEqual([]);
  });

  it('gets the text of a message that carries a receipt as well', async () => {
    const both = (id: string) => fromBob('message', { id: 'r1' }, body('Yes'), element('received', receipts, { id }));
    const { told } = await exchange('positive-delivery', both);
    expect(told.map((request) => request.body.toString())).toContain('Yes');
  });
});
