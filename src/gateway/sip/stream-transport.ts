/**
 * SIP over TCP and TLS [RFC 3261 §18]: accepts and opens connections, and uses an open one again for the same peer.
 * A TLS connection we open is used only after `verifyPeer` has agreed.
 */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { peerChain } from '../../certificates/peer-chain.ts';
import { placeOf } from '../../primitives/address-place.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { peerName, plainAddress } from './address.ts';
import { AliasTable } from './alias-table.ts';
import { connectTimeoutMs, maxConnections, maxConnectionsPerAddress } from './limits.ts';
import { listenFailure } from './listen-failure.ts';
import type { SipOptions } from './sip-options.ts';
import { StreamConnection } from './stream-connection.ts';
import { createTlsServer, openTlsSocket } from './tls-sockets.ts';
import type { Destination, Route, Source, Transport, TransportHandlers } from './transport.ts';

export interface StreamPlace {
  readonly transport: 'tcp' | 'tls';
  readonly address?: string | undefined;
  /** Undefined: no listener. 0: any free port. */
  readonly port?: number | undefined;
}

type Opened = Result<StreamConnection, string>;

export class StreamTransport implements Transport {
  readonly #place: StreamPlace;
  readonly #options: SipOptions;
  readonly #handlers: TransportHandlers;
  readonly #byId = new Map<string, StreamConnection>();
  /** Open and opening connections by peer; for TLS also by the name that was verified. */
  readonly #byPeer = new Map<string, StreamConnection | Promise<Opened>>();
  /** Those the peers have lent us [RFC 5923]. */
  readonly #aliases = new AliasTable<StreamConnection>();
  readonly #sockets = new Map<Socket, string>();
  #server: Server | undefined;
  #port: number | undefined;
  #closed = false;

  constructor(place: StreamPlace, options: SipOptions, handlers: TransportHandlers) {
    this.#place = place;
    this.#options = options;
    this.#handlers = handlers;
  }

