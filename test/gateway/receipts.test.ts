import { describe, expect, it } from '@jest/globals';

import type { PartnerType } from '../../src/config/federated-partner.ts';
import { type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { fabrikam, openConfiguration, scriptedCrossing } from '../support/crossing.ts';
import { body, fromBob, xmppDoor } from '../support/xmpp-door.ts';

const receipts = 'urn:xmpp:receipts';
const chatStates = 'http://jabber.org/protocol/chatstates';
const request = element('request', receipts);

interface Scene {
  readonly partnerType?: PartnerType;
  /** Alice has added bob. */
  readonly listed?: boolean;
  readonly status?: number;
}

/** What the sender of the message gets. */
async function sentAfter(message: Element, { partnerType = 'Federated', listed = false, status = 200 }: Scene = {}) {
  const partner = { ...fabrikam, partnerType };
  const crossing = scriptedCrossing({ ...openConfiguration, federatedPartners: { [partner.identity]: partner } });
  crossing.sipAnswer = { status, reason: 'Scripted' };
  const { receive } = xmppDoor(crossing, { listed, blocked: false });
  await receive(message);
  return crossing.stanzas;
}

describe('a delivery receipt [XEP-0184]', () => {
  const asked = fromBob('message', { type: 'chat' }, body('Hello'), request);

  it('follows the 200 of the SIP side, names the message, and is no message to be receipted', async () => {
    const [receipt, ...more] = await sentAfter(asked);
    expect(more).toEqual([]);
    expect(receipt?.attributes).toMatchObject({
      from: 'alice@contoso.example',
      to: 'bob@fabrikam.example/desk',
      type: 'chat',
    });
    expect(receipt?.attributes['id']).not.toBe('m1');
    expect(receipt?.children).toMatchObject([{ name: 'received', namespace: receipts, attributes: { id: 'm1' } }]);
  });

  it('MUST NOT follow a 202, which promises nothing about the destination [RFC 3428 §7]', async () => {
    expect(await sentAfter(asked, { status: 202 })).toEqual([]);
  });

  it('MUST NOT follow a failure: the sender gets the error alone', async () => {
    expect((await sentAfter(asked, { status: 480 })).map(({ attributes }) => attributes['type'])).toEqual(['error']);
  });

  it.each<[string, Element]>([
    ['that asked for none', fromBob('message', { type: 'chat' }, body('Hello'))],
    ['without id', fromBob('message', { type: 'chat', id: undefined }, body('Hello'), request)],
    ['with an empty id', fromBob('message', { type: 'chat', id: '' }, body('Hello'), request)],
    ['that is an alert', fromBob('message', { type: 'headline' }, body('Hello'), request)],
    ['that is an error', fromBob('message', { type: 'error' }, body('Hello'), request)],
    ['that is a receipt itself', fromBob('message', {}, element('received', receipts, { id: 'm0' }))],
    ['without anything that crosses', fromBob('message', { type: 'chat' }, request)],
    ['that is a typing notice', fromBob('message', { type: 'chat' }, element('composing', chatStates), request)],
  ])('is not sent for a message %s', async (_title, message) => {
    expect(await sentAfter(message)).toEqual([]);
  });

  it.each<[PartnerType, boolean, string]>([
    ['Federated', false, 'received'],
    ['PublicVerified', false, 'received'],
    ['PublicUnverified', false, 'error'],
    ['PublicUnverified', true, 'received'],
  ])('follows the message, and goes to those who may write: %s, added: %s', async (partnerType, listed, child) => {
    const sent = await sentAfter(asked, { partnerType, listed });
    expect(sent.flatMap(({ children }) => children)).toMatchObject([{ name: child }]);
  });
});
