/** The transports of one endpoint together: listening, finding a way out, knowing which hosts are us [RFC 3261 §18]. */

import { isIP } from 'node:net';
import { CodedError } from '../../primitives/errors.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { bracketed, unbracketed } from './address.ts';
import type { SipOptions } from './sip-options.ts';
import { StreamTransport } from './stream-transport.ts';
import {
  type Destination,
  defaultPort,
  type Route,
  type Source,
  type Transport,
  type TransportHandlers,
  type TransportName,
} from './transport.ts';
import { UdpTransport } from './udp-transport.ts';
import type { Via } from './via.ts';

/** How often another port is tried when one is free for TCP but not for UDP. */
const maxPortAttempts = 10;

export class TransportLayer {
  readonly #options: SipOptions;
  readonly #handlers: TransportHandlers;
  readonly #transports = new Map<TransportName, Transport>();
  #listeners: readonly ListenerAddress[] = [];

  constructor(options: SipOptions, handlers: TransportHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  async listen(): Promise<readonly ListenerAddress[]> {
    try {
      const plain = await this.#listenPlain(maxPortAttempts);
      const { address, tlsPort } = this.#options.listen;
      const tls = this.#stream({ transport: 'tls', address, port: tlsPort === 0 ? undefined : tlsPort });
      this.#listeners = [...plain, ...(await tls.listen())];
      return this.#listeners;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** UDP and TCP share one port number. */
  async #listenPlain(attempts: number): Promise<readonly ListenerAddress[]> {
    const { address, port } = this.#options.listen;
    const tcp = this.#stream({ transport: 'tcp', address, port });
    const [tcpListener] = await tcp.listen();
    const udp = new UdpTransport(address, tcpListener?.port ?? port, this.#handlers);
    try {
      const udpListeners = await udp.listen();
      this.#transports.set('udp', udp);
      return [...udpListeners, ...(tcpListener === undefined ? [] : [tcpListener])];
    } catch (error) {
      const isTaken = error instanceof CodedError && error.id === 'ListenerInUse';
      if (port !== 0 || attempts <= 1 || !isTaken) throw error;
      await tcp.close();
      return this.#listenPlain(attempts - 1);
    }
  }

  #stream(place: ConstructorParameters<typeof StreamTransport>[0]): StreamTransport {
    const transport = new StreamTransport(place, this.#options, this.#handlers);
    this.#transports.set(place.transport, transport);
    return transport;
  }

  /** The first address of the destination that takes a connection. Refusal: the last one's reason. */
  async routeTo(destination: Destination): Promise<Result<Route, string>> {
    const transport = this.#transports.get(destination.transport);
    if (transport === undefined) return refuse(`${destination.transport} is not open`);
    const host = unbracketed(destination.host);
    const addresses = isIP(host) === 0 ? await this.#lookup(host) : ok([host]);
    if (!addresses.ok) return addresses;
    let route: Result<Route, string> = refuse(`${host} has no address`);
    for (const address of addresses.value) {
      route = await transport.routeTo({ ...destination, host: address, tlsName: destination.tlsName ?? host });
      if (route.ok) return route;
    }
    return route;
  }

  async #lookup(host: string): Promise<Result<readonly string[], string>> {
    if (this.#options.lookup === undefined) return refuse(`${host} is not an address`);
    try {
      return ok(await this.#options.lookup(host));
    } catch (error) {
      return refuse(`${host} was not found: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** What Via and Contact say about us on this way out. */
  sentBy(route: Route): { readonly host: string; readonly port: number } {
    return { host: this.#options.sentBy ?? bracketed(route.localAddress), port: route.localPort };
  }

  /** Whether a Route value's host and port are one of our listeners. */
  isUs(host: string, port: number | undefined, source: Source): boolean {
    const { listen, sentBy } = this.#options;
    const name = unbracketed(host);
    const isOurs =
      [listen.address, sentBy?.toLowerCase(), source.localAddress].includes(name) ||
      this.#options.isOurHost?.(host) === true;
    const isLoopback = listen.address === undefined && (name === '127.0.0.1' || name === '::1' || name === 'localhost');
    const ports = this.#listeners.map((listener) => listener.port);
    return (isOurs || isLoopback) && (port === undefined || ports.includes(port));
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#transports.values(), (transport) => transport.close()));
  }
}

/**
 * Where a response goes [RFC 3261 §18.2.2, RFC 3581 §4]: back on its connection, or to the address the request came from.
 * `maddr` of the Via is ignored: it would let anybody aim our answers at a third party.
 */
export function responseDestination(via: Via, source: Source): Destination {
  const { transport, address, connectionId } = source;
  const fallback = via.port ?? defaultPort(transport);
  const port = transport === 'udp' && via.parameters.has('rport') ? source.port : fallback;
  return { transport, host: address, port, connectionId };
}
