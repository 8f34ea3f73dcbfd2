/** Real clients that end without a word, and one whose connection is cut: who is still there, and who is told offline at once. */
import { expect, it } from '@jest/globals';

import { createHomeServer } from '../../../../src/gateway/sip/home/home-server.ts';
import type { LostDevice } from '../../../../src/gateway/sip/home/lost-devices.ts';
import { realClock } from '../../../../src/primitives/clock.ts';
import { randomIds } from '../../../../src/primitives/ids.ts';
import { Secret } from '../../../../src/primitives/secret.ts';
import { startBaresip } from '../../../peers/baresip.ts';
import { startLibpurple } from '../../../peers/libpurple.ts';
import { startLinphone } from '../../../peers/linphone.ts';
import { describeWithPeers, peers } from '../../../support/needs-peer.ts';
import { startTcpRelay } from '../../../support/tcp-relay.ts';
import { closing, endpoint, waiting } from '../endpoints.ts';
import { md5 } from './request-script.ts';

const domain = 'sip.example';
const carol = `sip:carol@${domain}`;
const password = 'carolpw';

async function homeServer() {
  const presence: string[] = [];
  const lost: LostDevice[] = [];
  const loss = waiting<LostDevice>();
  const ended = waiting<string>();
  const sip = await endpoint({
    onRequest: (request) => home.handle(request),
    onInboundClosed(connectionId) {
      home.connectionClosed(connectionId);
      ended.resolve(connectionId);
    },
  });
  const home = createHomeServer({
    clock: realClock,
    ids: randomIds,
    endpoint: sip,
    isLocalDomain: (name) => name === domain,
    user: (aor) =>
      aor === carol ? { credentials: { md5: new Secret(md5(`carol:${domain}:${password}`)) } } : undefined,
    isTrustedPeer: () => false,
    realm: (name) => name,
    offerSha256: () => false,
    onOutgoing: ({ respond }) => respond(404),
    onPresenceChange: (aor, { tuples }) => void presence.push(`${aor} ${tuples[0]?.basic}`),
    onSubscribed: () => undefined,
    onUnsubscribed: () => undefined,
    watchersElsewhere: () => [],
    onLost(device) {
      lost.push(device);
      loss.resolve(device);
    },
  });
  closing(home);
  const deliver = () =>
    home.deliver({
      method: 'MESSAGE',
      from: 'sip:romeo@xmpp.example',
      to: carol,
      headers: [['Content-Type', 'text/plain']],
      body: Buffer.from('Still there?'),
    });
  return { home, presence, lost, loss: loss.promise, ended: ended.promise, deliver, port: sip.port };
}

const account = (port: number) =>
  ({ server: { host: '127.0.0.1', port }, transport: 'tcp', user: 'carol', domain, password }) as const;

interface Client {
  kill(): Promise<void>;
}

const clients: readonly (readonly [string, (port: number) => Promise<Client>])[] = [
  [
    'baresip',
    async (port) => {
      const client = await startBaresip(account(port));
      await client.registered();
      return client;
    },
  ],
  ['linphone', (port) => startLinphone(account(port))],
  ['libpurple', (port) => startLibpurple({ ...account(port), protocol: 'simple', address: `carol@${domain}` })],
];

const needed = [peers.baresip, peers.script, peers.linphone, peers.python, peers.libpurple];

describeWithPeers('a client that registered over TCP', needed, () => {
  it.each(clients)(
    '%s, when it ends without a word, is offline at once, and a message to it is answered 480',
    async (_name, start) => {
      const { home, presence, loss, deliver, port } = await homeServer();
      const client = await start(port);
      expect(home.registrations()).toMatchObject([{ aor: carol, transport: 'tcp' }]);
      await client.kill();
      expect((await loss).reason).toMatch(/^its connection has ended, and another one failed: /);
      expect([home.registrations(), presence.at(-1)]).toEqual([[], `${carol} closed`]);
      expect(await deliver()).toMatchObject({ status: 480 });
    },
  );

  it('baresip, when only its connection was cut, is reached at its listening port', async () => {
    const { home, lost, ended, deliver, port } = await homeServer();
    const relay = await startTcpRelay(port);
    const client = await startBaresip(account(relay.port));
    await client.registered();
    relay.cut();
    await ended;
    expect(await deliver()).toMatchObject({ status: 200 });
    expect(await client.message('sip:romeo@xmpp.example')).toBe('Still there?');
    expect([home.registrations().length, lost]).toEqual([1, []]);
    await client.stop();
  });
});
