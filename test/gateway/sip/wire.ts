/** A peer that speaks bytes: what a well-behaved endpoint would never send. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { SipMessage } from '../../../src/gateway/sip/message.ts';
import { parseMessage } from '../../../src/gateway/sip/message-parser.ts';
import { closing } from './endpoints.ts';

export interface WirePeer {
  readonly port: number;
  send(bytes: string | Buffer): void;
  /** Everything received so far, joined. */
  readonly received: string;
  /** Resolves when what was received fits. */
  until(fits: (received: string) => boolean): Promise<string>;
  /** Resolves when the other side has closed (TCP). */
  readonly closed: Promise<unknown>;
  close(): void;
}

export interface TcpWirePeer extends WirePeer {
  /** Reads nothing more. */
  pause(): void;
}

export async function tcpPeer(port: number): Promise<TcpWirePeer> {
  const socket = connect(port, '127.0.0.1');
  const inbox = createInbox();
  socket.on('data', (bytes) => inbox.add(bytes));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return closing({
    port: socket.localPort ?? 0,
    send: (bytes) => socket.write(bytes),
    get received() {
      return inbox.text();
    },
    until: inbox.until,
    closed,
    pause: () => void socket.pause(),
    close: () => socket.destroy(),
  });
}

export async function udpPeer(port = 0): Promise<WirePeer> {
  const socket = createSocket('udp4');
  const inbox = createInbox();
  socket.on('message', (bytes) => inbox.add(bytes));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return closing({
    port: socket.address().port,
    send: (bytes) => socket.send(bytes, port, '127.0.0.1'),
    get received() {
      return inbox.text();
    },
    until: inbox.until,
    closed: Promise.resolve(),
    close: () => socket.close(),
  });
}

function createInbox() {
  let text = '';
  let check = (): void => undefined;
  return {
    text: () => text,
    add(bytes: Buffer): void {
      text += bytes.toString('utf8');
      check();
    },
    until: (fits: (received: string) => boolean): Promise<string> =>
      new Promise((resolve) => {
        check = () => (fits(text) ? resolve(text) : undefined);
        check();
      }),
  };
}

export interface WireRequest {
  readonly method?: string;
  readonly via?: string;
  readonly callId?: string;
  readonly cSeq?: number;
  readonly toTag?: string;
  readonly more?: readonly string[];
  readonly body?: string;
}

export function wireRequest(parts: WireRequest = {}): string {
  const {
    method = 'MESSAGE',
    via = 'SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKw;rport',
    callId = 'wire',
    cSeq = 1,
  } = parts;
  const { toTag, more = [], body = '' } = parts;
  return [
    `${method} sip:bob@contoso.example SIP/2.0`,
    `Via: ${via}`,
    'From: <sip:alice@fabrikam.example>;tag=a;epid=3141842e078f',
    `To: <sip:bob@contoso.example>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cSeq} ${method}`,
    ...more,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

export function wireMessage(text: string): SipMessage {
  const message = parseMessage(Buffer.from(text));
  if (!message.ok) throw new Error(message.error.reason);
  return message.value;
}

/** How many messages with this start the text holds. */
export const count = (text: string, start: string): number => text.split(start).length - 1;
