/** The server of fabrikam.example as Prosody: its users write and read through it, and log in again whenever it is back. */

import { namespaces } from '../../src/gateway/xmpp/namespaces.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { childOf, textOf } from '../../src/gateway/xmpp/xml/element.ts';
import type { Prosody } from '../peers/prosody.ts';
import { loginXmpp, type XmppClient } from '../support/xmpp-client.ts';
import { domain, gatewayDomain, type PeerEvents, type XmppPeer } from './xmpp-peer.ts';

export interface ProsodyPeerOptions {
  readonly prosody: Prosody;
  /** Name and password. */
  readonly users: Readonly<Record<string, string>>;
  /** It returns to its users what was not acknowledged when a stream ended [XEP-0198]. */
  readonly returnsLost: boolean;
  readonly events: PeerEvents;
  /** It has another process now. */
  onRestarted(prosody: Prosody): void;
}

interface Sent {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Characters that Prosody had logged before. */
  readonly logged: number;
}

/** Milliseconds in which a gateway that acknowledges nothing may still be writing down what it has read, and in which a server that ends may not have passed on what it took. */
const journalMs = 300;

/** What Prosody logs when a stream to the gateway is authenticated. */
const complete = `s2s connection ${domain}->${gatewayDomain} complete`;

const beforeAcknowledgements = 'its stream broke before it knew acknowledgements';

export async function startProsodyPeer(options: ProsodyPeerOptions): Promise<XmppPeer> {
  const peer = new ProsodyPeer(options);
  await peer.login();
  return peer;
}

class ProsodyPeer implements XmppPeer {
  readonly #options: ProsodyPeerOptions;
  readonly #clients = new Map<string, XmppClient>();
  #toSend: Omit<Sent, 'logged'>[] = [];
  /** On their way through the server. */
  readonly #unknown = new Map<string, Sent>();
  readonly #read = new Map<string, number>();
  /** Where the log tells of the newest stream that was authenticated, and when that was seen. */
  #newest = { at: -1, seen: 0 };
  /** How much was logged when the streams broke last, and when that was. */
  #broke = { at: 0, seen: 0 };
  #isClosed = false;
  #prosody: Prosody;

  constructor(options: ProsodyPeerOptions) {
    this.#options = options;
    this.#prosody = options.prosody;
  }

  async login(): Promise<void> {
    const { users } = this.#options;
    for (const [user, password] of Object.entries(users)) {
      const client = await loginXmpp({ port: this.#prosody.c2sPort, domain, user, password });
      this.#clients.set(`${user}@${domain}`, client);
      this.#listen(client, `${user}@${domain}`);
      client.sendPresence();
    }
    for (const sent of this.#toSend.splice(0)) this.send(sent.from, sent.to, sent.id);
  }

  send(from: string, to: string, id: string): void {
    const client = this.#clients.get(from);
    if (client === undefined) return void this.#toSend.push({ from, to, id });
    this.#unknown.set(id, { from, to, id, logged: this.#prosody.process.output().length });
    this.#look();
    client.sendMessage(to, id, id);
    if (!this.#options.returnsLost)
      client.send(`<iq to='${gatewayDomain}' type='get' id='ping-${id}'><ping xmlns='urn:xmpp:ping'/></iq>`);
  }

  async stop(isHard: boolean): Promise<void> {
    const prosody = this.#prosody;
    // What it writes to its users on its way out is still read.
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    if (isHard) await prosody.process.kill();
    else await prosody.process.stop();
    for (const client of clients) client.close();
    this.#leave('its own server ended');
  }

  async start(): Promise<void> {
    this.#prosody = (await this.#prosody.startAgain?.()) ?? this.#prosody;
    this.#broke = { at: 0, seen: Date.now() };
    this.#options.onRestarted(this.#prosody);
    await this.login();
  }

  streamsBroke(): void {
    if (!this.#options.returnsLost) return this.#leave('its stream broke, and no acknowledgement was to be had');
    // What waited for the stream, and what came before it was complete, is sent before Prosody keeps anything.
    this.#look();
    const { at, seen } = this.#newest;
    const before = this.#broke;
    this.#broke = { at: this.#prosody.process.output().length, seen: Date.now() };
    const isOpening = at < before.at;
    // Its log comes late: a stream that is told of after the break was begun before.
    const isYoung = Date.now() - seen <= journalMs || Math.abs(seen - before.seen) <= journalMs;
    if (!isOpening && !isYoung) return;
    const to = isOpening ? Number.POSITIVE_INFINITY : at;
    for (const { id, logged } of this.#unknown.values())
      if (logged >= before.at && logged <= to) this.#options.events.onExcused(id, beforeAcknowledgements);
  }

  #look(): void {
    const at = this.#prosody.process.output().lastIndexOf(complete);
    if (at !== this.#newest.at) this.#newest = { at, seen: Date.now() };
  }

  #leave(why: string): void {
    const settled = Date.now() - journalMs;
    for (const id of this.#unknown.keys()) {
      if ((this.#read.get(id) ?? Number.POSITIVE_INFINITY) < settled) this.#options.events.onTaken(id);
      else this.#options.events.onExcused(id, why);
    }
    this.#unknown.clear();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #listen(client: XmppClient, user: string): void {
    const seen = new WeakSet<Element>();
    const look = (stanza: Element): boolean => {
      if (!seen.has(stanza)) this.#take(stanza, user);
      seen.add(stanza);
      return false;
    };
    void client.waitFor('end of the round', look, 2 ** 31 - 1).catch(() => undefined);
  }

  #take(stanza: Element, user: string): void {
    if (this.#isClosed) return;
    const { events } = this.#options;
    const { id = '', type = '', from = '' } = stanza.attributes;
    if (stanza.name === 'iq' && id.startsWith('ping-') && type === 'result') this.#read.set(id.slice(5), Date.now());
    if (stanza.name !== 'message') return;
    if (type === 'error') {
      this.#unknown.delete(id);
      return events.onError(id);
    }
    const body = textOf(childOf(stanza, 'body', stanza.namespace));
    const isDelayed = childOf(stanza, 'delay', namespaces.delay) !== undefined;
    events.onMessage({ id, body, isDelayed, from: from.split('/', 1)[0] ?? '', to: user });
  }
}
