/**
 * The SIP end of a round: the next hop with all its users. It takes messages, hangs or refuses as it is told, and sends messages
 * of its own as a client would: what gets no final response in Timer F, or whose connection breaks, has failed, and its sender
 * knows [RFC 3261 §17.1.2.2, §8.1.3.1].
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import {
  addressIn,
  branchOf,
  messageRequest,
  type Page,
  responseTo,
  type SipText,
  splitMessages,
} from './sip-message.ts';

export interface SipEndOptions {
  readonly transport: 'udp' | 'tcp';
  readonly port: number;
  /** Of the gateway. */
  readonly gatewayPort: number;
  /** How many times as fast as that of the machine the clock goes. */
  readonly speed: number;
  /** A MESSAGE of a contact is here, for the first time in its transaction; it has no answer yet. */
  onSeen(message: Arrived): void;
  /** The user has it. */
  onDelivered(message: Arrived): void;
}

export interface Arrived {
  /** Bare addresses. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

export interface SipEnd {
  /** `hangs`: it takes messages and answers none. What is held is answered when it answers again, or never. */
  mode: 'answers' | 'hangs' | 'refuses';
  /** @param isForgotten - What was held is not answered any more. */
  answerAgain(isForgotten: boolean): void;
  /** @returns The final response; 408 and 503 are its own where there was none. */
  send(page: Page): Promise<{ readonly status: number; readonly isLocal: boolean }>;
  close(): void;
}

/** Milliseconds [RFC 3261 §17.1.2.2]. */
const t1 = 500;
const t2 = 4_000;
const timerF = 64 * t1;

type Reply = (text: string) => void;

export async function startSipEnd(options: SipEndOptions): Promise<SipEnd> {
  const end = new RunningSipEnd(options);
  await end.listen();
  return end;
}

class RunningSipEnd implements SipEnd {
  mode: SipEnd['mode'] = 'answers';
  readonly #options: SipEndOptions;
  readonly #udp = createSocket('udp4');
  readonly #tcp = createServer((socket) => this.#read(socket));
  readonly #sockets = new Set<Socket>();
  /** Responses that were given, by transaction: a retransmission gets the same. */
  readonly #given = new Map<string, string>();
  readonly #held = new Map<string, () => void>();
  readonly #waiting = new Map<string, (status: number, isLocal: boolean) => void>();
  #way: Promise<Socket> | undefined;
  #sent = 0;

  constructor(options: SipEndOptions) {
    this.#options = options;
    this.#udp.on('message', (packet, { port, address }) => {
      for (const message of splitMessages(packet).messages)
        this.#take(message, (text) => this.#udp.send(text, port, address));
    });
    // ECONNREFUSED of a gateway that is away: the client waits for Timer F.
    this.#udp.on('error', () => undefined);
  }

  async listen(): Promise<void> {
    this.#udp.bind(this.#options.port, '127.0.0.1');
    this.#tcp.listen(this.#options.port, '127.0.0.1');
    await Promise.all([once(this.#udp, 'listening'), once(this.#tcp, 'listening')]);
  }

  answerAgain(isForgotten: boolean): void {
    this.mode = 'answers';
    const held = [...this.#held.values()];
    this.#held.clear();
    if (!isForgotten) for (const answer of held) answer();
  }

  async send(page: Page): Promise<{ readonly status: number; readonly isLocal: boolean }> {
    const { transport, port, speed, gatewayPort } = this.#options;
    this.#sent += 1;
    const branch = `z9hG4bKfault${process.pid}x${this.#sent}x${Date.now()}`;
    const request = messageRequest(page, { transport, port, branch });
    const timers: NodeJS.Timeout[] = [];
    const outcome = new Promise<{ readonly status: number; readonly isLocal: boolean }>((resolve) => {
      this.#waiting.set(branch, (status, isLocal) => resolve({ status, isLocal }));
      timers.push(setTimeout(() => resolve({ status: 408, isLocal: true }), timerF / speed));
    });
    const again = (ms: number): void => {
      this.#udp.send(request, gatewayPort, '127.0.0.1');
      timers[1] = setTimeout(() => again(Math.min(ms * 2, t2)), ms / speed);
    };
    if (transport === 'udp') again(t1);
    else await this.#writeTo(request, branch);
    const given = await outcome;
    for (const timer of timers) clearTimeout(timer);
    this.#waiting.delete(branch);
    return given;
  }

  close(): void {
    this.#udp.close();
    this.#tcp.close();
    for (const socket of this.#sockets) socket.destroy();
    for (const settle of this.#waiting.values()) settle(408, true);
  }

  /** One connection for what the users send, as long as it lasts. */
  async #writeTo(request: string, branch: string): Promise<void> {
    const fail = (): void => this.#waiting.get(branch)?.(503, true);
    try {
      this.#way ??= this.#open();
      const socket = await this.#way;
      if (socket.destroyed) return fail();
      socket.once('close', fail);
      socket.write(request);
      // Another request opens another one.
    } catch {
      this.#way = undefined;
      fail();
    }
  }

  async #open(): Promise<Socket> {
    const socket = connect(this.#options.gatewayPort, '127.0.0.1');
    socket.setMaxListeners(0);
    socket.on('close', () => {
      this.#way = undefined;
    });
    this.#read(socket);
    await once(socket, 'connect');
    return socket;
  }

  #read(socket: Socket): void {
    this.#sockets.add(socket);
    let kept: Buffer = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      const { messages, rest } = splitMessages(Buffer.concat([kept, bytes]));
      kept = rest;
      for (const message of messages) this.#take(message, (text) => void (socket.writable && socket.write(text)));
    });
  }

  #take(message: SipText, reply: Reply): void {
    const status = /^SIP\/2\.0 (\d{3})/.exec(message.first)?.[1];
    if (status !== undefined) {
      if (Number(status) >= 200) this.#waiting.get(branchOf(message.head))?.(Number(status), false);
    } else if (message.first.startsWith('MESSAGE ')) this.#takeMessage(message, reply);
    else if (message.first.startsWith('ACK ') || this.mode === 'hangs') return;
    else if (this.mode === 'refuses') reply(responseTo(message, 503, 'Service Unavailable'));
    else reply(responseTo(message, 200, 'OK'));
  }

  #takeMessage(message: SipText, reply: Reply): void {
    const transaction = branchOf(message.head);
    const before = this.#given.get(transaction);
    if (before !== undefined) return reply(before);
    const { head, body } = message;
    const arrived = { from: addressIn(head, 'From'), to: addressIn(head, 'To'), body };
    const answer = (status: number, reason: string): void => {
      const text = responseTo(message, status, reason);
      this.#given.set(transaction, text);
      reply(text);
    };
    if (this.mode === 'refuses') return answer(503, 'Service Unavailable');
    const accept = (): void => {
      this.#options.onDelivered(arrived);
      answer(200, 'OK');
    };
    if (!this.#held.has(transaction)) this.#options.onSeen(arrived);
    if (this.mode === 'hangs') this.#held.set(transaction, accept);
    else {
      this.#held.delete(transaction);
      accept();
    }
  }
}
