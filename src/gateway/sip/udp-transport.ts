/** SIP over UDP [RFC 3261 §18]: one datagram, one message. With no listen address, one socket for each IP version. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { peerName, plainAddress } from './address.ts';
import { maxRememberedRoutes, udpReceiveBufferBytes } from './limits.ts';
import { listenFailure } from './listen-failure.ts';
import { parseMessage } from './message-parser.ts';
import type { Destination, Route, Source, Transport, TransportHandlers } from './transport.ts';

/** Datagrams up to this length hold no message: they keep NAT bindings open. Source: CRLFCRLF and Kamailio's four zero bytes. */
const keepAliveBytes = 4;

export class UdpTransport implements Transport {
  readonly #address: string | undefined;
  readonly #handlers: TransportHandlers;
  readonly #sockets = new Map<'IPv4' | 'IPv6', Socket>();
  /** Local addresses by destination, for sockets bound to every address. */
  readonly #localAddresses = new Map<string, string>();
  #port: number;

  constructor(address: string | undefined, port: number, handlers: TransportHandlers) {
    this.#address = address;
    this.#port = port;
    this.#handlers = handlers;
  }

  async listen(): Promise<readonly ListenerAddress[]> {
    try {
      for (const address of this.#address === undefined ? ['0.0.0.0', '::'] : [this.#address])
        await this.#open(address);
    } catch (error) {
      await this.close();
      throw listenFailure(error as NodeJS.ErrnoException, {
        transport: 'udp',
        address: this.#address,
        port: this.#port,
      });
    }
    const address = this.#address ?? (this.#sockets.size > 1 ? '::' : '0.0.0.0');
    return [{ protocol: 'sip-udp', address, port: this.#port }];
  }

  async #open(address: string): Promise<void> {
    const version = isIPv6(address) ? 'udp6' : 'udp4';
    const socket = createSocket({
      type: version,
      ipv6Only: version === 'udp6',
      recvBufferSize: udpReceiveBufferBytes,
      // Only addresses come here; asking the resolver for each datagram would cost more than sending it.
      lookup: (host, _options, found) => found(null, host, version === 'udp6' ? 6 : 4),
    });
    const listening = once(socket, 'listening');
    socket.bind({ address, port: this.#port, exclusive: true });
    try {
      await listening;
    } catch (error) {
      socket.close();
      // A machine without IPv6 still has a complete SIP side.
      if (this.#address === undefined && version === 'udp6' && isWithoutIPv6(error as NodeJS.ErrnoException)) return;
      throw error;
    }
    this.#port = socket.address().port;
    socket.on('message', (bytes, remote) => this.#receive(bytes, remote));
    // Errors of single sends come to their callbacks; others (ICMP) concern no request we could name.
    socket.on('error', (error) => this.#handlers.onRefused(error.message, `*:${this.#port}`));
    this.#sockets.set(version === 'udp6' ? 'IPv6' : 'IPv4', socket);
  }

  #receive(bytes: Buffer, remote: { address: string; port: number }): void {
    if (bytes.length <= keepAliveBytes) return;
    const address = plainAddress(remote.address);
    const source: Source = { transport: 'udp', address, port: remote.port, localAddress: this.#address };
    const message = parseMessage(bytes);
    if (message.ok) this.#handlers.onMessage(message.value, source);
    else void this.#handlers.onMalformed(message.error, source);
  }

  async routeTo(destination: Destination): Promise<Result<Route, string>> {
    const { host, port } = destination;
    const version = isIPv6(host) ? 'IPv6' : 'IPv4';
    const socket = this.#sockets.get(version);
    if (socket === undefined) return refuse(`no ${version} socket is open`);
    const local = this.#address === undefined ? await this.#localAddressTowards(host, port) : ok(this.#address);
    if (!local.ok) return local;
    return ok({
      transport: 'udp',
      localAddress: local.value,
      localPort: this.#port,
      peer: peerName(host, port),
      send: (bytes) => send(socket, bytes, port, host),
    });
  }

  async #localAddressTowards(host: string, port: number): Promise<Result<string, string>> {
    const known = this.#localAddresses.get(host);
    if (known !== undefined) return ok(known);
    const learned = await learnLocalAddress(host, port);
    const [oldest] = this.#localAddresses.keys();
    if (oldest !== undefined && this.#localAddresses.size >= maxRememberedRoutes) this.#localAddresses.delete(oldest);
    if (learned.ok) this.#localAddresses.set(host, learned.value);
    return learned;
  }

  async close(): Promise<void> {
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const socket of sockets) {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    }
  }
}

/** The kernel's routing decision: a connected UDP socket has the address its datagrams would leave from. Sends nothing. */
function learnLocalAddress(host: string, port: number): Promise<Result<string, string>> {
  const probe = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    probe.once('error', (error) => {
      probe.close();
      resolve(refuse(error.message));
    });
    probe.connect(port, host, () => {
      const { address } = probe.address();
      probe.close();
      resolve(ok(plainAddress(address)));
    });
  });
}

function send(socket: Socket, bytes: Buffer, port: number, host: string): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    try {
      socket.send(bytes, port, host, (error) => resolve(error === null ? ok(undefined) : refuse(error.message)));
    } catch (error) {
      // The socket was closed after the route was made.
      resolve(refuse(error instanceof Error ? error.message : 'the socket is closed'));
    }
  });
}

const isWithoutIPv6 = (error: NodeJS.ErrnoException): boolean =>
  ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'].includes(error.code ?? '');
