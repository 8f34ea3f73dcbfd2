/** Contacts as people have them: real SIP clients and real XMPP servers, each state in the client's own words, over two restarts. */
import { expect, it } from '@jest/globals';

import { childOf, type Element } from '../../src/gateway/xmpp/xml/element.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { until } from '../support/shown-certificate.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { type Federation, federate } from './federation.ts';
import { type ClientKind, clientKinds, domain, type Seen, type WatchingClient } from './watching-clients.ts';

/** Milliseconds: every step waits for real peers, on a machine that runs other suites too. */
const patience = 180_000;
const chatStates = 'http://jabber.org/protocol/chatstates';

/** Both with a certificate for servers only; ejabberd takes none of those from a client, and asks back by dialback. */
const servers = [
  { program: 'prosody', partner: ['-SupportDialbackNegotiation', 'false'] },
  { program: 'ejabberd', partner: ['-SaslNegotiation', 'Optional'] },
] as const;

const stanzaFor: Readonly<Record<Seen, string>> = {
  available: '<presence/>',
  away: '<presence><show>away</show></presence>',
  dnd: '<presence><show>dnd</show></presence>',
  xa: '<presence><show>xa</show></presence>',
  unavailable: '<presence type="unavailable"/>',
};

const address = ({ user }: ClientKind): string => `${user}@${domain}`;
const each = <T>(act: (kind: ClientKind, index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(clientKinds.map(act));

/** Bob, and what he has been told of each user. */
class Bob {
  readonly #client: XmppClient;

  constructor(client: XmppClient) {
    this.#client = client;
  }

  says(seen: Seen): void {
    this.#client.send(stanzaFor[seen]);
  }

  /** To each of the users. */
  sends(type: string): void {
    for (const kind of clientKinds) this.#client.sendPresence({ to: address(kind), type });
  }

  types({ user }: ClientKind): void {
    const composing = `<composing xmlns="${chatStates}"/>`;
    this.#client.send(`<message to="${user}@${domain}" type="chat">${composing}</message>`);
  }

  /** Waits until the last thing he has heard of the user is of this type. */
  hears(kind: ClientKind, type: string | undefined): Promise<unknown> {
    return this.#client.waitFor(`presence ${type ?? 'available'} of ${kind.user}`, (stanza) => {
      const { from = '' } = stanza.attributes;
      return stanza.name === 'presence' && from.startsWith(address(kind)) && stanza.attributes['type'] === type;
    });
  }

  seesTyping({ user }: ClientKind): Promise<Element> {
    return this.#client.waitFor(`typing of ${user}`, (stanza) => {
      const { from = '' } = stanza.attributes;
      return from.startsWith(user) && childOf(stanza, 'composing', chatStates) !== undefined;
    });
  }

  /** Whether anybody asked him since `forget`. */
  wasAsked(): boolean {
    return this.#client.received.some(({ attributes }) => attributes['type']?.includes('subscribe'));
  }

  forget(): void {
    this.#client.forget();
  }
}

const links = async ({ site }: Federation): Promise<readonly unknown[]> => {
  const found = await site.run('get-presencesubscription');
  return found.map(({ User, Direction, State }) => [User, Direction, State].join(' ')).toSorted();
};

const linksOnceThereAre = (count: number, federation: Federation): Promise<readonly unknown[]> =>
  until(
    () => links(federation),
    (all) => all.length === count,
  );

/** The links of users who watch bob, and are not watched by him. */
const watching = (state: string): readonly string[] => clientKinds.map((kind) => `sip:${address(kind)} To ${state}`);

const startClients = (federation: Federation): Promise<WatchingClient[]> => each((kind) => kind.start(federation));

const allShow = (clients: readonly WatchingClient[], seen: Seen): Promise<unknown> =>
  Promise.all(clients.map((client) => client.shows(seen)));

