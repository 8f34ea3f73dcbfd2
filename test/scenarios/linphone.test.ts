/** linphone as the client of home-server users: messages both ways, and presence of a contact on a real XMPP server. */
import { expect, it } from '@jest/globals';

import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federate } from './federation.ts';
import { domain, linphone } from './watching-clients.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;

describeWithPeers('Prosody and linphone', [peers.prosody, peers.linphone], () => {
  it(
    'exchange messages and presence by UDP and by TCP',
    async () => {
      const partner = ['-SupportDialbackNegotiation', 'false'];
      const federation = await federate({ peer: 'external', partner, otherUsers: ['lena'] });
      const bob = await federation.bob();
      bob.sendPresence();
      const kinds = [linphone('alice', 'udp'), linphone('lena', 'tcp')];
      const clients = await Promise.all(
        kinds.map(async (kind) => {
          const client = await kind.start(federation);
          const address = `${kind.user}@${domain}`;
          bob.sendMessage(address, `Hello ${kind.user}`);
          await client.hears(`Hello ${kind.user}`);
          await client.send(`This is ${kind.user}`);
          const answer = await bob.waitForMessage(`This is ${kind.user}`);
          expect(answer.attributes['from']).toContain(address);

          await bob.waitFor('request', ({ attributes: { type, from } }) => type === 'subscribe' && from === address);
          bob.sendPresence({ to: address, type: 'subscribed' });
          await client.shows('available');
          return client;
        }),
      );
      bob.send('<presence><show>dnd</show></presence>');
      await Promise.all(clients.map((client) => client.shows('dnd')));
      await Promise.all(clients.map((client) => client.stop()));
    },
    patience,
  );
});
