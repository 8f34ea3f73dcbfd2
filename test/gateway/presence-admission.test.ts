import { describe, expect, it } from '@jest/globals';

import { element } from '../../src/gateway/xmpp/xml/element.ts';
import { openConfiguration, scriptedCrossing } from '../support/crossing.ts';
import { fromBob, xmppDoor } from '../support/xmpp-door.ts';

const room = element('x', 'http://jabber.org/protocol/muc');

describe('presence that asks to enter a room [XEP-0045 §7.2]', () => {
  it.each(['alice@contoso.example/nick', 'lounge@contoso.example/nick'])(
    'is returned with service-unavailable, and is no state of the contact: %s',
    async (to) => {
      const { presence, receive, errors } = xmppDoor();
      await receive(fromBob('presence', { to }, room));
      expect([presence, errors()]).toEqual([[], ['service-unavailable']]);
    },
  );

  it('goes on to the presence links without that wish', async () => {
    const { presence, receive } = xmppDoor();
    await receive(fromBob('presence', {}, element('x', 'http://jabber.org/protocol/muc#user')));
    expect(presence).toHaveLength(1);
  });
});

describe('presence for somebody who may not be reached', () => {
  const closed = [
    ['an unknown user', { users: {} }],
    ['a closed edge', { accessEdge: { allowFederatedUsers: false } }],
  ] as const;

  it.each(closed)('a probe gets what a stranger gets, unsubscribed [RFC 6121 §4.3.2]: %s', async (_title, change) => {
    const { crossing, receive } = xmppDoor(scriptedCrossing({ ...openConfiguration, ...change }));
    await receive(fromBob('presence', { type: 'probe' }));
    expect(crossing.stanzas.map(({ attributes }) => ({ ...attributes }))).toEqual([
      { from: 'alice@contoso.example', to: 'bob@fabrikam.example', type: 'unsubscribed' },
    ]);
  });

  it.each([undefined, 'unavailable', 'subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'error'])(
    'anything else gets silence, so that nobody learns who exists [RFC 6121 §8.5.1]: %s',
    async (type) => {
      const { crossing, receive } = xmppDoor(scriptedCrossing({ ...openConfiguration, users: {} }));
      await receive(fromBob('presence', { type }));
      expect(crossing.stanzas).toEqual([]);
      expect(crossing.events).toContainEqual(expect.objectContaining({ id: 'StanzaRefused' }));
    },
  );
});
