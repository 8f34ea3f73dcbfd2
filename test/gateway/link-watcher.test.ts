import { describe, expect, it } from '@jest/globals';

import { watcherOf } from '../../src/gateway/link-watcher.ts';
import type { PresenceLink } from '../../src/gateway/presence-link-table.ts';
import { alice, bob, presenceScene, withPartner } from '../support/presence-scene.ts';

const pair = { user: alice, contact: bob };
const inAWhile = new Date(Date.UTC(2026, 0, 2));

describe('what a user hears of contacts that watch', () => {
  it('PublicUnverified: the request waits, and is approved by adding the contact', () => {
    const scene = presenceScene('PublicUnverified');
    scene.receive('subscribe');
    expect(scene.watched()).toEqual([`pending subscribe ${bob}`]);
    scene.watch();
    expect(scene.watched()).toEqual([`active approved ${bob}`]);
    expect(scene.presence.contacts.list()).toMatchObject([{ state: 'from+po', standing: { listed: true } }]);
  });

  it('Federated: the contact watches, and nothing waits', () => {
    const scene = presenceScene();
    scene.receive('subscribe');
    expect(scene.watched().at(-1)).toBe(`active approved ${bob}`);
  });

  it('is told of each once: what else happens to the link is no news', () => {
    const scene = presenceScene();
    scene.receive('subscribe');
    scene.watched();
    scene.receive('subscribe');
    scene.watch();
    scene.receive('subscribed');
    scene.receive();
    expect(scene.watched()).toEqual([]);
  });

  it.each([
    ['the contact unsubscribes', 'timeout', (scene) => scene.receive('unsubscribe')],
    ['the user takes it back', 'rejected', (scene) => scene.presence.contacts.remove(pair, 'From')],
    ['the user blocks it', 'rejected', (scene) => scene.presence.contacts.block(pair, true)],
    ['its partner is removed', 'rejected', (scene) => scene.adopt(withPartner({}, { federatedPartners: {} }))],
    [
      'its partner becomes PublicUnverified',
      'rejected',
      (scene) => scene.adopt(withPartner({ partnerType: 'PublicUnverified' })),
    ],
  ] as const satisfies readonly (readonly [string, string, (scene: ReturnType<typeof presenceScene>) => unknown])[])(
    'hears of the end when %s',
    (_, event, happens) => {
      const scene = presenceScene();
      scene.receive('subscribe');
      scene.watched();
      happens(scene);
      expect(scene.watched()).toEqual([`|terminated ${event} ${bob}`]);
    },
  );

  it('sees a request wait while the partner is suspended, and again when it is back', () => {
    const scene = presenceScene('PublicUnverified');
    scene.receive('subscribe');
    scene.watched();
    const suspended = { reason: 'maintenance', since: inAWhile.toISOString() };
    scene.adopt(withPartner({ partnerType: 'PublicUnverified', suspended }));
    expect(scene.watched()).toEqual([`waiting timeout ${bob}`]);
    scene.adopt(withPartner({ partnerType: 'PublicUnverified' }));
    expect(scene.watched()).toEqual([`pending subscribe ${bob}`]);
  });

  it('names a contact by the same id for good, with its address and the time since', () => {
    const link: PresenceLink = {
      userAor: alice,
      userJid: 'alice@contoso.example',
      contactAor: bob,
      contact: 'bob@fabrikam.example',
      state: 'none+pi',
      since: inAWhile.getTime() - 90_500,
      standing: { listed: false, blocked: false },
      resources: new Map(),
    };
    const pending = watcherOf(link, inAWhile);
    expect(pending).toEqual({
      id: expect.stringMatching(/^[\w-]{43}$/),
      uri: bob,
      displayName: 'bob@fabrikam.example',
      status: 'pending',
      event: 'subscribe',
      duration: 90,
    });
    expect(watcherOf({ ...link, state: 'both' }, inAWhile)?.id).toBe(pending?.id);
    expect(watcherOf({ ...link, contact: 'eve@fabrikam.example' }, inAWhile)?.id).not.toBe(pending?.id);
    expect(watcherOf({ ...link, state: 'to' }, inAWhile)).toBeUndefined();
  });
});
