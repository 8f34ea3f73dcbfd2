import { describe, expect, it } from '@jest/globals';

import { alice, bob, presenceScene } from '../support/presence-scene.ts';

const pair = { user: alice, contact: bob };

describe('a contact that an administrator adds', () => {
  it('is asked on behalf of the user, once', () => {
    const { presence, sent } = presenceScene();
    expect(presence.contacts.add(pair)).toEqual({
      ok: true,
      value: {
        ...pair,
        state: 'none+po',
        standing: { listed: true, blocked: false },
        since: '2026-11-22T12:00:00.000Z',
      },
    });
    expect(presence.contacts.add(pair).ok).toBe(true);
    expect(sent()).toEqual(['subscribe']);
  });

  it('of a PublicUnverified partner sees the user as soon as it is added', () => {
    const { presence, receive, sent } = presenceScene('PublicUnverified');
    receive('subscribe');
    expect(sent()).toEqual([]);
    presence.contacts.add(pair);
    expect(sent()).toEqual(['subscribe', 'subscribed', 'dnd|']);
  });

  it.each([
    ['unknown-domain', { user: alice, contact: 'sip:eve@stranger.example' }],
    ['unknown-user', { user: 'sip:nobody@contoso.example', contact: bob }],
  ])('is refused by a closed gate, %s, and nothing is sent', (gate, given) => {
    const { presence, sent } = presenceScene();
    expect(presence.contacts.add(given)).toMatchObject({
      ok: false,
      error: { gate, fix: expect.stringMatching(/^xgw /) },
    });
    expect([sent(), presence.contacts.list()]).toEqual([[], []]);
  });
});

describe('a contact that an administrator removes', () => {
  /** Both see each other. */
  function mutual(type: 'Federated' | 'PublicUnverified' = 'Federated') {
    const scene = presenceScene(type);
    scene.watch();
    scene.receive('subscribed');
    scene.receive('subscribe');
    scene.sent();
    scene.told();
    return scene;
  }

  it('is gone for both sides', () => {
    const { presence, sent, told } = mutual();
    expect(presence.contacts.remove(pair, 'Both')).toBe(true);
    expect(sent()).toEqual(['unsubscribe', 'unavailable', 'unsubscribed']);
    expect(told()).toEqual(['terminated;reason=rejected']);
    expect(presence.contacts.list()).toEqual([]);
    expect(presence.contacts.remove(pair, 'Both')).toBe(false);
  });

  it('To: a federated contact still sees the user; one of a PublicUnverified partner does not', () => {
    const federated = mutual();
    federated.presence.contacts.remove(pair, 'To');
    expect(federated.sent()).toEqual(['unsubscribe']);
    expect(federated.presence.contacts.list()).toMatchObject([{ state: 'from', standing: { listed: false } }]);
    const unverified = mutual('PublicUnverified');
    unverified.presence.contacts.remove(pair, 'To');
    expect(unverified.sent()).toEqual(['unsubscribe', 'unavailable', 'unsubscribed']);
    expect(unverified.presence.contacts.list()).toEqual([]);
  });

  it('From: the user still sees the contact', () => {
    const { presence, sent, told } = mutual();
    presence.contacts.remove(pair, 'From');
    expect([sent(), told()]).toEqual([['unavailable', 'unsubscribed'], []]);
    expect(presence.contacts.list()).toMatchObject([{ state: 'to', standing: { listed: true } }]);
  });
});

describe('a contact that is blocked', () => {
  it('loses sight at once, stays blocked in every type, and gets what it asked for when that ends', async () => {
    const { presence, receive, sent, settled } = presenceScene();
    receive('subscribe');
    await settled();
    sent();
    presence.contacts.block(pair, true);
    expect(sent()).toEqual(['unavailable', 'unsubscribed']);
    for (const type of ['subscribe', 'probe']) receive(type);
    expect(sent()).toEqual(['unsubscribed']);
    presence.contacts.block(pair, false);
    expect(sent()).toEqual(['subscribed', 'dnd|In a review']);
  });

  it('is remembered although nothing else is known of it', () => {
    const { presence } = presenceScene();
    presence.contacts.block(pair, true);
    expect(presence.contacts.list()).toMatchObject([{ state: 'none', standing: { blocked: true } }]);
    presence.contacts.block(pair, false);
    expect(presence.contacts.list()).toEqual([]);
  });
});

describe('the contacts that are asked for', () => {
  it('are those of the users and the contacts that fit, and one is found by both its ends', () => {
    const { presence } = presenceScene();
    presence.contacts.add(pair);
    const only = (user: string, contact: string) =>
      presence.contacts.list({ isUser: (aor) => aor === user, isContact: (aor) => aor === contact });
    expect(only(alice, bob)).toMatchObject([pair]);
    expect([only('sip:eve@contoso.example', bob), only(alice, 'sip:eve@fabrikam.example')]).toEqual([[], []]);
    expect(presence.contacts.find(pair)).toMatchObject({ ...pair, state: 'none+po' });
    expect(presence.contacts.find({ user: alice, contact: 'sip:eve@fabrikam.example' })).toBeUndefined();
  });
});
