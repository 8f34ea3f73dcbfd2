/**
 * The server of fabrikam.example, scripted: it takes what the gateway sends, and sends what contacts write. With XEP-0198 it
 * acknowledges what a contact has, and sends again what was not acknowledged when a stream ended, under the same id; without, it
 * asks with a ping behind each message whether the gateway has read it, and forgets it when its stream ends.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { namespaces } from '../../src/gateway/xmpp/namespaces.ts';
import { childElements, childOf, type Element, textOf } from '../../src/gateway/xmpp/xml/element.ts';
import { asInitiator, asReceiver, type Negotiated, type Offer } from './scripted-negotiation.ts';
import { ScriptedStream } from './scripted-stream.ts';
import { domain, gatewayDomain, type PeerEvents, type XmppPeer } from './xmpp-peer.ts';

export interface ScriptedPeerOptions extends Offer {
  /** Where the gateway dials it. */
  readonly port: number;
  /** Of the gateway. */
  readonly gatewayPort: number;
  readonly events: PeerEvents;
}

interface Sending {
  readonly from: string;
  readonly to: string;
  readonly id: string;
}

/** A stream with what was sent on it. */
interface Line {
  readonly stream: ScriptedStream;
  readonly isBidi: boolean;
  isCounted: boolean;
  /** Stanzas that came since counting began, and how many of ours were acknowledged. */
  received: number;
  acknowledged: number;
  /** Sent and not known to be taken; undefined for what is no message. */
  readonly unknown: (Sending | undefined)[];
  /** When the ping behind a message was answered, milliseconds on the machine's clock. */
  readonly read: Map<string, number>;
  watchdog?: NodeJS.Timeout;
}

/** Milliseconds until a broken stream is opened again, and until one on which nothing is acknowledged is taken for dead. */
const redialMs = 100;
const deadMs = 3_000;
/** Milliseconds in which a gateway that acknowledges nothing may still be writing down what it has read. */
const journalMs = 300;

export async function startScriptedPeer(options: ScriptedPeerOptions): Promise<XmppPeer> {
  const peer = new ScriptedPeer(options);
  await peer.start();
  return peer;
}

class ScriptedPeer implements XmppPeer {
  readonly #options: ScriptedPeerOptions;
  readonly #lines = new Set<Line>();
  #toSend: Sending[] = [];
  /** Answers go on a stream that may carry what this side says [RFC 6120 §4.3.3]. */
  #replies: string[] = [];
  #server: ReturnType<typeof createServer> | undefined;
  #isDialling = false;

  constructor(options: ScriptedPeerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#server = createServer((socket) => void this.#run(socket, true));
    this.#server.listen(this.#options.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#flush();
  }

  async stop(isHard: boolean): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.close();
    const streams = [...this.#lines].map(({ stream }) => stream);
    for (const stream of streams) stream.close(isHard);
    await Promise.all(streams.map((stream) => stream.ended));
  }

  /** It sees for itself. */
  streamsBroke(): void {}

  async close(): Promise<void> {
    this.#toSend = [];
    await this.stop(true);
  }

  send(from: string, to: string, id: string): void {
    this.#toSend.push({ from, to, id });
    this.#flush();
  }

  #flush(): void {
    // Where the gateway has opened the stream, it asks for acknowledgements when it likes.
    const carries = ({ stream, isBidi, isCounted }: Line): boolean =>
      this.#server !== undefined && (isBidi || !stream.isReceiver) && isCounted === this.#options.counts;
    const line = [...this.#lines].find(carries);
    if (line === undefined) return void this.#dial();
    for (const reply of this.#replies.splice(0)) {
      if (line.isCounted) line.unknown.push(undefined);
      line.stream.send(reply);
    }
    for (const sending of this.#toSend.splice(0)) this.#write(line, sending);
  }

  #write(line: Line, sending: Sending): void {
    const { from, to, id } = sending;
    const text = `<message from='${from}/desk' to='${to}' type='chat' id='${id}'><body>${id}</body></message>`;
    line.unknown.push(sending);
    line.watchdog ??= setTimeout(() => line.stream.close(true), deadMs);
    if (line.isCounted) return line.stream.send(`${text}<r xmlns='${namespaces.streamManagement}'/>`);
    const ends = `from='${domain}' to='${gatewayDomain}'`;
    line.stream.send(`${text}<iq ${ends} type='get' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`);
  }

