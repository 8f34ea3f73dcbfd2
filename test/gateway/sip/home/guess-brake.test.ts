import { describe, expect, it } from '@jest/globals';

import { GuessBrake, passwordFailuresPerMinute } from '../../../../src/gateway/sip/home/guess-brake.ts';
import type { Source } from '../../../../src/gateway/sip/transport.ts';
import { movableClock } from '../../../support/movable-clock.ts';
import { alice, bob, type HomeScene, homeScene, statusOf } from './home-scene.ts';

const { perUser, perAddress } = passwordFailuresPerMinute;
const from = (address: string): Source => ({ transport: 'tcp', address, port: 5060, connectionId: address });
const [here, there] = [from('192.0.2.1'), from('203.0.113.9')];
const wrong = { name: 'alice', password: 'guess' };

const message = ({ handleAs }: HomeScene, user: typeof alice, source: Source) =>
  statusOf(handleAs(user, 'MESSAGE', { uri: 'sip:juliet@xmpp.example' }, source));

describe('guessing passwords at the home server', () => {
  it('is stopped with 503 and Retry-After after ten wrong ones a minute, before the answer is looked at', () => {
    const scene = homeScene();
    for (let guess = 0; guess < perUser; guess += 1) expect(message(scene, wrong, there)).toEqual([407]);
    expect(message(scene, wrong, there)).toEqual([503]);
    const [held] = scene.handleAs(alice, 'MESSAGE', {}, there).answers;
    expect(held).toMatchObject({ status: 503, how: 'stateless' });
    expect(held?.headers.get('Retry-After')).toBe('6');
    expect(scene.outgoing).toEqual([]);
    scene.clock.advance(6000);
    expect(message(scene, alice, there)).toEqual([]);
    expect(scene.outgoing).toHaveLength(1);
  });

  it('is told once a minute, with how often', () => {
    const scene = homeScene();
    for (let guess = 0; guess < perUser + 5; guess += 1) message(scene, wrong, there);
    expect(scene.guessing).toEqual([
      {
        limit: 'passwordFailuresPerMinute.perUser',
        subject: 'sip:alice@sip.example',
        times: 1,
        reason: 'more than 10 wrong passwords a minute for this user',
      },
    ]);
    scene.clock.advance(60_000);
    for (let guess = 0; guess <= perUser; guess += 1) message(scene, wrong, there);
    expect(scene.guessing.map(({ times }) => times)).toEqual([1, 5]);
  });

  it('counts for each user over all addresses', () => {
    const scene = homeScene();
    for (let guess = 0; guess < perUser; guess += 1) message(scene, wrong, from(`203.0.113.${guess}`));
    expect(message(scene, wrong, from('203.0.113.99'))).toEqual([503]);
    expect(message(scene, { ...wrong, name: 'bob' }, from('203.0.113.99'))).toEqual([407]);
  });

  it('counts for each address over all users, those included that do not exist', () => {
    const scene = homeScene();
    for (let guess = 0; guess < perAddress; guess += 1) message(scene, { ...wrong, name: `user${guess}` }, there);
    expect(message(scene, { ...wrong, name: 'nobody' }, there)).toEqual([503]);
    expect(message(scene, bob, there)).toEqual([503]);
    expect(scene.guessing).toMatchObject([{ limit: 'passwordFailuresPerMinute.perAddress', subject: '203.0.113.9' }]);
    expect(message(scene, bob, here)).toEqual([]);
  });

  it('counts a /64 of IPv6 as one address', () => {
    const scene = homeScene();
    for (let guess = 0; guess < perAddress; guess += 1) {
      message(scene, { ...wrong, name: `user${guess}` }, from(`2001:db8::${guess.toString(16)}`));
    }
    expect(message(scene, bob, from('2001:db8:0:0:ffff::1'))).toEqual([503]);
    expect(message(scene, bob, from('2001:db8:0:1::1'))).toEqual([]);
  });

  it('does not keep a user out where he has come in before', () => {
    const scene = homeScene();
    message(scene, alice, here);
    for (let guess = 0; guess <= perUser; guess += 1) message(scene, wrong, there);
    for (let guess = 0; guess < perAddress; guess += 1) message(scene, { ...wrong, name: `user${guess}` }, here);
    expect(message(scene, alice, here)).toEqual([]);
    expect(message(scene, bob, here)).toEqual([503]);
    for (let guess = 0; guess < perUser; guess += 1) message(scene, wrong, here);
    expect(message(scene, alice, here)).toEqual([503]);
  });

  it('costs nothing to whoever only asks for a challenge, or answers an old one', () => {
    const scene = homeScene();
    for (let ask = 0; ask < 2 * perAddress; ask += 1) {
      const stale = 'Digest username="alice", realm="sip.example", nonce="old", uri="sip:x", response="00"';
      expect(statusOf(scene.handle('MESSAGE', { headers: [['Proxy-Authorization', stale]] }, there))).toEqual([407]);
    }
    expect(message(scene, alice, there)).toEqual([]);
  });

  it('remembers a bounded number of users and addresses', () => {
    const clock = movableClock();
    const brake = new GuessBrake({ clock, onHeld: () => undefined });
    const guess = { aor: 'sip:alice@sip.example', place: '203.0.113.9' };
    for (let times = 0; times < perUser; times += 1) brake.failed(guess);
    expect(brake.holds(guess)).toBe(true);
    for (let other = 0; other < 30_000; other += 1) brake.failed({ aor: `sip:u${other}@x`, place: String(other) });
    expect(brake.holds(guess)).toBe(false);
  });
});
