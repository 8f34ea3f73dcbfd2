/** Real clients registered at the home server, all at once, each by another transport: whatever each of them can do with an XMPP contact. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { childOf, type Element } from '../../src/gateway/xmpp/xml/element.ts';
import { freePort } from '../peers/free-port.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { until } from '../support/shown-certificate.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { type Federation, federate } from './federation.ts';
import {
  baresip,
  type ClientKind,
  domain,
  libpurple,
  linphone,
  sipe,
  sipeAddress,
  type RegisteredClient,
  type WatchingClient,
} from './watching-clients.ts';

/** Milliseconds: every step waits for real peers, on a machine that runs other suites too. */
const patience = 120_000;
const chatStates = 'http://jabber.org/protocol/chatstates';

const watching = [baresip('alice', 'tls'), linphone('lena', 'tls'), libpurple('paul', 'tcp')];
const kinds: readonly ClientKind<RegisteredClient>[] = [...watching, sipe('petra')];
const needed = [
  ...[peers.prosody, peers.baresip, peers.script, peers.linphone, peers.python, peers.libpurple, peers.sipe],
] as const;

const addressOf = ({ user }: Pick<ClientKind, 'user'>): string => `${user}@${domain}`;

/** The first of bob's stanzas from this user that fits. */
const fromUser = (bob: XmppClient, kind: ClientKind<RegisteredClient>, what: string, fits: (stanza: Element) => boolean) =>
  bob.waitFor(`${what} of ${kind.name}`, (stanza) => {
    const { from = '' } = stanza.attributes;
    return from.startsWith(addressOf(kind)) && fits(stanza);
  });

const presence = (bob: XmppClient, kind: ClientKind<RegisteredClient>, type: string | undefined) =>
  fromUser(bob, kind, `presence ${type ?? 'available'}`, ({ name, attributes }) => {
    return name === 'presence' && attributes['type'] === type;
  });

const registrations = async ({ site }: Federation): Promise<unknown> =>
  (await site.run('get-service'))[0]?.['Registrations'];

describeWithPeers('baresip and linphone by TLS, libpurple by TCP, pidgin-sipe, and Prosody', needed, () => {
  it(
    'register, exchange messages, typing and presence with an XMPP contact, and leave',
    async () => {
      const otherUsers = kinds.map(({ user }) => user).filter((user) => user !== 'alice');
      const partner = ['-SupportDialbackNegotiation', 'false'];
      const federation = await federate({ peer: 'external', partner, otherUsers, sipTlsPort: await freePort() });
      await federation.site.run('set-xmppgatewayconfiguration', '-TrustedSipPeers', sipeAddress);
      const bob = await federation.bob();
      bob.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
      bob.sendPresence();

      const clients = new Map<ClientKind<RegisteredClient>, RegisteredClient>();
      const watchers: WatchingClient[] = await Promise.all(
        watching.map(async (kind) => {
          const client = await kind.start(federation);
          clients.set(kind, client);
          return client;
        }),
      );
      await each(async (kind, client) => {
        await client.stop();
        await presence(bob, kind, 'unavailable');
        bob.sendMessage(addressOf(kind), 'Too late', `late-${kind.user}`);
        const refused = await bob.waitFor('error', ({ attributes }) => attributes['id'] === `late-${kind.user}`);
        expect(readStanzaError(refused).condition).toBe('recipient-unavailable');
      });
      const none = await until(
        () => registrations(federation),
        (count) => count === 0,
      );
      expect(none).toBe(0);
    },
    patience,
  );
});
