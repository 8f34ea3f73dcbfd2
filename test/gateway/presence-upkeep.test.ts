/** Presence links across a restart, over time, and while a partner is lost: on a clock that the test moves. */
import { describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { PresenceLinks } from '../../src/gateway/presence-links.ts';
import type { Pidf } from '../../src/gateway/sip/bodies/pidf.ts';
import { undelivered } from '../../src/gateway/xmpp/delivery.ts';
import { stanza } from '../../src/gateway/xmpp/stanza.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { delivered, openConfiguration, scriptedCrossing } from '../support/crossing.ts';
import { type MemoryState, memoryState } from '../support/memory-state.ts';
import { type MovableClock, movableClock } from '../support/movable-clock.ts';
import { alice, bob, withPartner } from '../support/presence-scene.ts';

const domain = 'fabrikam.example';
const online: Pidf = { entity: alice, tuples: [{ id: 't', basic: 'open', activities: [] }] };
const minute = 60_000;
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Run {
  readonly state?: MemoryState;
  readonly clock?: MovableClock;
  readonly configuration?: Configuration;
  /** What is known of alice. */
  readonly known?: Pidf | undefined;
  readonly hasStream?: () => boolean;
}

/** One run of a gateway, from its start. */
function run(given: Run = {}) {
  const { state = memoryState(), clock = movableClock(), configuration, hasStream = () => false } = given;
  const crossing = Object.assign(scriptedCrossing(configuration), { clock });
  const told: string[] = [];
  const presence = new PresenceLinks(
    crossing,
    {
      presenceOf: () => ('known' in given ? given.known : online),
      notify: (contact, _user, { state: is, reason, document }) => {
        const shown = document === '' ? 'unknown' : (/<basic>(\w+)/.exec(document ?? '')?.[1] ?? reason);
        told.push(`${contact} ${is} ${shown}`);
      },
      follow: () => undefined,
      unfollow: () => undefined,
    },
    state,
  );
  presence.upkeep.restore();
  presence.upkeep.begin(hasStream);
  const receive = (type?: string, name = 'bob', resource = '/desk'): unknown =>
    presence.receive(stanza('presence', { from: `${name}@${domain}${resource}`, to: 'alice@contoso.example', type }), {
      correlationId: 'C1',
      contact: `${name}@${domain}`,
      contactAor: `sip:${name}@${domain}`,
      userJid: 'alice@contoso.example',
      userAor: alice,
      partnerDomain: domain,
    });
  return {
    state,
    clock,
    crossing,
    presence,
    receive,
    watch: (contact = bob) =>
      presence.watched({ watcherAor: alice, presentityUri: contact, fetch: false, refresh: false }),
    states: () =>
      presence.contacts.list().map(({ contact, state: is, standing }) => `${contact} ${is} ${standing.listed}`),
    /** Since the last look. */
    told: () => told.splice(0),
    sent: () => crossing.stanzas.splice(0).map(labelOf),
  };
}

const labelOf = ({ attributes: { type = 'available', to = '' } }: Element): string => `${type} ${to.split('@')[0]}`;

/** Both see each other, bob is available, and everything has arrived. */
async function both(given: Run = {}) {
  const scene = run(given);
  scene.watch();
  scene.receive('subscribed');
  scene.receive('subscribe');
  scene.receive();
  await settled();
  scene.sent();
  scene.told();
  return scene;
}

describe('after a restart', () => {
  it('links are what they were, with what the user has said, and nobody is asked or approved again', async () => {
    const before = await both({ configuration: withPartner({ partnerType: 'PublicUnverified' }) });
    before.watch('sip:carol@fabrikam.example');
    const after = run({ state: before.state, configuration: before.crossing.current });
    expect(after.states()).toEqual([`${bob} both true`, 'sip:carol@fabrikam.example none+po true']);
    expect(after.presence.contacts.list()).toEqual(before.presence.contacts.list());
    expect(after.sent()).toEqual(['available bob']);
    after.receive('subscribe');
    expect(after.sent()).toEqual(['subscribed bob']);
  });

  it('what ended is not there again', async () => {
    const before = await both();
    before.receive('unsubscribe');
    before.presence.contacts.remove({ user: alice, contact: bob }, 'Both');
    expect(before.state.records.size).toBe(0);
    expect(run({ state: before.state }).states()).toEqual([]);
  });

  it('a contact is unknown to those who watch it, neither online nor offline, until its server has answered', async () => {
    const { state } = await both();
    const { watch, told, sent, receive } = run({ state });
    sent();
    watch();
    expect([told(), sent()]).toEqual([[`${bob} active unknown`], ['probe bob']]);
    receive('unavailable', 'bob', '');
    expect(told()).toEqual([`${bob} active closed`]);
  });

  it('contacts are told nothing while nothing is known of the user', async () => {
    const { state } = await both();
    expect(run({ state, known: undefined }).sent()).toEqual([]);
  });

  it('what the configuration allows no longer ends at once', async () => {
    const { state } = await both();
    const blocked = run({ state, configuration: { ...openConfiguration, accessEdge: { allowFederatedUsers: false } } });
    expect([blocked.sent(), blocked.states()]).toEqual([[], [`${bob} both true`]]);
    expect(run({ state, configuration: { ...openConfiguration, federatedPartners: {} } }).states()).toEqual([]);
    expect(state.records.size).toBe(0);
  });

  it('records that mean nothing are left out and reported; the others are used', async () => {
    const { state } = await both();
    state.write('presence-link', 'x', { state: 'both' });
    const { states, crossing } = run({ state });
    expect(states()).toEqual([`${bob} both true`]);
    expect(crossing.events).toContainEqual(expect.objectContaining({ id: 'SubscriptionsLeftOut', level: 'error' }));
  });
});

describe('a change that is not durable yet', () => {
  it('tells no contact anything, nor is its cause acknowledged; both follow when it is', async () => {
    const { state, receive, sent } = run();
    state.hold();
    const handled = receive('subscribe');
    let isHandled = false;
    void Promise.resolve(handled).then(() => {
      isHandled = true;
    });
    await settled();
    expect([sent(), isHandled, run({ state: memoryState([...state.records]) }).states()]).toEqual([[], false, []]);
    state.release();
    await settled();
    expect([sent(), isHandled]).toEqual([['subscribed bob', 'available bob'], true]);
    expect(run({ state: memoryState([...state.records]) }).states()).toEqual([`${bob} from false`]);
  });

  it('does not hold back what changes nothing', () => {
    const { receive } = run();
    expect(receive()).toBeUndefined();
  });
});

describe('the presence of our user under load', () => {
  it('while a stream is blocked, of a hundred states only the newest waits', async () => {
    const { presence, crossing, receive, sent } = run();
    receive('subscribe');
    await settled();
    sent();
    let unblock = (): void => undefined;
    Object.assign(crossing, {
      toXmpp(presenceStanza: Element) {
        crossing.stanzas.push(presenceStanza);
        return new Promise((resolve) => {
          unblock = () => resolve(delivered);
        });
      },
    });
    for (let count = 0; count < 99; count += 1) presence.userChanged(alice, online);
    presence.userChanged(alice, { ...online, tuples: [] });
    expect(sent()).toEqual(['available bob']);
    unblock();
    await settled();
    expect(sent()).toEqual(['unavailable bob']);
    unblock();
    await settled();
    expect(sent()).toEqual([]);
  });

  it('what waits is not shown to a contact who has lost the right to see it meanwhile', async () => {
    const { presence, receive, sent } = run();
    receive('subscribe');
    presence.userChanged(alice, online);
    presence.contacts.remove({ user: alice, contact: bob }, 'From');
    await settled();
    expect(sent()).toEqual(['subscribed bob', 'available bob', 'unavailable bob', 'unsubscribed bob']);
  });
});

describe('a partner whose stream was lost', () => {
  it('is given two minutes; then its contacts are unknown to their watchers, and it is tried again', async () => {
    const { presence, clock, told, sent } = await both();
    presence.upkeep.onStream(domain, 'lost');
    clock.advance(2 * minute - 1);
    expect([told(), sent()]).toEqual([[], []]);
    clock.advance(1);
    expect([told(), sent()]).toEqual([[`${bob} active unknown`], ['probe bob']]);
    clock.advance(5 * minute);
    expect([told(), sent()]).toEqual([[], ['probe bob']]);
  });

  it('has its contacts probed when a stream is back, each once; their answers are shown', async () => {
    const { presence, clock, told, sent, receive } = await both();
    receive(undefined, 'bob', '/phone');
    presence.upkeep.onStream(domain, 'lost');
    clock.advance(2 * minute);
    await settled();
    told();
    sent();
    presence.upkeep.onStream(domain, 'up');
    presence.upkeep.onStream(domain, 'up');
    expect(sent()).toEqual(['probe bob']);
    receive(undefined, 'bob', '/phone');
    expect(told()).toEqual([`${bob} active open`]);
    receive('unavailable', 'bob', '/phone');
    expect(told()).toEqual([`${bob} active closed`]);
    clock.advance(60 * minute);
    expect(sent()).toEqual([]);
  });

  it('is not unknown while another stream lives: its contacts are probed, since news may be lost', async () => {
    const { presence, clock, told, sent } = await both({ hasStream: () => true });
    presence.upkeep.onStream(domain, 'lost');
    clock.advance(10 * minute);
    expect([told(), sent()]).toEqual([[], ['probe bob']]);
  });

  it('and one that cannot be reached is the same', async () => {
    const { crossing, clock, told, sent, watch, receive } = await both();
    crossing.xmppAnswer = undelivered('remote-server-timeout', 'tcp: connection refused');
    watch();
    await settled();
    expect([sent(), told()]).toEqual([['probe bob'], [`${bob} active open`]]);
    clock.advance(2 * minute);
    expect([sent(), told()]).toEqual([['probe bob'], [`${bob} active unknown`]]);
    receive('unavailable', 'bob', '');
    expect(told()).toEqual([`${bob} active closed`]);
  });

  it('that nobody watches is nothing to anybody', () => {
    const { presence, clock, sent, receive } = run();
    receive('subscribe');
    sent();
    const pending = clock.pending();
    presence.upkeep.onStream(domain, 'lost');
    presence.upkeep.onStream('stranger.example', 'lost');
    expect(clock.pending()).toBe(pending);
  });
});

describe('SubscriptionRefreshInterval', () => {
  const every = (seconds: number): Configuration => ({
    ...openConfiguration,
    gateway: { ...openConfiguration.gateway, subscriptionRefreshInterval: seconds },
  });

  it('is the time after which a contact that has said nothing is probed, again and again', async () => {
    const { clock, sent } = await both({ configuration: every(600) });
    const probes: number[] = [];
    for (let minutes = 1; minutes <= 25; minutes += 1) {
      clock.advance(minute);
      if (sent().includes('probe bob')) probes.push(minutes);
      await settled();
    }
    expect(probes).toEqual([10, 20]);
  });

  it('begins anew with each word of the contact', async () => {
    const { clock, sent, receive } = await both({ configuration: every(600) });
    clock.advance(9 * minute);
    receive();
    clock.advance(9 * minute);
    expect(sent()).toEqual([]);
    clock.advance(minute);
    expect(sent()).toEqual(['probe bob']);
  });

  it('follows the configuration without a restart', async () => {
    const { clock, crossing, sent } = await both({ configuration: every(28_800) });
    crossing.current = every(60);
    clock.advance(2 * minute);
    expect(sent()).toContain('probe bob');
  });

  it('asks nobody of a partner that is suspended', async () => {
    const suspended = { suspended: { reason: '', since: '2025-01-01T00:00:00.000Z' } };
    const { clock, crossing, presence, sent } = await both({ configuration: every(600) });
    crossing.current = withPartner(suspended, { gateway: every(600).gateway });
    presence.reconsider();
    sent();
    clock.advance(30 * minute);
    expect(sent()).toEqual([]);
  });

  it('asks a thousand contacts fifty at a time', async () => {
    const { clock, sent, watch, receive } = run({ configuration: every(600) });
    for (let count = 0; count < 1000; count += 1) {
      watch(`sip:c${count}@${domain}`);
      receive('subscribed', `c${count}`);
    }
    await settled();
    sent();
    clock.advance(10 * minute);
    expect(sent()).toHaveLength(50);
    for (let rounds = 0; rounds < 40; rounds += 1) await settled();
    expect(new Set(sent()).size).toBe(950);
  });
});