async function comesAndGoes(bob: Bob, kind: ClientKind, client: WatchingClient | undefined): Promise<void> {
  const [offline, online] = client?.offlineAndOnline ?? [];
  if (offline === undefined || online === undefined) return;
  bob.forget();
  await offline();
  await bob.hears(kind, 'unavailable');
  bob.forget();
  await online();
  await bob.hears(kind, undefined);
}

async function typeToEachOther(bob: Bob, kind: ClientKind, client: WatchingClient | undefined): Promise<void> {
  if (client?.type === undefined || client.typing === undefined) return;
  client.type();
  await bob.seesTyping(kind);
  bob.types(kind);
  await client.typing();
}

/** Both ways, and nobody has been asked again. */
async function stillAuthorised(federation: Federation, bob: Bob, known: readonly unknown[]): Promise<WatchingClient[]> {
  expect(await links(federation)).toEqual(known);
  // The clients are gone for the new gateway until they register again.
  await each((kind) => bob.hears(kind, 'unavailable'));
  bob.forget();
  const clients = await startClients(federation);
  await each((kind) => bob.hears(kind, undefined));
  return clients;
}

for (const { program, partner } of servers) {
  const needed = [peers[program], peers.baresip, peers.script, peers.linphone, peers.python, peers.libpurple];
  describeWithPeers(`contacts on ${program}, of baresip, linphone and libpurple`, needed, () => {
    it(
      'are added from either side, seen in each state, typed to, let go, and stay authorised when the gateway ends or is killed',
      async () => {
        const otherUsers = ['lena', 'paul'];
        const federation = await federate({ peer: 'external', program, partner, otherUsers });
        const { site } = federation;
        const client = await federation.bob();
        const bob = new Bob(client);
        client.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
        bob.says('available');

        // Added from the SIP side.
        let clients = await startClients(federation);
        await each((kind) => bob.hears(kind, 'subscribe'));
        expect(await links(federation)).toEqual(watching('Pending'));
        bob.sends('subscribed');
        await allShow(clients, 'available');

        bob.says('dnd');
        await allShow(clients, 'dnd');

        // Added from the XMPP side, while the notices of bob's next state wait for their time.
        bob.says('away');
        bob.sends('subscribe');
        await each((kind) => bob.hears(kind, 'subscribed'));
        await each((kind) => bob.hears(kind, undefined));
        for (const [index, kind] of clientKinds.entries()) {
          await comesAndGoes(bob, kind, clients[index]);
          await typeToEachOther(bob, kind, clients[index]);
        }
        await allShow(clients, 'away');
        const known = await links(federation);
        expect(known).toHaveLength(2 * clientKinds.length);

        // Killed. The clients too: they would come back when their registrations end.
        const [service] = await site.run('get-service');
        process.kill(Number(service?.['ProcessId']), 'SIGKILL');
        await Promise.all(clients.map((running) => running.kill()));
        bob.forget();
        await site.run('start-service');
        clients = await stillAuthorised(federation, bob, known);
        await allShow(clients, 'away');
        for (const state of ['available', 'xa'] as const) {
          bob.says(state);
          await allShow(clients, state);
        }

        // Stopped and started, with the users already gone.
        bob.forget();
        await Promise.all(clients.map((running) => running.stop()));
        await each((kind) => bob.hears(kind, 'unavailable'));
        await site.run('stop-service');
        bob.forget();
        await site.run('start-service');
        clients = await stillAuthorised(federation, bob, known);
        await allShow(clients, 'xa');
        expect(bob.wasAsked()).toBe(false);

        // Bob leaves, and is let go on both sides.
        bob.says('unavailable');
        await allShow(clients, 'unavailable');
        bob.says('available');
        await allShow(clients, 'available');
        bob.sends('unsubscribe');
        expect(await linksOnceThereAre(clientKinds.length, federation)).toEqual(watching('Active'));
        bob.sends('unsubscribed');
        expect(await linksOnceThereAre(0, federation)).toEqual([]);
        await Promise.all(clients.map((running) => running.stop()));
      },
      patience,
    );
  });
}
