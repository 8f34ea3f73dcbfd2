/** A peer written by hand: what it sends is up to the test, byte by byte, in either role, in clear and under TLS; what it hears is kept. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';

import { afterEach } from '@jest/globals';

import type { TestCertificate } from './pki.ts';

export interface RawStream {
  send(data: string | Buffer): void;
  /** Resolves with the first match in what was heard since the last match. @throws When the other side ends without one. */
  hears(pattern: RegExp): Promise<RegExpExecArray>;
  /** TLS on the connection as it is now; as a server with the certificate as its own. */
  secure(certificate?: TestCertificate): Promise<void>;
  /** All it heard, once the other side has ended the connection. */
  readonly ended: Promise<string>;
  heard(): string;
  /** Keeps nothing of what is read from now on. @returns The connection, and what was heard behind the last match. */
  release(): { readonly socket: Socket; readonly unread: string };
  close(): void;
}

/** Milliseconds a test waits for what must come: far more than anything takes on a loaded machine. */
const patience = 60_000;

export const startTls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
export const proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
export const bidi = "<bidi xmlns='urn:xmpp:bidi'/>";
export const enable = "<enable xmlns='urn:xmpp:sm:3'/>";
export const auth = (identity = '='): string =>
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>${identity}</auth>`;

export interface HeaderEnds {
  readonly from?: string;
  readonly to?: string;
  readonly id?: string;
}

export const header = (ends: HeaderEnds): string =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'${Object.entries(
    ends,
  )
    .map(([name, value]) => ` ${name}='${value}'`)
    .join('')}>`;

/** Connects to a listener. */
export async function openRawStream(port: number): Promise<RawStream> {
  const socket = connect(port, '127.0.0.1');
  const stream = new RawSocket(socket, false);
  await once(socket, 'connect');
  return stream;
}

/** Header, STARTTLS, TLS with this certificate, header again: ready to authenticate. What was heard is not taken. */
export async function openSecured(port: number, ends: HeaderEnds, certificate?: TestCertificate): Promise<RawStream> {
  const stream = await openRawStream(port);
  stream.send(header(ends));
  await stream.hears(/<\/stream:features>/);
  stream.send(startTls);
  await stream.hears(/<proceed [^>]*>/);
  await stream.secure(certificate);
  stream.send(header(ends));
  return stream;
}

/** As a partner with a good certificate: by EXTERNAL to the stream that takes stanzas. @param first - Sent in front of it. */
export async function openAuthenticated(
  port: number,
  ends: HeaderEnds,
  certificate: TestCertificate,
  first = '',
): Promise<RawStream> {
  const stream = await openSecured(port, ends, certificate);
  await stream.hears(/<mechanism>EXTERNAL<\/mechanism>.*<\/stream:features>/);
  stream.send(first + auth());
  await stream.hears(/<success [^>]*>/);
  stream.send(header(ends));
  await stream.hears(/<stream:features[^>]*>/);
  return stream;
}

/** Accepts connections; each plays `script`. @returns The port. */
export async function listenRaw(script: (stream: RawStream) => unknown): Promise<number> {
  const server = createServer((socket) => void script(new RawSocket(socket, true)));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const sockets: Socket[] = [];
const servers: { close(): void }[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** One for each certificate: a benchmark shows the same one a thousand times. */
const contexts = new WeakMap<object, SecureContext>();

function contextOf(certificate: TestCertificate | undefined): SecureContext {
  const known = certificate && contexts.get(certificate);
  if (known !== undefined) return known;
  const made = createSecureContext(certificate === undefined ? {} : { key: certificate.key, cert: certificate.chain });
  if (certificate !== undefined) contexts.set(certificate, made);
  return made;
}

class RawSocket implements RawStream {
  readonly ended: Promise<string>;
  readonly #isServer: boolean;
  readonly #waiting = new Set<() => void>();
  #socket: Socket;
  #heard = '';
  #taken = 0;
  #hasEnded = false;

  constructor(socket: Socket, isServer: boolean) {
    this.#socket = socket;
    this.#isServer = isServer;
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.#hasEnded = true;
        this.#changed();
        resolve(this.#heard);
      });
    });
    this.#listen(socket);
  }

  send(data: string | Buffer): void {
    this.#socket.write(data);
  }

  heard(): string {
    return this.#heard;
  }

  release(): { readonly socket: Socket; readonly unread: string } {
    return { socket: this.#socket.removeAllListeners('data'), unread: this.#heard.slice(this.#taken) };
  }

  close(): void {
    this.#socket.destroy();
  }

  hears(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        act();
      };
      const fail = (why: string): void =>
        settle(() => reject(new Error(`${why} ${pattern}; heard: ${this.#heard.slice(-2000)}`)));
      const look = (): void => {
        const match = pattern.exec(this.#heard.slice(this.#taken));
        if (match !== null) {
          this.#taken += match.index + match[0].length;
          settle(() => resolve(match));
        } else if (this.#hasEnded) fail('ended without');
      };
      const timer = setTimeout(() => fail('never heard'), patience);
      this.#waiting.add(look);
      look();
    });
  }

  async secure(certificate?: TestCertificate): Promise<void> {
    const raw = this.#socket;
    raw.removeAllListeners('data');
    const common = { secureContext: contextOf(certificate), rejectUnauthorized: false };
    const secured = this.#isServer
      ? new TLSSocket(raw, { ...common, isServer: true, requestCert: true })
      : connectTls({ ...common, socket: raw });
    this.#socket = secured;
    this.#listen(secured);
    await once(secured, this.#isServer ? 'secure' : 'secureConnect');
  }

  #listen(socket: Socket): void {
    sockets.push(socket);
    // A connection that is cut is what many tests want; what follows from it shows at `ended`.
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      this.#heard += bytes.toString('utf8');
      this.#changed();
    });
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}
