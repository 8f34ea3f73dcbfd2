/** A change of partner type, policy or user is felt by the subscriptions that exist, at once. */
import { describe, expect, it } from '@jest/globals';

import { policyDefaults } from '../../src/config/defaults.ts';
import type { PartnerType } from '../../src/config/federated-partner.ts';
import { openConfiguration } from '../support/crossing.ts';
import { alice, bob, type PresenceScene, presenceScene, withPartner } from '../support/presence-scene.ts';

const stateOf = ({ presence }: PresenceScene): readonly string[] => presence.contacts.list().map(({ state }) => state);
const refusalsIn = ({ crossing }: PresenceScene) =>
  crossing.events.filter(({ id }) => id === 'PresenceRefused').map(({ facts }) => facts?.['gate']);

/** Bob sees alice; she has added him or not. */
async function seen(type: PartnerType, added: boolean): Promise<PresenceScene> {
  const scene = presenceScene(type);
  if (added) scene.watch();
  scene.receive('subscribe');
  await scene.settled();
  scene.sent();
  scene.told();
  return scene;
}

describe('the partner becomes PublicUnverified', () => {
  it.each<PartnerType>(['Federated', 'PublicVerified'])(
    'from %s: a contact whom our user did not add loses sight, and is told so',
    async (type) => {
      const scene = await seen(type, false);
      scene.adopt(withPartner({ partnerType: 'PublicUnverified' }));
      expect(scene.sent()).toEqual(['unavailable', 'unsubscribed']);
      expect(stateOf(scene)).toEqual([]);
      expect(refusalsIn(scene)).toEqual(['not-listed']);
      expect(scene.crossing.events.at(-1)?.correlationId).toMatch(/./);
    },
  );

  it('a contact whom our user has added goes on seeing presence, but the note vanishes at once', async () => {
    const scene = await seen('Federated', true);
    scene.adopt(withPartner({ partnerType: 'PublicUnverified' }));
    expect(scene.sent()).toEqual(['dnd|']);
    expect(stateOf(scene)).toEqual(['from+po']);
  });
});

describe('the partner becomes PublicVerified', () => {
  it('the note vanishes at once, and the presence stays', async () => {
    const scene = await seen('Federated', false);
    scene.adopt(withPartner({ partnerType: 'PublicVerified' }));
    expect(scene.sent()).toEqual(['dnd|']);
  });

  it('requests that waited are let through', async () => {
    const scene = await seen('PublicUnverified', false);
    expect([scene.sent(), stateOf(scene), refusalsIn(scene)]).toEqual([[], ['none+pi'], ['not-listed']]);
    scene.adopt(withPartner({ partnerType: 'PublicVerified' }));
    expect(scene.sent()).toEqual(['subscribed', 'dnd|']);
  });
});

describe('the partner becomes Federated', () => {
  it('requests that waited are let through, and see the note', async () => {
    const scene = await seen('PublicUnverified', false);
    scene.adopt(withPartner({ partnerType: 'Federated' }));
    expect(scene.sent()).toEqual(['subscribed', 'dnd|In a review']);
  });

  it('those who saw presence see the note from now on', async () => {
    const scene = await seen('PublicVerified', false);
    scene.adopt(withPartner({ partnerType: 'Federated' }));
    expect(scene.sent()).toEqual(['dnd|In a review']);
  });
});

it('a change that touches nobody sends nothing', async () => {
  const scene = await seen('Federated', true);
  scene.adopt(withPartner({ partnerType: 'Federated', description: 'x' }));
  expect([scene.sent(), scene.told()]).toEqual([[], []]);
});

describe('our user loses XMPP', () => {
  const branch = { users: { [alice]: { identity: alice, displayName: '', survivableBranch: true } } };
  const noXmpp = {
    externalAccessPolicies: { Global: { identity: 'Global', ...policyDefaults, enableFederationAccess: true } },
  };

  it.each([
    ['as a user of a survivable branch', branch],
    ['by policy', noXmpp],
    ['by being removed', { users: {} }],
  ])('%s: both sides are told, and nothing is left', async (_title, change) => {
    const scene = await seen('Federated', true);
    scene.adopt(withPartner({}, change));
    expect(scene.sent()).toEqual(['unavailable', 'unsubscribed', 'unsubscribe']);
    expect(scene.told()).toEqual(['terminated;reason=rejected']);
    expect(stateOf(scene)).toEqual([]);
  });

  it('and cannot watch anybody again', () => {
    const scene = presenceScene();
    scene.adopt(withPartner({}, branch));
    scene.watch();
    expect([scene.sent(), scene.told()]).toEqual([[], ['terminated;reason=rejected']]);
    expect(refusalsIn(scene)).toEqual(['survivable-branch']);
  });
});

describe('a partner that is suspended', () => {
  const suspended = withPartner({ suspended: { reason: '', since: '2026-11-22T09:00:00.000Z' } });

  it('shows nothing and gets nothing, once; who had agreed to what is kept', async () => {
    const scene = await seen('Federated', true);
    scene.receive('subscribed');
    scene.told();
    scene.adopt(suspended);
    scene.adopt({ ...suspended, revision: 9 });
    expect([scene.sent(), scene.told()]).toEqual([[], ['terminated;reason=probation']]);
    expect(stateOf(scene)).toEqual(['both']);
    scene.adopt(withPartner({}));
    expect(scene.sent()).toEqual(['probe', 'dnd|In a review']);
  });
});

it('of a partner that is removed nothing is left, and there is nobody to tell', async () => {
  const scene = await seen('Federated', true);
  scene.adopt({ ...openConfiguration, federatedPartners: {} });
  expect([scene.sent(), scene.told(), stateOf(scene)]).toEqual([[], ['terminated;reason=rejected'], []]);
});

describe('a stranger of a public network', () => {
  it('learns nothing by asking and taking it back: neither is answered, as for an address that does not exist', () => {
    const scene = presenceScene('PublicUnverified');
    for (const type of ['subscribe', 'unsubscribe', 'subscribe', undefined, 'unavailable']) scene.receive(type);
    expect(scene.sent()).toEqual([]);
  });

  it('gets unsubscribed for each probe', () => {
    const scene = presenceScene('PublicUnverified');
    scene.receive('probe');
    scene.receive('subscribe');
    scene.receive('probe');
    expect(scene.sent()).toEqual(['unsubscribed', 'unsubscribed']);
  });
});

it('a contact that has declined stays one that our user has added', () => {
  const scene = presenceScene('PublicUnverified');
  scene.watch();
  scene.receive('unsubscribed');
  scene.sent();
  expect(scene.presence.contacts.list()).toMatchObject([
    { user: alice, contact: bob, state: 'none', standing: { listed: true } },
  ]);
  scene.receive('subscribe');
  expect(scene.sent()).toEqual(['subscribed', 'dnd|']);
});
