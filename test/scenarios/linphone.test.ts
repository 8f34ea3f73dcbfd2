/** linphone as the client of a home-server user: messages both ways, and presence of a contact on a real XMPP server. */
import { expect, it } from '@jest/globals';

import { startLinphone } from '../peers/linphone.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federate, passwords } from './federation.ts';

const bobAor = 'sip:bob@fabrikam.example';
const alice = 'alice@contoso.example';
/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 90_000;

describeWithPeers('Prosody and linphone', [peers.prosody, peers.linphone], () => {
  it.each(['udp', 'tcp'] as const)(
    'exchange messages and presence by %s',
    async (transport) => {
      const federation = await federate({ peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] });
      const bob = await federation.bob();
      bob.sendPresence();
      const linphone = await startLinphone({
        server: { host: '127.0.0.1', port: federation.site.sipPort },
        transport,
        user: 'alice',
        domain: 'contoso.example',
        password: passwords.alice,
      });
      bob.sendMessage(alice, 'Hello linphone', 'm1');
      await linphone.waitFor(/Message received from [^\n]*bob@fabrikam\.example[^\n]*: Hello linphone/);
      linphone.send(bobAor, 'Hello Prosody');
      const answer = await bob.waitForMessage('Hello Prosody');
      expect(answer.attributes['from']).toMatch(/^alice@contoso\.example/);

      linphone.add('Bob', bobAor);
      await bob.waitFor('request', ({ name, attributes }) => name === 'presence' && attributes['type'] === 'subscribe');
      bob.send(`<presence to="${alice}" type="subscribed"/>`);
      bob.send('<presence><show>dnd</show></presence>');
      await linphone.waitFor(/bob@fabrikam\.example[^\n]*(?:[Bb]usy|BUSY|[Dd]o not)/);
      await linphone.stop();
    },
    patience,
  );
});
