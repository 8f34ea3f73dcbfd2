/** A SIP client over UDP that answers a MESSAGE when the test says so: what is under way stays under way until then. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';

import { afterEach } from '@jest/globals';

export interface HoldingSipClient {
  readonly port: number;
  /** Bodies in the order of their first arrival. */
  readonly bodies: readonly string[];
  /** Resolves when a MESSAGE with this body has come. */
  arrived(body: string): Promise<void>;
  /** Answers 200 to what is held and to all that comes. */
  release(): void;
}

const open: { close(): void }[] = [];

export async function startHoldingSipClient(): Promise<HoldingSipClient> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  open.push(socket);
  const bodies: string[] = [];
  const held = new Map<string, () => void>();
  const listeners = new Set<() => void>();
  let released = false;
  socket.on('message', (packet, from) => {
    const request = packet.toString('utf8');
    if (!request.startsWith('MESSAGE ')) return;
    const body = request.slice(request.indexOf('\r\n\r\n') + 4);
    // The same again is a retransmission [RFC 3261 §17.1.2.2].
    if (!bodies.includes(body)) bodies.push(body);
    const answer = (): void => socket.send(okTo(request), from.port, from.address);
    if (released) answer();
    else held.set(keyOf(request, from), answer);
    for (const listener of listeners) listener();
  });
  return {
    port: socket.address().port,
    bodies,
    arrived: (body) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!bodies.includes(body)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
    release() {
      released = true;
      for (const answer of held.values()) answer();
      held.clear();
    },
  };
}

const keyOf = (request: string, { port }: RemoteInfo): string => `${port} ${/^Call-ID:.*$/im.exec(request)?.[0] ?? ''}`;

/** [RFC 3261 §8.2.6.2] */
function okTo(request: string): string {
  const copied = request.split('\r\n').filter((line) => /^(?:Via|From|Call-ID|CSeq):/i.test(line));
  const to = `${/^To:.*$/im.exec(request)?.[0] ?? ''};tag=held`;
  return ['SIP/2.0 200 OK', ...copied, to, 'Content-Length: 0', '', ''].join('\r\n');
}

afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});
