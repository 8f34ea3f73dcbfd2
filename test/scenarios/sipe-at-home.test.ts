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
    expect(await site.run('get-imsession', alice, '*@fabrikam.example')).toMatchObject([
      { User: `sip:${alice}`, Contact: 'bob@fabrikam.example', OpenedBy: 'User', State: 'Established', Messages: 2 },
    ]);
    const [device] = await site.run('get-sipregistration', alice);
    expect(device).toMatchObject({ Identity: `sip:${alice}`, Transport: 'tcp', Trusted: true });
    expect(device?.['UserAgent']).toMatch(/Sipe/);
    sipe.typing(bobAor, true);
    await bob.waitFor('composing', (stanza) => childOf(stanza, 'composing', chatStates) !== undefined);
    sipe.closeWindow(bobAor);
    await bob.waitFor('gone', (stanza) => childOf(stanza, 'gone', chatStates) !== undefined);
    bob.sendMessage(alice, 'As a page');
    await sipe.waitFor('message', 'As a page');
    const events = await site.run('get-eventlog', '-Tail', '1000');
    expect(events.map(({ Event }) => Event)).toContain('ImSessionEnded');
    expect(await site.run('get-imsession')).toEqual([]);

    const removal = ['remove-sipregistration', alice, '-Contact', String(device?.['Contact'])];
    expect(await site.run(...removal, '-PassThru')).toMatchObject([{ Identity: `sip:${alice}`, Changed: true }]);
    expect(await site.run('get-sipregistration')).toEqual([]);
    bob.sendMessage(alice, 'Nobody there', 'late');
    await bob.waitFor('the refusal', ({ attributes }) => attributes['id'] === 'late' && attributes['type'] === 'error');
    expect((await site.type(...removal)).code).toBe(3);
    expect((await site.type('get-sipregistration', 'nobody@contoso.example')).code).toBe(3);
  }, 180_000);
});
