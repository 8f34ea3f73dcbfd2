/**
 * One TCP or TLS connection that carries SIP in both directions: framing, keep-alive, and the three limits on time (first
 * message, half message, silence). Ends itself when the peer does not read, or sends what is not SIP.
 */

import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../primitives/clock.ts';
import { gatherWrites } from '../../primitives/gathered-writes.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { peerName } from './address.ts';
import { ConnectionUpkeep } from './connection-upkeep.ts';
import { firstMessageTimeoutMs, maxMalformedPerConnection, maxUnsentBytes, messageTimeoutMs } from './limits.ts';
import type { ParseFailure } from './message-parser.ts';
import { type Frame, StreamFramer } from './stream-framing.ts';
import type { Route, Source, TransportHandlers } from './transport.ts';

const pong = Buffer.from('\r\n');
const ping = Buffer.from('\r\n\r\n');

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly handlers: TransportHandlers;
  /** True when the peer opened it: then the first message must come soon. */
  readonly isInbound: boolean;
}

export class StreamConnection {
  readonly source: Source;
  readonly #socket: Socket;
  readonly #surroundings: ConnectionSurroundings;
  readonly #framer = new StreamFramer();
  readonly #upkeep: ConnectionUpkeep;
  #malformed = 0;
  /** Runs while a message, or the first one, is awaited. */
  #deadline: Timer | undefined;
  #awaitsFirst: boolean;
  #closing = false;
  /** Who wants to know of a refusal; nobody any more when the first bytes of the peer show that there is none. */
  #unheard: ((reason: string) => void)[] | undefined;

  constructor(socket: Socket, source: Source, surroundings: ConnectionSurroundings) {
    this.source = source;
    this.#socket = socket;
    this.#surroundings = surroundings;
    this.#upkeep = new ConnectionUpkeep({
      clock: surroundings.clock,
      isInbound: surroundings.isInbound,
      ping: () => this.#ping(),
      giveUp: (reason) => this.#abandon(reason),
    });
    this.#awaitsFirst = surroundings.isInbound;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.once('close', () => this.#stopTimers());
    if (source.transport === 'tls' && !surroundings.isInbound) {
      this.#unheard = [];
      socket.once('error', (error) => this.#failed(error));
    }
    if (surroundings.isInbound) this.#startDeadline(firstMessageTimeoutMs, 'no message came');
  }

  get isOpen(): boolean {
    return !this.#closing && !this.#socket.destroyed && this.#socket.writable;
  }

  /** @param listeningPort Where the peer reaches us when this connection is gone; default: our end of this one. */
  route(listeningPort: number | undefined): Route {
    const { transport, address, port, localAddress = '' } = this.source;
    const localPort = listeningPort ?? this.#socket.localPort ?? 0;
    const send = (bytes: Buffer): Promise<Result<void, string>> => this.#send(bytes);
    const onRefusal = (tell: (reason: string) => void): void => void this.#unheard?.push(tell);
    return { transport, localAddress, localPort, peer: peerName(address, port), send, onRefusal };
  }

  /** In TLS 1.3 our handshake is over before the server has looked at our certificate [RFC 8446 §4.4.2]. */
  #failed(error: NodeJS.ErrnoException): void {
    if (error.code?.startsWith('ERR_SSL_') !== true || !error.code.includes('ALERT')) return;
    for (const tell of this.#unheard ?? []) tell(`the peer refuses our certificate: ${error.message}`);
  }

  #send(bytes: Buffer): Promise<Result<void, string>> {
    if (!this.isOpen) return Promise.resolve(refuse('the connection is closed'));
    if (this.#socket.writableLength + bytes.length > maxUnsentBytes) {
      this.#abandon('the peer does not read');
      return Promise.resolve(refuse('the peer does not read'));
    }
    this.#upkeep.sawTraffic();
    gatherWrites(this.#socket);
    return new Promise((resolve) => {
      this.#socket.write(bytes, (error) =>
        resolve(error === null || error === undefined ? ok(undefined) : refuse(error.message)),
      );
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#closing) return;
    this.#unheard = undefined;
    this.#upkeep.sawTraffic();
    const frames = this.#framer.push(chunk);
    for (const frame of frames) this.#handle(frame);
    if (!this.#closing) this.#watchMessage(frames.some(({ type }) => type === 'message'));
  }

  /** Only a whole message ends the wait for the first one; keep-alives do not count. */
  #watchMessage(isComplete: boolean): void {
    if (isComplete) this.#awaitsFirst = false;
    if (this.#awaitsFirst) return;
    const isInside = this.#framer.isInsideMessage;
    if (isComplete || !isInside) this.#stopDeadline();
    if (isInside && this.#deadline === undefined) this.#startDeadline(messageTimeoutMs, 'a message did not end');
  }

  #handle(frame: Frame): void {
    if (this.#closing || this.#isHopeless) return;
    const { handlers } = this.#surroundings;
    if (frame.type === 'ping') void this.#send(pong);
    else if (frame.type === 'pong') this.#upkeep.ponged();
    else if (frame.type === 'broken') void this.#refuse(frame.failure);
    else if (frame.message.ok) handlers.onMessage(frame.message.value, this.source);
    else this.#malformedMessage(frame.message.error);
  }

  #ping(): void {
    if (!this.isOpen || this.#socket.writableLength > 0) return;
    this.#framer.expectPong();
    this.#socket.write(ping);
  }

  #malformedMessage(failure: ParseFailure): void {
    const { handlers } = this.#surroundings;
    this.#malformed += 1;
    if (!this.#isHopeless) return void handlers.onMalformed(failure, this.source);
    const reason = `more than ${maxMalformedPerConnection} malformed messages on one connection`;
    handlers.onLimit('maxMalformedPerConnection', this.source, reason);
    void this.#refuse(failure);
  }

  /** What else the peer sends is not looked at. */
  get #isHopeless(): boolean {
    return this.#malformed > maxMalformedPerConnection;
  }

  async #refuse(failure: ParseFailure): Promise<void> {
    await this.#surroundings.handlers.onMalformed(failure, this.source);
    this.#finish();
  }

  /** Says goodbye and waits for the peer's: closing at once could destroy the answer on its way. */
  #finish(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#stopTimers();
    this.#socket.end();
    this.#deadline = this.#surroundings.clock.after(messageTimeoutMs, () => this.#socket.destroy());
  }

  /** Ends when what was written has left. */
  close(): void {
    this.#closing = true;
    this.#stopTimers();
    this.#socket.destroySoon();
  }

  #abandon(reason: string): void {
    this.#surroundings.handlers.onRefused(reason, peerName(this.source.address, this.source.port));
    this.#closing = true;
    this.#stopTimers();
    this.#socket.destroy();
  }

  #startDeadline(ms: number, reason: string): void {
    this.#deadline = this.#surroundings.clock.after(ms, () => this.#abandon(reason));
  }

  #stopDeadline(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }

  #stopTimers(): void {
    this.#upkeep.stop();
    this.#deadline?.cancel();
  }
}
