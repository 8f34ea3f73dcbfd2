/**
 * One connection carrying one XML stream at a time: framing, restart, change to TLS, closing handshake, back-pressure.
 * It knows how streams look on the wire and nothing of what they mean.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { peerChain } from '../../certificates/peer-chain.ts';
import type { Clock, Timer } from '../../primitives/clock.ts';
import { gatherWrites } from '../../primitives/gathered-writes.ts';
import { ReadingRate } from './reading-rate.ts';
import type { ElementLimits, S2sLimits } from './s2s-limits.ts';
import { smuggled } from './starttls.ts';
import { printStreamError, type StreamError } from './stream-error.ts';
import { noStreamEnd, printStreamHeader, streamEnd } from './stream-header.ts';
import type { Element } from './xml/element.ts';
import { XmlParser } from './xml/xml-parser.ts';
import { printElement } from './xml/xml-writer.ts';

export interface StreamSocketHandlers {
  onHeader(root: Element, contentNamespace: string): void;
  onElement(element: Element): void;
  onFault(fault: StreamError): void;
  onStreamEnd(): void;
  /** TLS is up; `chain` is what the peer showed, DER, leaf first. */
  onTls(chain: readonly Buffer[]): void;
  /** Bytes a second that the peer may send now; 0: as many as come. When it sends more, it is read no faster. */
  bytesPerSecond(): number;
  onThrottled(): void;
  /** The connection is gone, for whatever reason; called once, and last. */
  onClosed(reason: string): void;
}

export interface StreamSocketOptions {
  readonly clock: Clock;
  readonly limits: S2sLimits;
}

type Upgrade = (raw: Socket) => TLSSocket;

export class StreamSocket {
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly #options: StreamSocketOptions;
  readonly #handlers: StreamSocketHandlers;
  readonly #rate: ReadingRate;
  #socket: Socket | TLSSocket;
  #parser: XmlParser;
  #elementLimits: ElementLimits | undefined;
  /** What becomes of the connection when the chunk at hand is done. */
  #after: (() => void) | undefined;
  #state: 'open' | 'upgrading' | 'closing' | 'closed' = 'open';
  #headerSent = false;
  #peerOpened = false;
  /** The peer has said goodbye. */
  peerEnded = false;
  /** The peer said goodbye before we did. */
  endedByPeer = false;
  #lossReason: string | undefined;
  #closeTimer: Timer | undefined;
  /** On the monotonic clock, when bytes last went either way, and when the peer's last came. */
  lastTraffic: number;
  lastHeard: number;