  async listen(): Promise<readonly ListenerAddress[]> {
    const { transport, address, port } = this.#place;
    if (port === undefined) return [];
    const server = transport === 'tls' ? this.#tlsServer() : createServer((socket) => this.#accept(socket));
    server.prependListener('connection', (socket: Socket) => this.#admit(socket));
    const listening = once(server, 'listening');
    server.listen({ port, ...(address === undefined ? {} : { host: address }), exclusive: true });
    try {
      await listening;
    } catch (error) {
      throw listenFailure(error as NodeJS.ErrnoException, { transport, address, port });
    }
    server.on('error', (error) => this.#handlers.onRefused(error.message, `*:${port}`));
    this.#server = server;
    const bound = server.address();
    if (bound === null || typeof bound === 'string') return [];
    this.#port = bound.port;
    return [{ protocol: `sip-${transport}`, address: bound.address, port: bound.port }];
  }

  #tlsServer(): Server {
    return createTlsServer({
      clock: this.#options.clock,
      identity: () => this.#options.tls?.(),
      onSecure: (socket) => this.#accept(socket),
      onFailed: (reason, socket) => this.#handlers.onRefused(reason, peerOf(socket)),
    });
  }

  /** Counts sockets before TLS, so that handshakes are bounded too. */
  #admit(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    socket.on('error', () => undefined);
    if (this.#closed || address === '' || this.#isFull(address)) {
      socket.destroy();
      return;
    }
    this.#sockets.set(socket, placeOf(address));
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #isFull(address: string): boolean {
    const place = placeOf(address);
    const fromThere = [...this.#sockets.values()].filter((other) => other === place).length;
    if (this.#sockets.size >= maxConnections) {
      this.#handlers.onLimit('maxConnections', { address }, `more than ${maxConnections} connections`);
    } else if (fromThere >= maxConnectionsPerAddress) {
      const reason = `more than ${maxConnectionsPerAddress} connections of one address`;
      this.#handlers.onLimit('maxConnectionsPerAddress', { address }, reason);
    } else return false;
    return true;
  }

  #accept(socket: Socket): void {
    if (socket.destroyed) return;
    const connection = this.#keep(socket, true);
    const { address, port, connectionId = '' } = connection.source;
    socket.once('close', () => this.#handlers.onInboundClosed(connectionId));
    // A TLS client has not been verified under any name, so only its connection id and its alias lead back to it.
    if (this.#place.transport === 'tcp') this.#remember(`${address} ${port}`, connection, socket);
  }

  #keep(socket: Socket, isInbound: boolean): StreamConnection {
    const id = this.#options.ids.token(64);
    const source = sourceOf(socket, this.#place.transport, id);
    const { clock } = this.#options;
    socket.on('error', (error) => this.#handlers.onRefused(error.message, peerName(source.address, source.port)));
    const isLent = isInbound && this.#place.transport === 'tls';
    const handlers = isLent ? { ...this.#handlers, onMessage: this.#noteAlias } : this.#handlers;
    const connection = new StreamConnection(socket, source, { clock, handlers, isInbound });
    this.#byId.set(id, connection);
    socket.once('close', () => {
      this.#byId.delete(id);
      this.#aliases.forget(connection);
    });
    return connection;
  }

  readonly #noteAlias: TransportHandlers['onMessage'] = (message, source) => {
    const connection = this.#byId.get(source.connectionId ?? '');
    if (connection !== undefined) this.#aliases.note(message, source, connection);
    this.#handlers.onMessage(message, source);
  };

  /** A connection that the peer has lent us, when its certificate proves the name as one we had opened would have to. */
  #lent(destination: Destination, tlsName: string): StreamConnection | undefined {
    const connection = this.#aliases.get(destination);
    const isPeer = connection !== undefined && this.#proves(connection.source.peerCertificate ?? [], tlsName).ok;
    return isPeer ? connection : undefined;
  }

  #remember(key: string, connection: StreamConnection, socket: Socket): void {
    this.#byPeer.set(key, connection);
    socket.once('close', () => {
      if (this.#byPeer.get(key) === connection) this.#byPeer.delete(key);
    });
  }

  async routeTo(destination: Destination): Promise<Result<Route, string>> {
    const named = destination.connectionId === undefined ? undefined : this.#byId.get(destination.connectionId);
    const connection = named?.isOpen === true ? ok(named) : await this.#connectionTo(destination);
    if (!connection.ok) return connection;
    return ok(connection.value.route(this.#port));
  }

  #connectionTo(destination: Destination): Promise<Opened> | Opened {
    const { host, port, tlsName = host } = destination;
    const key = this.#place.transport === 'tls' ? `${host} ${port} ${tlsName.toLowerCase()}` : `${host} ${port}`;
    const known = this.#byPeer.get(key);
    if (known instanceof Promise) return known;
    if (known?.isOpen === true) return ok(known);
    const lent = this.#lent(destination, tlsName);
    if (lent?.isOpen === true) return ok(lent);
    const opening = this.#open(host, port, tlsName, key);
    this.#byPeer.set(key, opening);
    return opening;
  }

  async #open(host: string, port: number, tlsName: string, key: string): Promise<Opened> {
    const socket = await this.#connect(host, port, tlsName);
    if (!socket.ok) {
      this.#byPeer.delete(key);
      return socket;
    }
    const connection = this.#keep(socket.value, false);
    this.#remember(key, connection, socket.value);
    socket.value.once('close', () => {
      const { transport } = this.#place;
      if (!this.#closed) this.#handlers.onClosed({ transport, host, port, name: tlsName });
    });
    return ok(connection);
  }

  async #connect(host: string, port: number, tlsName: string): Promise<Result<Socket, string>> {
    if (this.#closed || this.#sockets.size >= maxConnections) return refuse('no further connection is allowed');
    const isTls = this.#place.transport === 'tls';
    const socket = isTls ? openTlsSocket(host, port, tlsName, this.#options.tls?.()) : connect({ host, port });
    this.#sockets.set(socket, host);
    socket.once('close', () => this.#sockets.delete(socket));
    const ready = await this.#ready(socket, isTls ? 'secureConnect' : 'connect');
    const verdict = ready.ok && isTls ? this.#proves(peerChain(socket as TLSSocket), tlsName) : ready;
    if (verdict.ok) return ok(socket);
    socket.on('error', () => undefined);
    socket.destroy();
    return verdict;
  }

  #proves(chain: readonly Buffer[], tlsName: string): Result<void, string> {
    return this.#options.verifyPeer?.(chain, tlsName) ?? refuse('nobody verifies TLS peers');
  }

  #ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Result<void, string>> {
    return new Promise((resolve) => {
      const settle = (result: Result<void, string>): void => {
        timer.cancel();
        socket.removeListener('error', onError);
        resolve(result);
      };
      const onError = (error: Error): void => settle(refuse(error.message));
      const timer = this.#options.clock.after(connectTimeoutMs, () => settle(refuse('the connection took too long')));
      socket.once('error', onError);
      socket.once('close', () => settle(refuse('the connection was closed')));
      socket.once(event, () => settle(ok(undefined)));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const server = this.#server;
    const closed = server === undefined ? undefined : once(server, 'close');
    server?.close();
    for (const connection of this.#byId.values()) connection.close();
    const ends = Array.from(this.#sockets.keys(), closedSocket);
    for (const socket of this.#sockets.keys()) {
      if (socket.connecting) socket.destroy();
      else socket.destroySoon();
    }
    await Promise.all([closed, ...ends]);
  }
}

function sourceOf(socket: Socket, transport: 'tcp' | 'tls', connectionId: string): Source {
  return {
    transport,
    address: plainAddress(socket.remoteAddress ?? ''),
    port: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress ?? ''),
    connectionId,
    ...(transport === 'tls' ? { peerCertificate: peerChain(socket as TLSSocket) } : {}),
  };
}

const peerOf = (socket: Socket): string => peerName(plainAddress(socket.remoteAddress ?? ''), socket.remotePort ?? 0);

/** Refused or reset is closed too: an error is nobody's concern then. */
const closedSocket = async (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
