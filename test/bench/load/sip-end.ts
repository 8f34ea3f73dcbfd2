/** The next hop of a benchmark: it takes every MESSAGE with 200, and sends its own over one connection, so many at a time. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const endOfHead = Buffer.from('\r\n\r\n');

/** Head and body of each whole message, and what is left. */
function split(bytes: Buffer, take: (head: string, body: Buffer) => void): Buffer {
  let begin = 0;
  for (;;) {
    const end = bytes.indexOf(endOfHead, begin);
    if (end === -1) return bytes.subarray(begin);
    const head = bytes.toString('latin1', begin, end + 2);
    const at = head.indexOf('Content-Length: ') + 16;
    const length = Number.parseInt(head.slice(at, at + 7), 10);
    if (bytes.length < end + 4 + length) return bytes.subarray(begin);
    take(head, bytes.subarray(end + 4, end + 4 + length));
    begin = end + 4 + length;
  }
}

function onMessages(socket: Socket, take: (head: string, body: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    socket.cork();
    rest = Buffer.from(split(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), take));
    socket.uncork();
  });
}

const field = (head: string, name: string): string => {
  const at = head.indexOf(`\r\n${name}: `);
  return head.slice(at + 2, head.indexOf('\r\n', at + 2) + 2);
};

export interface SipSink {
  /** Called for the body of each message. */
  onBody: (body: Buffer) => void;
  close(): void;
}

/** Answers whatever it is asked: health checks too. */
export async function startSipSink(port: number): Promise<SipSink> {
  const sockets = new Set<Socket>();
  const sink: SipSink = {
    onBody: () => undefined,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    onMessages(socket, (head, body) => {
      if (head.startsWith('SIP/2.0')) return;
      const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => field(head, name)).join('');
      const to = field(head, 'To').trimEnd();
      socket.write(`SIP/2.0 200 OK\r\n${copied}${to};tag=sink\r\nContent-Length: 0\r\n\r\n`);
      if (head.startsWith('MESSAGE')) sink.onBody(body);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return sink;
}

export interface SipSource {
  /** To `bob` with this number at the domain. Resolves with the status of the final response. */
  send(user: number, to: string, body: string): Promise<number>;
  close(): void;
}

/** @param from - The domain of the users. */
export async function startSipSource(port: number, from: string): Promise<SipSource> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const waiting = new Map<string, (status: number) => void>();
  onMessages(socket, (head) => {
    const status = Number.parseInt(head.slice(8, 11), 10);
    const branch = /branch=z9hG4bK(\w+)/.exec(head)?.[1] ?? '';
    if (status < 200) return;
    waiting.get(branch)?.(status);
    waiting.delete(branch);
  });
  const local = `127.0.0.1:${socket.localPort}`;
  const run = process.pid.toString(36) + Date.now().toString(36);
  let sent = 0;
  return {
    send(user, to, body) {
      const branch = `${run}x${(sent += 1)}`;
      socket.write(
        `MESSAGE sip:bob${user}@${to} SIP/2.0\r\nVia: SIP/2.0/TCP ${local};branch=z9hG4bK${branch}\r\nMax-Forwards: 70\r\n` +
          `From: <sip:alice${user}@${from}>;tag=${branch}\r\nTo: <sip:bob${user}@${to}>\r\nCall-ID: ${branch}@bench\r\n` +
          `CSeq: 1 MESSAGE\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return new Promise((resolve) => waiting.set(branch, resolve));
    },
    close: () => void socket.destroy(),
  };
}