  constructor(socket: Socket, options: StreamSocketOptions, handlers: StreamSocketHandlers) {
    this.#socket = socket;
    this.#options = options;
    this.#handlers = handlers;
    this.#parser = this.#newParser();
    this.lastTraffic = options.clock.now();
    this.lastHeard = this.lastTraffic;
    this.#rate = new ReadingRate(options.clock, () => handlers.bytesPerSecond());
    this.peerAddress = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    this.peerPort = socket.remotePort ?? 0;
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#onSocketError(error));
    socket.on('close', () => this.#onSocketClosed());
  }

  /** Starts to read a stream in clear. */
  begin(): void {
    this.#socket.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    // Paused since it connected, so that nothing arrives before somebody listens.
    this.#socket.resume();
  }

  /** Starts with TLS, without asking for it on the stream. */
  beginWithTls(upgrade: Upgrade): void {
    this.#state = 'upgrading';
    this.#startTls(upgrade);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get tls(): { readonly protocol: string; readonly cipher: string } | undefined {
    if (!('getCipher' in this.#socket)) return undefined;
    return { protocol: this.#socket.getProtocol() ?? '', cipher: this.#socket.getCipher().name };
  }

  setLimits(limits: ElementLimits): void {
    this.#elementLimits = limits;
    this.#parser.setLimits(limits);
  }

  holdReading = (isHeld: boolean): void => (this.isOpen ? this.#rate.hold(isHeld, this.#socket) : undefined);

  sendHeader(header: Parameters<typeof printStreamHeader>[0]): void {
    this.#headerSent = true;
    this.#write(printStreamHeader(header));
  }

  send(element: Element): void {
    this.sendText(printElement(element));
  }

  /** @param onAccepted - Called when the kernel took the text; never when the connection ended before. */
  sendText(text: string, onAccepted?: () => void): void {
    if (this.#state === 'open') this.#write(text, onAccepted);
  }

  /** The peer begins a new stream on the same connection. What it sent behind its last element is refused. */
  restart(): void {
    this.#parser.stop();
    this.#after = () => {
      this.#parser = this.#newParser();
    };
  }

  /** Changes to TLS when the chunk at hand is done, after sending `announcement`. Anything behind the element that led here is refused. */
  startTls(upgrade: Upgrade, announcement?: Element): void {
    this.#parser.stop();
    this.#after = () => {
      this.#state = 'upgrading';
      this.#rate.release();
      this.#socket.removeAllListeners('data');
      this.#socket.pause();
      if (announcement === undefined) this.#startTls(upgrade);
      else this.#write(printElement(announcement), () => this.#startTls(upgrade));
    };
  }

  /**
   * Sends the error and the closing tag, and gives the peer `closeMs` to send its own.
   * @param isHeard - Whether what the peer still says counts.
   */
  close(error?: StreamError, isHeard: boolean = error === undefined): void {
    if (this.#state === 'upgrading') return this.destroy('closed during the TLS handshake');
    if (this.#state !== 'open') return;
    const farewell = `${error === undefined ? '' : printElement(printStreamError(error))}${streamEnd}`;
    if (this.#headerSent) this.#write(farewell);
    this.#state = 'closing';
    this.#rate.end(this.#socket);
    this.#closeTimer = this.#options.clock.after(this.#options.limits.closeMs, () => this.destroy(noStreamEnd));
    if (!isHeard) this.#parser.stop();
    const isPeerDone = this.peerEnded || !this.#peerOpened;
    if (error !== undefined || isPeerDone || !this.#headerSent) this.#socket.end();
  }

  /** Ends the connection at once. */
  destroy(reason: string): void {
    this.#lossReason ??= reason;
    this.#parser.stop();
    this.#socket.destroy();
  }

  #onBytes(bytes: Buffer): void {
    this.lastTraffic = this.#options.clock.now();
    this.lastHeard = this.lastTraffic;
    const { leftover } = this.#parser.feed(bytes);
    if (this.#rate.count(bytes.length, this.#socket)) this.#handlers.onThrottled();
    const after = this.#after;
    this.#after = undefined;
    if (after === undefined) return;
    if (leftover) return this.#handlers.onFault(smuggled);
    after();
  }

  #write(text: string, onAccepted?: () => void): void {
    this.lastTraffic = this.#options.clock.now();
    gatherWrites(this.#socket);
    this.#socket.write(text, 'utf8', (error) => {
      if (error === null || error === undefined) onAccepted?.();
    });
    if (this.#socket.writableLength > this.#options.limits.unsentBytes) this.destroy('the peer does not read');
  }

  #startTls(upgrade: Upgrade): void {
    if (this.#state !== 'upgrading') return;
    let secured: TLSSocket;
    try {
      secured = upgrade(this.#socket);
    } catch (error) {
      return this.destroy(`our certificate cannot be used: ${messageOf(error)}`);
    }
    this.#socket = secured;
    secured.on('error', (error) => this.#onSocketError(error));
    secured.on('close', () => this.#onSocketClosed());
    secured.once('secure', () => this.#onSecure(secured));
  }

  #onSecure(secured: TLSSocket): void {
    const chain = peerChain(secured);
    if (secured.isSessionReused()) return this.destroy('the peer resumed a TLS session, which carries no certificate');
    this.#state = 'open';
    this.#headerSent = false;
    this.#parser = this.#newParser();
    secured.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    this.#handlers.onTls(chain);
  }

  #newParser(): XmlParser {
    const parser = new XmlParser({
      onOpen: (root, contentNamespace) => {
        this.#peerOpened = true;
        this.#handlers.onHeader(root, contentNamespace);
      },
      onElement: (element) => this.#handlers.onElement(element),
      onFault: (fault) => this.#handlers.onFault(fault),
      onClose: () => this.#onStreamEnd(),
    });
    if (this.#elementLimits !== undefined) parser.setLimits(this.#elementLimits);
    return parser;
  }

  #onStreamEnd(): void {
    this.peerEnded = true;
    this.endedByPeer ||= this.#state === 'open';
    if (this.#state === 'closing') this.#socket.end();
    else this.#handlers.onStreamEnd();
  }

  #onSocketError(error: Error): void {
    this.#lossReason ??= this.#state === 'upgrading' ? `TLS handshake: ${messageOf(error)}` : messageOf(error);
    this.#socket.destroy();
  }

  #onSocketClosed(): void {
    if (this.#state === 'closed') return;
    const during = this.#state === 'upgrading' ? ' during the TLS handshake' : '';
    this.#state = 'closed';
    this.#closeTimer?.cancel();
    this.#rate.release();
    this.#parser.stop();
    this.#handlers.onClosed(this.#lossReason ?? `the peer closed the connection${during}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