  async #dial(): Promise<void> {
    if (this.#isDialling || this.#server === undefined || this.#toSend.length + this.#replies.length === 0) return;
    this.#isDialling = true;
    const socket = connect(this.#options.gatewayPort, '127.0.0.1');
    await this.#run(socket, false);
  }

  async #run(socket: Socket, isReceiver: boolean): Promise<void> {
    const stream = new ScriptedStream(socket, isReceiver);
    const patience = setTimeout(() => stream.close(true), deadMs);
    try {
      const negotiated = isReceiver
        ? await asReceiver(stream, this.#options)
        : await asInitiator(stream, this.#options, (early) => this.#takeStanza(early));
      clearTimeout(patience);
      if (!isReceiver) this.#isDialling = false;
      await this.#serve(stream, negotiated);
    } catch (error) {
      this.#options.events.onNote(`peer: ${isReceiver ? 'accepted' : 'dialled'} stream: ${String(error)}`);
      stream.close(true);
    } finally {
      clearTimeout(patience);
      if (!isReceiver) {
        this.#isDialling = false;
        setTimeout(() => this.#flush(), redialMs);
      }
    }
  }

  async #serve(stream: ScriptedStream, negotiated: Negotiated): Promise<void> {
    const line: Line = { stream, ...negotiated, received: 0, acknowledged: 0, unknown: [], read: new Map() };
    if (this.#server === undefined) return stream.close(true);
    this.#lines.add(line);
    this.#flush();
    for (let heard = await stream.next(); heard !== undefined; heard = await stream.next()) this.#take(line, heard);
    this.#lines.delete(line);
    clearTimeout(line.watchdog);
    this.#leave(line);
    this.#flush();
  }

  #take(line: Line, heard: Element): void {
    if (heard.name === 'error')
      this.#options.events.onNote(`peer: stream error ${childElements(heard)[0]?.name ?? ''}`);
    if (heard.namespace === namespaces.streamManagement) return this.#count(line, heard);
    line.received += 1;
    if (heard.name === 'iq') this.#takeIq(line, heard);
    this.#takeStanza(heard);
  }

  #takeStanza(heard: Element): void {
    if (heard.name !== 'message') return;
    const { id = '', type = '', from = '', to = '' } = heard.attributes;
    if (type === 'error') return this.#options.events.onError(id);
    const body = textOf(childOf(heard, 'body', heard.namespace));
    const isDelayed = childOf(heard, 'delay', namespaces.delay) !== undefined;
    this.#options.events.onMessage({ id, body, isDelayed, from: bare(from), to: bare(to) });
  }

  /** [XEP-0198 §4] */
  #count(line: Line, { name, attributes }: Element): void {
    if (name === 'enable') {
      line.isCounted = true;
      line.received = 0;
      line.stream.send(`<enabled xmlns='${namespaces.streamManagement}'/>`);
      this.#flush();
    } else if (name === 'r') line.stream.send(`<a xmlns='${namespaces.streamManagement}' h='${line.received}'/>`);
    else if (name === 'a') {
      for (let handled = Number(attributes['h'] ?? 0) - line.acknowledged; handled > 0; handled -= 1) this.#taken(line);
    }
  }

  #taken(line: Line): void {
    line.acknowledged += 1;
    const sending = line.unknown.shift();
    if (sending !== undefined) this.#options.events.onTaken(sending.id);
    this.#isAlive(line);
  }

  #takeIq(line: Line, { attributes: { type, id = '', from = '', to = '' } }: Element): void {
    if (type === 'result' || type === 'error') {
      line.read.set(id, Date.now());
      this.#isAlive(line);
    } else {
      this.#replies.push(`<iq from='${to}' to='${from}' type='result' id='${id}'/>`);
      this.#flush();
    }
  }

  #isAlive(line: Line): void {
    clearTimeout(line.watchdog);
    delete line.watchdog;
    const isWaiting = line.unknown.some((sending) => sending !== undefined && !line.read.has(sending.id));
    if (isWaiting) line.watchdog = setTimeout(() => line.stream.close(true), deadMs);
  }

  /** The stream has ended with these on it. */
  #leave({ unknown, isCounted, read }: Line): void {
    const { events } = this.#options;
    const sendings = unknown.flatMap((sending) => sending ?? []);
    if (isCounted) {
      for (const { id } of sendings) events.onResent(id);
      this.#toSend.unshift(...sendings);
      return;
    }
    const settled = Date.now() - journalMs;
    for (const { id } of sendings) {
      if ((read.get(id) ?? Number.POSITIVE_INFINITY) < settled) events.onTaken(id);
      else events.onExcused(id, 'its stream broke, and no acknowledgement was to be had');
    }
  }
}

const bare = (jid: string): string => jid.split('/', 1)[0] ?? '';
