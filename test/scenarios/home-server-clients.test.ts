/** Real clients registered at the home server, all at once: whatever each of them can do with an XMPP contact. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { childOf, type Element } from '../../src/gateway/xmpp/xml/element.ts';
import { freePort } from '../peers/free-port.ts';
import { refusalByLinphone } from '../peers/linphone.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { createAuthority } from '../support/pki.ts';
import { until } from '../support/shown-certificate.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { type Federation, federate } from './federation.ts';
import {
  accountOf,
  baresip,
  type ClientKind,
  domain,
  libpurple,
  linphone,
  type RegisteredClient,
  sipe,
  sipeAddress,
} from './watching-clients.ts';

/** Milliseconds: every step waits for real peers, on a machine that runs other suites too. */
const patience = 180_000;
/** Milliseconds after which a message counts as unanswered that was written while its connection closed [RFC 3261 §17.1.2.2]. */
const timerFMs = 32_000;
const chatStates = 'http://jabber.org/protocol/chatstates';

type Kind = ClientKind<RegisteredClient>;

const kinds: readonly Kind[] = [
  baresip('alice', 'tls'),
  linphone('lena', 'tls'),
  // By TCP it takes one message of each read, and keeps the next one until more bytes come.
  libpurple('paul', 'udp'),
  sipe('petra'),
];
const needed = [
  peers.prosody,
  peers.openssl,
  peers.baresip,
  peers.script,
  peers.linphone,
  peers.python,
  peers.libpurple,
  peers.sipe,
];

const addressOf = ({ user }: Kind): string => `${user}@${domain}`;

const registrations = async ({ site }: Federation): Promise<unknown> =>
  (await site.run('get-service'))[0]?.['Registrations'];

/** One client, its user, and bob. */
class Pair {
  readonly kind: Kind;
  readonly client: RegisteredClient;
  readonly #bob: XmppClient;

  constructor(bob: XmppClient, kind: Kind, client: RegisteredClient) {
    this.kind = kind;
    this.client = client;
    this.#bob = bob;
  }

  async exchangeMessages(): Promise<void> {
    const { kind, client } = this;
    this.#bob.sendMessage(addressOf(kind), `Hello ${kind.user}`);
    await client.hears(`Hello ${kind.user}`);
    await client.send(`This is ${kind.user}`);
    const answer = await this.#bob.waitForMessage(`This is ${kind.user}`);
    expect(answer.attributes['from']).toContain(addressOf(kind));
  }

  async seeEachOther(): Promise<void> {
    const { kind, client } = this;
    if (client.shows !== undefined) {
      await this.#hears('subscribe');
      this.#bob.sendPresence({ to: addressOf(kind), type: 'subscribed' });
      await client.shows('available');
    }
    this.#bob.sendPresence({ to: addressOf(kind), type: 'subscribe' });
    await this.#hears('subscribed');
    await this.#hears(undefined);
  }

  async type(): Promise<void> {
    const { kind, client } = this;
    client.type?.();
    const isTyping = (stanza: Element): boolean => childOf(stanza, 'composing', chatStates) !== undefined;
    if (client.type !== undefined) await this.#receives('typing notice', isTyping);
    this.#bob.send(`<message to="${addressOf(kind)}" type="chat"><composing xmlns="${chatStates}"/></message>`);
    await client.typing?.();
  }

  async leave(): Promise<void> {
    const { kind, client } = this;
    await client.stop();
    await this.#hears('unavailable');
    this.#bob.sendMessage(addressOf(kind), 'Too late', `late-${kind.user}`);
    const isRefusal = ({ attributes }: Element): boolean => attributes['id'] === `late-${kind.user}`;
    const refusal = await this.#receives('error', isRefusal, timerFMs + 15_000);
    expect(readStanzaError(refusal).condition).toBe('recipient-unavailable');
  }

  #hears(type: string | undefined): Promise<Element> {
    return this.#receives(`presence ${type ?? 'available'}`, ({ name, attributes }) => {
      return name === 'presence' && attributes['type'] === type;
    });
  }

  #receives(what: string, fits: (stanza: Element) => boolean, ms?: number): Promise<Element> {
    const { kind } = this;
    const isOfKind = ({ attributes }: Element): boolean => attributes['from']?.startsWith(addressOf(kind)) === true;
    return this.#bob.waitFor(`${what} of ${kind.name}`, (stanza) => isOfKind(stanza) && fits(stanza), ms);
  }
}

describeWithPeers('baresip and linphone by TLS, libpurple by UDP, pidgin-sipe by TCP, and Prosody', needed, () => {
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
      const pairs = await Promise.all(kinds.map(async (kind) => new Pair(bob, kind, await kind.start(federation))));
      const each = (act: (pair: Pair) => Promise<unknown>): Promise<unknown> => Promise.all(pairs.map(act));
      expect(await registrations(federation)).toBe(kinds.length);

      // Who looks at the certificate finds that it proves nothing to who trusts somebody else.
      const stranger = { ...accountOf(federation, 'lena', 'tls'), roots: createAuthority('Nobody').rootPem };
      expect(await refusalByLinphone(stranger)).toContain('Certificate verification failed');

      await each((pair) => pair.exchangeMessages());
      await each((pair) => pair.seeEachOther());
      bob.send('<presence><show>dnd</show></presence>');
      await each(async (pair) => {
        await pair.type();
        await pair.client.shows?.('dnd');
      });
      await each((pair) => pair.leave());
      await until(
        () => registrations(federation),
        (count) => count === 0,
      );
    },
    patience,
  );
});
