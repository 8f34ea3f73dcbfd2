/** Who may see whom outlives a gateway that is killed: with a real XMPP server, a real SIP client, and SIGKILL. */
import { expect, it } from '@jest/globals';

import { type Baresip, startBaresip } from '../peers/baresip.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { type Federation, federate, passwords } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = 'alice@contoso.example';
const bobAor = 'sip:bob@fabrikam.example';

/** Alice's client, which watches bob; a new one asks for everything anew. */
async function aliceWatches({ site }: Federation): Promise<Baresip> {
  const client = await startBaresip({
    server: { host: '127.0.0.1', port: site.sipPort },
    transport: 'udp',
    user: 'alice',
    domain: 'contoso.example',
    password: passwords.alice,
    contacts: [bobAor],
    watches: true,
  });
  await client.registered();
  return client;
}

const aliceIs = (bob: XmppClient, type: string | undefined): Promise<unknown> =>
  bob.waitFor(`presence ${type ?? 'available'}`, ({ name, attributes }) => {
    return name === 'presence' && attributes['type'] === type && attributes['from']?.startsWith(alice) === true;
  });

async function subscriptions({ site }: Federation): Promise<readonly unknown[]> {
  const found = await site.run('get-presencesubscription');
  return found.map(({ User, Contact, Direction, State }) => ({ User, Contact, Direction, State }));
}

describeWithPeers('Prosody, baresip and a gateway that is killed', [peers.prosody, peers.baresip, peers.script], () => {
  it(
    'still know who may see whom, both ways, and nobody is asked again',
    async () => {
      const federation = await federate({ peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] });
      const { site } = federation;
      // Nobody is approved for the partner's sake: only because alice once added him.
      await site.run('set-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'PublicUnverified');
      const bob = await federation.bob();
      bob.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
      bob.send('<presence><show>dnd</show></presence>');
      const before = await aliceWatches(federation);
      await aliceIs(bob, 'subscribe');
      bob.send(`<presence to="${alice}" type="subscribed"/>`);
      await before.shows(bobAor, 'Busy');
      bob.send(`<presence to="${alice}" type="subscribe"/>`);
      await aliceIs(bob, 'subscribed');
      await aliceIs(bob, undefined);
      const known = await subscriptions(federation);
      expect(known).toHaveLength(2);

      const [service] = await site.run('get-service');
      process.kill(Number(service?.['ProcessId']), 'SIGKILL');
      bob.forget();
      await site.run('start-service');

      expect(await subscriptions(federation)).toEqual(known);
      // Her client is gone for the new gateway until it registers again.
      await aliceIs(bob, 'unavailable');
      const after = await aliceWatches(federation);
      await aliceIs(bob, undefined);
      await after.shows(bobAor, 'Busy');
      const asked = bob.received.filter(({ attributes }) => attributes['type']?.includes('subscribe'));
      expect(asked).toEqual([]);
      expect((await site.run('get-service'))[0]).toMatchObject({
        Warnings: expect.not.arrayContaining([expect.stringContaining('state')]),
      });
    },
    patience,
  );
});
