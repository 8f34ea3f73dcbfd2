/** A small XMPP client for tests: PLAIN over an unencrypted loopback connection, one resource, stanzas kept and waited for. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { afterEach } from '@jest/globals';

import { elementLimits } from '../../src/gateway/xmpp/s2s-limits.ts';
import { type Element, element } from '../../src/gateway/xmpp/xml/element.ts';
import { XmlParser } from '../../src/gateway/xmpp/xml/xml-parser.ts';
import { escapeAttribute, escapeText, printDocument } from '../../src/gateway/xmpp/xml/xml-writer.ts';

export interface XmppClientOptions {
  readonly port: number;
  readonly domain: string;
  readonly user: string;
  readonly password: string;
  readonly resource?: string;
}

export interface XmppClient {
  /** The full JID that the server bound. */
  readonly jid: string;
  /** Every stanza since the login, in order. */
  readonly received: readonly Element[];
  /** What has been received so far is nothing that somebody still waits for. */
  forget(): void;
  /** XML in the namespace jabber:client. */
  send(xml: string): void;
  sendMessage(to: string, body: string, id?: string): void;
  /** Without `to`: to everybody subscribed. */
  sendPresence(attributes?: { readonly to?: string; readonly type?: string }): void;
  /** The first stanza that fits, of those received already or still to come. @throws When none came within `ms` milliseconds. */
  waitFor(what: string, fits: (stanza: Element) => boolean, ms?: number): Promise<Element>;
  /** The first message with this body. */
  waitForMessage(body: string, ms?: number): Promise<Element>;
  close(): void;
}

const patience = 60_000;
const sasl = 'urn:ietf:params:xml:ns:xmpp-sasl';
const open: XmppClient[] = [];

export async function loginXmpp(options: XmppClientOptions): Promise<XmppClient> {
  const socket = connect(options.port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  const inbox = new Inbox();
  startStream(socket, options.domain, inbox);
  await inbox.waitFor('features', ({ name }) => name === 'features');
  const plain = Buffer.from(`\0${options.user}\0${options.password}`).toString('base64');
  socket.write(printDocument(element('auth', sasl, { mechanism: 'PLAIN' }, plain)));
  await inbox.waitFor('SASL success', ({ name }) => name === 'success');
  inbox.received.length = 0;
  startStream(socket, options.domain, inbox);
  await inbox.waitFor('features', ({ name }) => name === 'features');
  const resource = escapeText(options.resource ?? 'test');
  socket.write(
    `<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>${resource}</resource></bind></iq>`,
  );
  await inbox.waitFor('bound resource', ({ name, attributes }) => name === 'iq' && attributes['id'] === 'bind');
  inbox.received.length = 0;
  const client = clientOn(socket, inbox, `${options.user}@${options.domain}/${options.resource ?? 'test'}`);
  open.push(client);
  return client;
}

class Inbox {
  readonly received: Element[] = [];
  readonly #listeners = new Set<() => void>();

  push(stanza: Element): void {
    this.received.push(stanza);
    for (const listener of this.#listeners) listener();
  }

  waitFor(what: string, fits: (stanza: Element) => boolean, ms: number = patience): Promise<Element> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const look = (): void => {
        const found = this.received.find(fits);
        if (found === undefined) return;
        settle();
        resolve(found);
      };
      const timer = setTimeout(() => {
        settle();
        reject(new Error(`no ${what} came; received: ${this.received.map(printDocument).join('\n')}`));
      }, ms);
      // A test may wait for one of two things: what it no longer waits for keeps no process alive.
      timer.unref();
      this.#listeners.add(look);
      look();
    });
  }
}

function startStream(socket: Socket, domain: string, inbox: Inbox): void {
  const parser = new XmlParser({
    onOpen: () => undefined,
    onElement: (received) => inbox.push(received),
    onClose: () => undefined,
    onFault: (fault) => inbox.push(element('fault', 'test', { condition: fault.condition })),
  });
  parser.setLimits(elementLimits);
  socket.removeAllListeners('data');
  socket.on('data', (bytes: Buffer) => parser.feed(bytes));
  socket.write(
    `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="${escapeAttribute(domain)}" version="1.0">`,
  );
}

function clientOn(socket: Socket, inbox: Inbox, jid: string): XmppClient {
  const send = (xml: string): void => void socket.write(xml);
  return {
    jid,
    received: inbox.received,
    forget() {
      inbox.received.length = 0;
    },
    send,
    sendMessage(to, body, id = 'm1') {
      send(
        `<message to="${escapeAttribute(to)}" type="chat" id="${escapeAttribute(id)}"><body>${escapeText(body)}</body></message>`,
      );
    },
    sendPresence({ to, type } = {}) {
      const attributes = Object.entries({ to, type }).map(([name, value]) =>
        value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`,
      );
      send(`<presence${attributes.join('')}/>`);
    },
    waitFor: (what, fits, ms) => inbox.waitFor(what, fits, ms),
    waitForMessage: (body, ms) => inbox.waitFor(`message "${body}"`, (stanza) => bodyOf(stanza) === body, ms),
    close: () => socket.destroy(),
  };
}

function bodyOf(stanza: Element): string | undefined {
  const body = stanza.children.find((child) => typeof child === 'object' && child.name === 'body');
  return typeof body === 'object' ? body.children.filter((child) => typeof child === 'string').join('') : undefined;
}

afterEach(() => {
  for (const client of open.splice(0)) client.close();
});
