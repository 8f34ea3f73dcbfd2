/** Devices that leave without a word, and users whose password was changed. */
import { describe, expect, it } from '@jest/globals';

import type { Source } from '../../../../src/gateway/sip/transport.ts';
import { ok, refuse } from '../../../../src/primitives/result.ts';
import { alice, bob, homeScene, statusOf } from './home-scene.ts';
import { settle, tcpSource, udpSource } from './request-script.ts';

const tls: Source = { ...tcpSource, transport: 'tls', connectionId: 'c-tls' };

/** Bob, registered over a connection. @param listens - Whether his device takes another one. */
function registered(source: Source, listens: boolean, cSeq = 1) {
  const tried: string[] = [];
  const scene = homeScene();
  scene.endpoint.localAddress = async ({ transport, host, port, connectionId }) => {
    tried.push(`${transport} ${host}:${port} ${connectionId}`);
    return listens ? ok({ host: '192.0.2.9', port: 5060 }) : refuse('connection refused');
  };
  const register = (from: Source, number: number) =>
    scene.handleAs(
      bob,
      'REGISTER',
      {
        uri: 'sip:sip.example',
        to: 'sip:bob@sip.example',
        cSeq: number,
        headers: [['Contact', '<sip:bob@192.0.2.1:5070>']],
      },
      from,
    );
  register(source, cSeq);
  return { ...scene, tried, register };
}

describe('a device whose connection has ended', () => {
  it('is gone when it takes no other one at its Contact: linphone, libpurple, whoever is behind NAT', async () => {
    const { server, tried, lost, presence } = registered(tcpSource, false);
    server.connectionClosed('c1');
    await settle();
    expect([server.registrations(), tried]).toEqual([[], ['tcp 192.0.2.1:5070 undefined']]);
    expect(lost).toEqual([
      {
        aor: 'sip:bob@sip.example',
        contact: 'sip:bob@192.0.2.1:5070',
        reason: 'its connection has ended, and another one failed: connection refused',
      },
    ]);
    expect(presence.at(-1)).toBe('sip:bob@sip.example closed');
    const delivery = await server.deliver({
      method: 'MESSAGE',
      from: 'sip:romeo@xmpp.example',
      to: 'sip:bob@sip.example',
      headers: [],
    });
    expect(delivery.status).toBe(480);
  });

  it('stays when it listens at its Contact: baresip', async () => {
    const { server, lost } = registered(tcpSource, true);
    server.connectionClosed('c1');
    await settle();
    expect([server.registrations().length, lost]).toEqual([1, []]);
  });

  it('is gone at once when that was a TLS connection: a client proves no name of its own', async () => {
    const { server, tried } = registered(tls, true);
    server.connectionClosed('c-tls');
    await settle();
    expect([server.registrations(), tried]).toEqual([[], []]);
  });

  it('stays when it has registered on another one meanwhile, also while the old Contact was being tried', async () => {
    const { server, register, lost } = registered(tcpSource, false);
    server.connectionClosed('c1');
    register({ ...tcpSource, port: 40_001, connectionId: 'c2' }, 5);
    await settle();
    expect(server.registrations()).toHaveLength(1);
    server.connectionClosed('c1');
    await settle();
    expect([server.registrations().length, lost]).toEqual([1, []]);
  });

  it('takes nobody else with it: another connection, and UDP, are others', async () => {
    const { server, tried } = registered(udpSource, false);
    server.connectionClosed('c1');
    await settle();
    expect([server.registrations().length, tried]).toEqual([1, []]);
  });
});

describe('a device that takes no connection for a message', () => {
  it.each([
    ['is gone', tcpSource, 0],
    ['stays when it is reached by UDP: a datagram tells nothing', udpSource, 1],
  ])('%s', async (_what, source, left) => {
    const { server, endpoint } = registered(source, false);
    const to = 'sip:bob@sip.example';
    const delivery = server.deliver({ method: 'MESSAGE', from: 'sip:romeo@xmpp.example', to, headers: [] });
    await settle();
    endpoint.sent.at(-1)?.refuseConnection();
    expect([(await delivery).status, server.registrations().length]).toEqual([480, left]);
  });
});

describe('a user whose password is changed', () => {
  it('loses devices and publications at once, and comes back with the new one alone', () => {
    const { server, passwords, handleAs, registerBob, presence } = homeScene();
    registerBob();
    handleAs(alice, 'REGISTER', {
      uri: 'sip:sip.example',
      to: 'sip:alice@sip.example',
      headers: [['Contact', '<sip:a@192.0.2.1>']],
    });
    passwords.set('sip:bob@sip.example', 'another');
    server.reconsider();
    expect(server.registrations().map(({ aor }) => aor)).toEqual(['sip:alice@sip.example']);
    expect(presence.at(-1)).toBe('sip:bob@sip.example closed');
    expect(statusOf(registerBob())).toEqual([401]);
    const renewed = handleAs({ ...bob, password: 'another' }, 'REGISTER', {
      uri: 'sip:sip.example',
      to: 'sip:bob@sip.example',
      headers: [['Contact', '<sip:bob@192.0.2.1:5070>']],
    });
    expect(statusOf(renewed)).toEqual([200]);
    server.reconsider();
    expect(server.registrations()).toHaveLength(2);
  });

  it('loses nothing when something else was changed', () => {
    const { server, registerBob } = homeScene();
    registerBob();
    server.reconsider();
    expect(server.registrations()).toHaveLength(1);
  });

  it('watches nobody any more with the old one; who watches him goes on [RFC 6665 §4.1.3]', async () => {
    const { server, passwords, handleAs, endpoint } = homeScene();
    const watch = (user: typeof alice, whom: string) =>
      handleAs(user, 'SUBSCRIBE', {
        uri: `sip:${whom}@sip.example`,
        callId: `${user.name}-${whom}`,
        headers: [
          ['Event', 'presence'],
          ['Contact', `<sip:${user.name}@192.0.2.1:5070>`],
        ],
      });
    watch(bob, 'alice');
    watch(alice, 'bob');
    await settle();
    for (const { answer } of endpoint.sent.splice(0)) answer(200);
    await settle();
    passwords.set('sip:bob@sip.example', 'another');
    server.reconsider();
    await settle();
    const told = endpoint.sent.map(({ request: { headers } }) => [
      headers.get('Call-ID'),
      headers.get('Subscription-State'),
    ]);
    expect(told).toEqual([['bob-alice', 'terminated;reason=deactivated']]);
  });
});
