/** pidgin-sipe at the home server: it has no digest, so its address is one of TrustedSipPeers. Sessions, pages, and what it asks for in vain. */
import { expect, it } from '@jest/globals';

import { childOf } from '../../src/gateway/xmpp/xml/element.ts';
import { startLibpurple } from '../peers/libpurple.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federate } from './federation.ts';

const alice = 'alice@contoso.example';
const bobAor = 'sip:bob@fabrikam.example';
const chatStates = 'http://jabber.org/protocol/chatstates';

describeWithPeers('pidgin-sipe at the home server', [peers.prosody, peers.python, peers.sipe], () => {
  it('exchanges IM and typing with an XMPP contact, in its session and after it', async () => {
    const federation = await federate({ peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] });
    const { site } = federation;
    await site.run('set-xmppgatewayconfiguration', '-TrustedSipPeers', '+127.0.0.1');
    const bob = await federation.bob();
    bob.sendPresence();
    const sipe = await startLibpurple({
      protocol: 'sipe',
      server: { host: '127.0.0.1', port: site.sipPort },
      transport: 'tcp',
      address: alice,
      password: 'none',
      contacts: [bobAor],
    });
    sipe.send(bobAor, 'From home');
    await bob.waitForMessage('From home');
    bob.sendMessage(alice, 'Into the session');
    await sipe.waitFor('message', 'Into the session');
    sipe.typing(bobAor, true);
    await bob.waitFor('composing', (stanza) => childOf(stanza, 'composing', chatStates) !== undefined);
    sipe.closeWindow(bobAor);
    await bob.waitFor('gone', (stanza) => childOf(stanza, 'gone', chatStates) !== undefined);
    bob.sendMessage(alice, 'As a page');
    await sipe.waitFor('message', 'As a page');
    const events = await site.run('get-eventlog', '-Tail', '1000');
    expect(events.map(({ Event }) => Event)).toContain('ImSessionEnded');
  }, 90_000);
});
