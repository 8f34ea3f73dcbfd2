/** One stream of a scripted peer: elements in, text out, in clear and under TLS. What the elements mean is not its business. */
import type { Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';

import { elementLimits } from '../../src/gateway/xmpp/s2s-limits.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { XmlParser } from '../../src/gateway/xmpp/xml/xml-parser.ts';
import type { TestCertificate } from '../support/pki.ts';

export class ScriptedStream {
  readonly isReceiver: boolean;
  /** Resolves when the connection is no more. */
  readonly ended: Promise<void>;
  #socket: Socket;
  #parser: XmlParser;
  readonly #heard: Element[] = [];
  #wake = (): void => undefined;
  #hasEnded = false;

  constructor(socket: Socket, isReceiver: boolean) {
    this.#socket = socket;
    this.isReceiver = isReceiver;
    this.#parser = this.#newParser();
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.#hasEnded = true;
        this.#wake();
        resolve();
      });
    });
    this.#listen(socket);
  }

  /** The next element; the stream header is one. Undefined: the stream has ended. */
  async next(): Promise<Element | undefined> {
    for (;;) {
      const heard = this.#heard.shift();
      if (heard !== undefined || this.#hasEnded) return heard;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** @throws When another one comes. */
  async take(name: string): Promise<Element> {
    const heard = await this.next();
    if (heard?.name !== name) throw new Error(`no ${name}, but ${heard?.name ?? 'the end'}`);
    return heard;
  }

  /** What follows is another stream on the same connection. */
  restart(): void {
    this.#parser.stop();
    this.#parser = this.#newParser();
  }

  async secure({ key, chain }: TestCertificate): Promise<void> {
    const raw = this.#socket;
    raw.removeAllListeners('data');
    const common = { key, cert: chain, rejectUnauthorized: false };
    const secured = this.isReceiver
      ? new TLSSocket(raw, { ...common, isServer: true, requestCert: true })
      : connectTls({ ...common, socket: raw });
    this.#socket = secured;
    this.restart();
    this.#listen(secured);
    await new Promise<void>((resolve) => {
      secured.once(this.isReceiver ? 'secure' : 'secureConnect', () => resolve());
      void this.ended.then(resolve);
    });
  }

  send(xml: string): void {
    if (this.#socket.writable) this.#socket.write(xml);
  }

  /** With a word, or without one. */
  close(isHard: boolean): void {
    if (isHard) this.#socket.destroy();
    else this.#socket.end('</stream:stream>');
  }

  #newParser(): XmlParser {
    const heard = (element: Element): void => {
      this.#heard.push(element);
      this.#wake();
    };
    const parser = new XmlParser({
      onOpen: heard,
      onElement: heard,
      onClose: () => this.#socket.end('</stream:stream>'),
      onFault: () => this.#socket.destroy(),
    });
    parser.setLimits(elementLimits);
    return parser;
  }

  #listen(socket: Socket): void {
    // A connection that breaks is what a round is about; what follows from it shows at `ended`.
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => void this.#parser.feed(bytes));
    socket.on('end', () => socket.end());
  }
}
