import { describe, expect, it } from '@jest/globals';

import { parseCpim } from '../../../../src/gateway/sip/bodies/cpim.ts';
import { dispositionAsked, imdnType, printImdn } from '../../../../src/gateway/sip/bodies/imdn.ts';
import { childText, parseXmlBody } from '../../../../src/gateway/sip/bodies/xml-body.ts';
import { Headers } from '../../../../src/gateway/sip/headers.ts';

type Field = [string, string];
const namespace: Field = ['NS', 'imdn <urn:ietf:params:imdn>'];
const messageId: Field = ['imdn.Message-ID', '34jk324j'];
const dateTime: Field = ['DateTime', '2006-04-04T12:16:49-05:00'];
const both: Field = ['imdn.Disposition-Notification', 'positive-delivery, negative-delivery'];

describe('a request for a disposition notification [RFC 5438 §7.1.1]', () => {
  it.each<[string, Field[], { delivered: boolean; failed: boolean } | undefined]>([
    ['both kinds', [namespace, messageId, dateTime, both], { delivered: true, failed: true }],
    [
      'one kind, with a parameter',
      [namespace, messageId, dateTime, ['imdn.Disposition-Notification', 'positive-delivery;x=y, display']],
      { delivered: true, failed: false },
    ],
    [
      'another prefix',
      [
        ['NS', 'my <urn:ietf:params:imdn>'],
        ['my.Message-ID', '34jk324j'],
        dateTime,
        ['my.Disposition-Notification', 'negative-delivery'],
      ],
      { delivered: false, failed: true },
    ],
    [
      'the default namespace',
      [
        ['NS', '<urn:ietf:params:imdn>'],
        ['Message-ID', '34jk324j'],
        dateTime,
        ['Disposition-Notification', 'negative-delivery'],
      ],
      { delivered: false, failed: true },
    ],
    [
      'a prefix of another namespace',
      [
        ['NS', 'my <urn:other>'],
        ['my.Message-ID', '34jk324j'],
        dateTime,
        ['my.Disposition-Notification', 'negative-delivery'],
      ],
      undefined,
    ],
    ['display alone', [namespace, messageId, dateTime, ['imdn.Disposition-Notification', 'display']], undefined],
    ['no message id', [namespace, dateTime, both], undefined],
    ['a message id that is no token', [namespace, ['imdn.Message-ID', '<a b>'], dateTime, both], undefined],
    ['no time', [namespace, messageId, both], undefined],
    ['a time that is none', [namespace, messageId, ['DateTime', '</datetime>'], both], undefined],
    ['nothing at all', [], undefined],
  ])('is understood with %s', (_title, fields, expected) => {
    const asked = dispositionAsked(Headers.of(fields));
    if (expected === undefined) expect(asked).toBeUndefined();
    else expect(asked).toEqual({ ...expected, messageId: '34jk324j', dateTime: dateTime[1] });
  });
});

describe('a disposition notification [RFC 5438 §7.2.1.1]', () => {
  const asked = { messageId: '34jk324j', dateTime: dateTime[1], delivered: true, failed: true };
  const printed = printImdn({
    asked,
    status: 'delivered',
    recipient: "sip:o'neil&co@fabrikam.example",
    sender: 'sip:alice@contoso.example',
    id: 'n1',
    now: new Date('2026-11-23T12:00:00Z'),
  });

  it('names the message and its time, the recipient and what became of it, in an envelope of its own', () => {
    const message = parseCpim(printed);
    if (!message.ok) throw new Error(message.error);
    const { envelope, entity } = message.value;
    expect([envelope.get('imdn.Message-ID'), envelope.get('NS')]).toEqual(['n1', 'imdn <urn:ietf:params:imdn>']);
    expect(envelope.get('DateTime')).toBe('2026-11-23T12:00:00.000Z');
    expect(entity.mediaType).toBe(imdnType);
    const document = parseXmlBody(entity.content);
    if (!document.ok) throw new Error(document.error);
    const text = (name: string) => childText(document.value, name, 'urn:ietf:params:xml:ns:imdn');
    expect([text('message-id'), text('datetime')]).toEqual(['34jk324j', dateTime[1]]);
    expect(text('recipient-uri')).toBe("sip:o'neil&co@fabrikam.example");
    expect(entity.content.toString()).toContain('<delivery-notification><status><delivered/></status>');
  });

  it('asks for no notification of its own, which would never end [§7.2.1.1]', () => {
    const message = parseCpim(printed);
    expect(message.ok && dispositionAsked(message.value.envelope)).toBeUndefined();
  });
});
