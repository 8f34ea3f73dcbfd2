/** What a proxy that forks owes the network: loops end, and requests do not multiply [RFC 5393]. */
import { describe, expect, it } from '@jest/globals';

import { Headers } from '../../../../src/gateway/sip/headers.ts';
import { fork } from '../../../../src/gateway/sip/home/fork.ts';
import type { Binding } from '../../../../src/gateway/sip/home/location.ts';
import type { SipRequest } from '../../../../src/gateway/sip/message.ts';
import { stanzaFailureOf } from '../../../../src/gateway/translation/failure.ts';
import { movableClock } from '../../../support/movable-clock.ts';
import { alice, homeScene, statusOf } from './home-scene.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const text = ['Content-Type', 'text/plain'] as const;

function toBob(devices: number, headers: readonly (readonly [string, string])[] = []) {
  const scene = homeScene();
  for (let port = 5070; port < 5070 + devices; port += 1) scene.registerBob(port);
  const incoming = scene.handleAs(alice, 'MESSAGE', {
    uri: 'sip:bob@sip.example',
    headers: [text, ...headers],
    body: 'hi',
  });
  return { ...scene, incoming };
}

const valuesOf = (sent: readonly { request: Pick<SipRequest, 'headers'> }[], name: string) =>
  sent.map(({ request }) => Number(request.headers.get(name)));

describe('a message to several devices', () => {
  it('MUST carry Max-Breadth, 60 when its sender says nothing, shared among the branches [RFC 5393 §5.3.3]', async () => {
    const { endpoint } = toBob(7);
    await settle();
    const shares = valuesOf(endpoint.sent, 'Max-Breadth');
    expect(shares).toHaveLength(7);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(60);
    expect(Math.min(...shares)).toBeGreaterThan(0);
  });

  it.each([
    ['1000', 60],
    ['5', 5],
    ['0', 60],
    ['many', 60],
  ])('MUST NOT have more branches than came in, and no more than 60: %s is %i [RFC 5393 §5.3.3]', async (said, all) => {
    const { endpoint } = toBob(2, [['Max-Breadth', said]]);
    await settle();
    expect(valuesOf(endpoint.sent, 'Max-Breadth').reduce((sum, share) => sum + share, 0)).toBe(all);
  });

  it('MUST be 440 when it has more devices than branches [RFC 5393 §5.3.3]', async () => {
    const { endpoint, incoming } = toBob(3, [['Max-Breadth', '2']]);
    await settle();
    expect(endpoint.sent).toEqual([]);
    expect(statusOf(incoming)).toEqual([440]);
  });

  it('of the gateway may have 60 branches in all', async () => {
    const { server, registerBob, endpoint } = homeScene();
    registerBob(5070);
    registerBob(5080);
    const ends = { from: 'sip:j@x.example', to: 'sip:bob@sip.example' };
    void server.deliver({ method: 'MESSAGE', ...ends, headers: [] });
    await settle();
    expect(valuesOf(endpoint.sent, 'Max-Breadth')).toEqual([30, 30]);
  });
});

describe('a message that a device sends back', () => {
  const returnedAs = async (to: string) => {
    const scene = toBob(1);
    await settle();
    const trail = scene.endpoint.sent[0]?.request.headers.get('Xgw-Trail') ?? '';
    const headers = [text, ['Max-Forwards', '68'] as const, ['Xgw-Trail', trail] as const];
    const again = scene.handleAs(alice, 'MESSAGE', { uri: to, callId: 'again', headers, body: 'hi' });
    await settle();
    return { ...scene, again };
  };

  it('MUST be 482 when it is for the same user: a proxy that forks detects loops [RFC 5393 §4.2]', async () => {
    const { again, endpoint } = await returnedAs('sip:bob@sip.example');
    expect(statusOf(again)).toEqual([482]);
    expect(endpoint.sent).toHaveLength(1);
  });

  it('goes on when it is for another one: a spiral is no loop [RFC 5393 §4.2]', async () => {
    const { again } = await returnedAs('sip:alice@sip.example');
    expect(statusOf(again)).toEqual([480]);
  });
});

describe('a message that is too long for a datagram', () => {
  it('is 513 for a user whose only device takes nothing else, which its sender can do something about', async () => {
    const tooLong = { ok: false, why: 'transport', detail: '', isOurs: true, isUnsent: true, isTooLong: true } as const;
    const device = { contact: { uri: 'sip:bob@192.0.2.1:5070' } } as Binding;
    const delivery = await fork({ clock: movableClock(), endpoint: { request: async () => tooLong } }, [device], {
      method: 'MESSAGE',
      headers: Headers.empty,
    });
    expect(delivery).toMatchObject({ status: 513 });
    expect(stanzaFailureOf(delivery.status).condition).toBe('policy-violation');
  });
});
