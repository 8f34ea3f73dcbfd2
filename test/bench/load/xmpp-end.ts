/** The server of a partner in a benchmark, by TLS and SASL EXTERNAL: a stream that sends, and one that takes and acknowledges [XEP-0198]. */
import type { Socket } from 'node:net';

import type { TestCertificate } from '../../support/pki.ts';
import { enable, header, listenRaw, openAuthenticated, proceed, type RawStream } from '../../support/raw-stream.ts';
import { Occurrences } from './message-stream.ts';

export interface Far {
  readonly gatewayDomain: string;
  /** For all partners. */
  readonly certificate: TestCertificate;
}

/** A stream to the gateway on which it counts what it has handled, and says so when it is asked. @param domain - Of the partner. */
export async function openSending(port: number, domain: string, { gatewayDomain, certificate }: Far): Promise<Socket> {
  const stream = await openAuthenticated(port, { from: domain, to: gatewayDomain }, certificate);
  stream.send(enable);
  await stream.hears(/<enabled [^>]*>/);
  const { socket } = stream.release();
  // Servers of partners do not hold small writes back; with Nagle's algorithm they would wait for late acknowledgements.
  socket.setNoDelay(true);
  // What it acknowledges needs no answer, and what it asks has one by the next.
  socket.on('data', () => undefined);
  return socket;
}

export interface XmppSink {
  readonly port: number;
  /** Called with what a stream has brought, and how many messages were in it. */
  onMessages: (chunk: Buffer, messages: number) => void;
  /** Called with each message by itself, where somebody wants them so. */
  onMessage?: ((message: string) => void) | undefined;
  /** Without a goodbye. */
  breakStreams(): void;
}

/** Takes every stream that the gateway opens, to whomever it is, and acknowledges what comes when it is asked. */
export async function startXmppSink(far: Far): Promise<XmppSink> {
  const streams = new Set<Socket>();
  const sink: XmppSink = {
    port: await listenRaw(async (stream) => {
      await accept(stream, far);
      const released = stream.release();
      streams.add(released.socket);
      released.socket.once('close', () => streams.delete(released.socket));
      take(released, sink);
    }),
    onMessages: () => undefined,
    breakStreams() {
      for (const stream of streams) stream.destroy();
    },
  };
  return sink;
}

async function accept(stream: RawStream, { gatewayDomain, certificate }: Far): Promise<void> {
  const greet = async (...offered: readonly string[]): Promise<void> => {
    const [, domain = ''] = await stream.hears(/<stream:stream [^>]*\bto=["']([^"']+)[^>]*>/);
    const own = header({ from: domain, to: gatewayDomain, id: 'bench' });
    stream.send(`${own}<stream:features>${offered.join('')}</stream:features>`);
  };
  await greet("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>");
  await stream.hears(/<starttls[^>]*>/);
  stream.send(proceed);
  await stream.secure(certificate);
  const sasl = 'urn:ietf:params:xml:ns:xmpp-sasl';
  await greet(`<mechanisms xmlns='${sasl}'><mechanism>EXTERNAL</mechanism></mechanisms>`);
  await stream.hears(/<auth [^>]*>/);
  stream.send(`<success xmlns='${sasl}'/>`);
  await greet("<sm xmlns='urn:xmpp:sm:3'/>");
  await stream.hears(/<enable [^>]*>/);
  stream.send("<enabled xmlns='urn:xmpp:sm:3'/>");
}

function take({ socket, unread }: ReturnType<RawStream['release']>, sink: XmppSink): void {
  const [ends, requests] = [new Occurrences('</message>'), new Occurrences('<r xmlns=')];
  let begun = '';
  const feed = (chunk: Buffer): void => {
    const messages = ends.feed(chunk);
    if (sink.onMessage !== undefined) {
      const whole = `${begun}${chunk.toString('latin1')}`.split('</message>');
      begun = whole.pop() ?? '';
      for (const message of whole) sink.onMessage(message);
    }
    if (requests.feed(chunk) > 0) socket.write(`<a xmlns='urn:xmpp:sm:3' h='${ends.count}'/>`);
    if (messages > 0) sink.onMessages(chunk, messages);
  };
  feed(Buffer.from(unread));
  socket.on('data', feed);
}
