import { describe, expect, it } from '@jest/globals';

import { nextHopUsers } from '../../src/gateway/next-hop-users.ts';
import type { Source } from '../../src/gateway/sip/transport.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { refuse } from '../../src/primitives/result.ts';
import { openConfiguration } from '../support/crossing.ts';
import { movableClock } from '../support/movable-clock.ts';
import { incomingRequest, scriptedEndpoint, settle, sipRequest, tcpSource } from './sip/home/request-script.ts';

function setUp(sipNextHop = 'proxy.contoso.example:5070;transport=tcp') {
  const [endpoint, clock, events] = [scriptedEndpoint(), movableClock(), [] as LogEvent[]];
  const users = nextHopUsers({
    endpoint,
    configuration: () => ({ ...openConfiguration, gateway: { ...openConfiguration.gateway, sipNextHop } }),
    ports: { clock, ids: { token: () => 't' }, onEvent: (event) => void events.push(event) },
    trust: {
      proves: () => refuse('no'),
      isListed: () => false,
      trustsAsHop: async ({ address }) => refuse(`${address} is nobody`),
    },
    onOutgoing: () => undefined,
    admit: () => refuse({ status: 403, more: {} }),
    onSubscribed: () => undefined,
    onNews: () => undefined,
  });
  return { users, endpoint, clock, events };
}

const delivery = {
  method: 'MESSAGE',
  from: 'sip:bob@fabrikam.example',
  to: 'sip:alice@contoso.example',
  headers: [],
  body: Buffer.from('Hello'),
} as const;

describe('a message for a user of the next hop', () => {
  it('goes where SipNextHop says, and ends with the answer', async () => {
    const { users, endpoint, events } = setUp();
    const outcome = users.deliver(delivery);
    expect(endpoint.sent[0]?.destination).toEqual({ host: 'proxy.contoso.example', port: 5070, transport: 'tcp' });
    endpoint.sent[0]?.answer(404);
    expect(await outcome).toEqual({ status: 404, reason: 'Reason 404' });
    expect(events).toEqual([]);
  });

  it.each([
    ['timeout', 408, 'Next Hop Does Not Answer'],
    ['transport', 504, 'Next Hop Cannot Be Reached'],
  ] as const)(
    'that fails by %s is %i for its sender; the reason is in the event log alone',
    async (why, status, reason) => {
      const { users, endpoint, events } = setUp();
      const outcome = users.deliver(delivery);
      endpoint.sent[0]?.fail(why);
      expect(await outcome).toEqual({ status, reason });
      expect(events).toMatchObject([{ id: 'NextHopUnreachable', level: 'warn', facts: { reason: why } }]);
    },
  );
});

describe('strangers', () => {
  it('are told in the event log, each once a minute', async () => {
    const { users, events, clock } = setUp();
    const knock = async (address: string): Promise<void> => {
      const source: Source = { ...tcpSource, address };
      users.handle(incomingRequest(sipRequest('OPTIONS'), source));
      await settle();
    };
    await knock('192.0.2.1');
    await knock('192.0.2.1');
    await knock('192.0.2.2');
    clock.advance(60_000);
    await knock('192.0.2.1');
    expect(events.map(({ id, facts }) => [id, facts?.['address']])).toEqual(
      ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((address) => ['SipPeerNotTrusted', address]),
    );
    expect(events[0]?.facts).toMatchObject({
      reason: '192.0.2.1 is nobody',
      fix: 'xgw set-xmppgatewayconfiguration -TrustedSipPeers +192.0.2.1',
    });
  });
});
