/** Presence of users behind a real proxy with a real presence agent: who sees whom, and how it ends. */
import { it } from '@jest/globals';

import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { type Baresip, startBaresip } from '../peers/baresip.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { federateByHop, type HopFederation } from './hop-federation.ts';

const alice = 'alice@contoso.example';
const bobAor = 'sip:bob@fabrikam.example';
/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;

/** Alice's client, behind Kamailio, which asks for no password. */
async function aliceAtKamailio({ kamailio }: HopFederation, watches: boolean): Promise<Baresip> {
  const client = await startBaresip({
    server: { host: '127.0.0.1', port: kamailio.port },
    transport: 'tcp',
    user: 'alice',
    domain: 'contoso.example',
    password: 'none',
    contacts: [bobAor],
    watches,
  });
  await client.registered();
  return client;
}

const presenceFrom = (bob: XmppClient, what: string, matches: (stanza: Element) => boolean): Promise<Element> =>
  bob.waitFor(what, (stanza) => {
    const { from = '' } = stanza.attributes;
    return stanza.name === 'presence' && from.startsWith(alice) && matches(stanza);
  });
const typeOf = ({ attributes }: Element): string | undefined => attributes['type'];

describeWithPeers(
  'Prosody, and baresip behind Kamailio',
  [peers.prosody, peers.kamailio, peers.baresip, peers.script],
  () => {
    it(
      'a contact who adds a user sees each change of the user, as the proxy tells it, and sees him leave',
      async () => {
        const federation = await federateByHop({ transport: 'tcp' });
        const bob = await federation.bob();
        const client = await aliceAtKamailio(federation, false);
        bob.send(`<presence to="${alice}" type="subscribe"/>`);
        const available = (): Promise<Element> =>
          presenceFrom(bob, 'available', (stanza) => typeOf(stanza) === undefined);
        const unavailable = (): Promise<Element> =>
          presenceFrom(bob, 'unavailable', (stanza) => typeOf(stanza) === 'unavailable');
        await available();
        bob.forget();
        await client.command('presence_offline');
        await unavailable();
        bob.forget();
        await client.command('presence_online');
        await available();
        await client.stop();
        bob.send(`<presence to="${alice}" type="unsubscribe"/>`);
        await federation.kamailio.process.waitFor(/ROUTE SUBSCRIBE [^\n]*\n(?:[^]*ROUTE SUBSCRIBE)/);
      },
      patience,
    );

    it(
      'a user who watches a contact sees each change of the contact',
      async () => {
        const federation = await federateByHop({ transport: 'tcp' });
        const bob = await federation.bob();
        const client = await aliceAtKamailio(federation, true);
        await presenceFrom(bob, 'request', (stanza) => typeOf(stanza) === 'subscribe');
        bob.send(`<presence to="${alice}" type="subscribed"/>`);
        bob.send('<presence><show>dnd</show></presence>');
        await client.shows(bobAor, 'Busy');
        bob.send('<presence type="unavailable"/>');
        await client.shows(bobAor, 'Offline');
        await client.stop();
      },
      patience,
    );
  },
);
