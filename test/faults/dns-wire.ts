/** A DNS server that fails for a while: it passes questions on to one that knows, answers SERVFAIL, or answers nothing. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface DnsWire {
  /** `127.0.0.1:port`, as resolvers take it. */
  readonly address: string;
  readonly port: number;
  mode: 'passes' | 'fails' | 'silent';
  close(): void;
}

/** Bits of the third and fourth byte of a DNS message: a response, and its code [RFC 1035 §4.1.1]. */
const isResponse = 0x80;
const serverFailure = 2;

/** @param target - Port on 127.0.0.1 of the server that knows. */
export async function startDnsWire(target: number): Promise<DnsWire> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const under = new Set<Socket>();
  const wire: DnsWire = {
    address: `127.0.0.1:${port}`,
    port,
    mode: 'passes',
    close() {
      socket.close();
      for (const each of under) each.close();
    },
  };
  const passOn = (query: Buffer, from: RemoteInfo): void => {
    const upstream = createSocket('udp4');
    under.add(upstream);
    const done = (): void => {
      if (under.delete(upstream)) upstream.close();
    };
    upstream.on('error', done);
    upstream.on('message', (answer) => {
      if (wire.mode === 'passes') socket.send(answer, from.port, from.address);
      done();
    });
    upstream.send(query, target, '127.0.0.1');
  };
  socket.on('message', (query, from) => {
    if (wire.mode === 'passes') return passOn(query, from);
    if (wire.mode === 'silent') return;
    const answer = Buffer.from(query);
    answer[2] = (answer[2] ?? 0) | isResponse;
    answer[3] = ((answer[3] ?? 0) & 0xf0) | serverFailure;
    socket.send(answer, from.port, from.address);
  });
  return wire;
}
