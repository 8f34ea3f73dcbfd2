/** The rules of partner types with a real XMPP server and a real SIP client: what crosses, what comes back, what a change does. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federate } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = 'alice@contoso.example';
const bob = 'bob@fabrikam.example';
const external = { peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] } as const;

describeWithPeers('a contact of a PublicUnverified partner', [peers.prosody, peers.sipp], () => {
  it(
    'reaches nobody until the user has added it, and learns nothing from the refusal',
    async () => {
      const federation = await federate(external);
      const { site } = federation;
      await site.run('set-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'PublicUnverified');
      const client = await federation.bob();
      client.sendPresence();
      const { message } = await federation.aliceReceives();

      const refused = async (to: string, id: string) => {
        client.sendMessage(to, 'Hello?', id);
        return readStanzaError(await client.waitFor('error', ({ attributes }) => attributes['id'] === id));
      };
      const unlisted = await refused(alice, 'm1');
      expect(unlisted).toMatchObject({ type: 'auth', condition: 'forbidden' });
      expect(await refused('nobody@contoso.example', 'm2')).toEqual(unlisted);
      const gates = await site.run('get-eventlog', '-Tail', '1000');
      expect(gates.find(({ Event }) => Event === 'StanzaRefused')).toMatchObject({
        CorrelationId: expect.stringMatching(/./),
        Facts: { gate: 'not-listed', fix: `xgw new-contact sip:${alice} sip:${bob}` },
      });

      await site.run('new-contact', `sip:${alice}`, bob);
      await client.waitFor(
        'request',
        ({ name, attributes }) => name === 'presence' && attributes['type'] === 'subscribe',
      );
      client.sendMessage(alice, 'Now then', 'm3');
      expect(await message).toContain('Now then');
    },
    patience,
  );

  it(
    'who is not added loses sight when the partner becomes PublicUnverified',
    async () => {
      const federation = await federate(external);
      const { site } = federation;
      const client = await federation.bob();
      // Only clients that have asked for the roster are told of subscriptions [RFC 6121 §3.1.6].
      client.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
      client.sendPresence();
      const presence = (type: string | undefined) =>
        client.waitFor(
          `presence ${type}`,
          ({ name, attributes }) =>
            name === 'presence' && attributes['type'] === type && attributes['from']?.startsWith(alice) === true,
        );
      client.sendPresence({ to: alice, type: 'subscribe' });
      await presence('subscribed');
      expect(await site.run('get-presencesubscription')).toMatchObject([{ Direction: 'From', State: 'Active' }]);
      await site.run('set-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'PublicUnverified');
      await presence('unsubscribed');
      expect(await site.run('get-presencesubscription')).toEqual([]);
    },
    patience,
  );
});
