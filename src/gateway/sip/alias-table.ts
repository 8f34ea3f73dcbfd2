/**
 * TLS connections that a peer has opened and lends us for requests to it [RFC 5923]: found by the address the peer has and the port
 * its Via names. Whose connection it is, its certificate must prove again for each name that is to be reached.
 */

import { maxConnections } from './limits.ts';
import type { SipMessage } from './message.ts';
import { type Destination, defaultPort, type Source } from './transport.ts';
import { parseVia } from './via.ts';

export class AliasTable<Connection> {
  readonly #byPlace = new Map<string, Connection>();

  /** Takes note of a request with `alias` in its top Via; the newest connection of a place counts. */
  note(message: SipMessage, { address }: Pick<Source, 'address'>, connection: Connection): void {
    if (message.kind !== 'request') return;
    const via = message.headers.read('Via', parseVia);
    if (!via.ok || !via.value.parameters.has('alias')) return;
    const place = placeOf({ host: address, port: via.value.port ?? defaultPort('tls') });
    if (this.#byPlace.size < maxConnections || this.#byPlace.has(place)) this.#byPlace.set(place, connection);
  }

  get(destination: Pick<Destination, 'host' | 'port'>): Connection | undefined {
    return this.#byPlace.get(placeOf(destination));
  }

  forget(connection: Connection): void {
    for (const [place, known] of this.#byPlace) if (known === connection) this.#byPlace.delete(place);
  }
}

const placeOf = ({ host, port }: Pick<Destination, 'host' | 'port'>): string => `${host} ${port}`;
