/** The sending side: a request, its client transaction, and one final answer for its sender [RFC 3261 §8.1, §17.1, §18.1.1]. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { UnderWay } from '../../primitives/under-way.ts';
import { ClientTransaction } from './client-transaction.ts';
import type { Headers } from './headers.ts';
import { maxClientTransactions, maxUdpRequestBytes } from './limits.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { writeMessage } from './message-writer.ts';
import type { FinalResponse, OutgoingRequest, RequestOptions } from './outgoing-request.ts';
import type { SipOptions } from './sip-options.ts';
import { clientKey } from './transactions/transaction-table.ts';
import type { Destination, Route } from './transport.ts';
import type { TransportLayer } from './transport-layer.ts';
import { magicCookie, printVia } from './via.ts';

interface Prepared {
  readonly request: SipRequest;
  readonly route: Route;
  readonly branch: string;
  readonly wire: Buffer;
}

/** Source: RFC 3261 §8.1.1.6. */
const defaultMaxForwards = '70';
const none = Buffer.alloc(0);

export class UserAgentClient {
  readonly #options: SipOptions;
  readonly #transports: TransportLayer;
  readonly #transactions = new UnderWay<ClientTransaction>();
  #closed = false;

  constructor(options: SipOptions, transports: TransportLayer) {
    this.#options = options;
    this.#transports = transports;
  }

  async request(
    request: OutgoingRequest,
    destination: Destination,
    options: RequestOptions = {},
  ): Promise<FinalResponse> {
    if (this.#transactions.size >= maxClientTransactions) return ours('too many requests are under way');
    const prepared = await this.#prepare(request, destination);
    if (!prepared.ok && prepared.error === tooLong) return { ...ours(tooLong), isTooLong: true };
    if (!prepared.ok) return { ok: false, why: 'transport', detail: prepared.error, isUnsent: true };
    if (this.#closed) return ours('the endpoint is closed');
    return new Promise((resolve) => this.#start(prepared.value, options, resolve));
  }

  async sendAck(ack: OutgoingRequest, destination: Destination): Promise<Result<void, string>> {
    const prepared = await this.#prepare(ack, destination);
    if (!prepared.ok) return prepared;
    const { request, route, wire } = prepared.value;
    this.#trace(request, route);
    return route.send(wire);
  }

  /** @returns False for a response that fits no transaction of ours. */
  receive(response: SipResponse): boolean {
    const transaction = this.#transactions.get(clientKey(response) ?? '');
    transaction?.responseReceived(response);
    return transaction !== undefined;
  }

  #start(prepared: Prepared, options: RequestOptions, settle: (final: FinalResponse) => void): void {
    const { request, route, branch, wire } = prepared;
    const key = `${branch}\n${request.method}`;
    this.#trace(request, route);
    const transaction = new ClientTransaction(
      { request, route, wire },
      {
        clock: this.#options.clock,
        options,
        settle,
        sendCancel: (cancel) =>
          this.#start({ request: cancel, route, branch, wire: writeMessage(cancel) }, {}, () => undefined),
        onEnded: () => this.#transactions.delete(key),
      },
    );
    this.#transactions.set(key, transaction);
    transaction.start();
  }

  /**
   * A request too long for a datagram goes by TCP; when nobody takes TCP there, by UDP after all [RFC 3261 §18.1.1], but for a
   * MESSAGE, which MUST NOT [RFC 3428 §8].
   */
  async #prepare(request: OutgoingRequest, destination: Destination): Promise<Result<Prepared, string>> {
    const prepared = await this.#prepareFor(request, destination);
    if (!prepared.ok || destination.transport !== 'udp' || prepared.value.wire.length <= maxUdpRequestBytes)
      return prepared;
    const overTcp = await this.#prepareFor(request, { ...destination, transport: 'tcp' });
    if (overTcp.ok || request.method !== 'MESSAGE') return overTcp.ok ? overTcp : prepared;
    return refuse(tooLong);
  }

  async #prepareFor(outgoing: OutgoingRequest, destination: Destination): Promise<Result<Prepared, string>> {
    if (this.#closed) return refuse('the endpoint is closed');
    const route = await this.#transports.routeTo(destination);
    if (!route.ok) return route;
    const branch = `${magicCookie}${this.#options.ids.token(128)}`;
    const via = this.#via(route.value, branch);
    const request: SipRequest = {
      kind: 'request',
      method: outgoing.method,
      requestUri: outgoing.requestUri,
      headers: this.#completed(outgoing.headers).prepend('Via', via),
      body: outgoing.body ?? none,
    };
    return ok({ request, route: route.value, branch, wire: writeMessage(request) });
  }

  #completed(headers: Headers): Headers {
    const { product } = this.#options;
    const bounded = headers.has('Max-Forwards') ? headers : headers.append('Max-Forwards', defaultMaxForwards);
    return product === undefined || bounded.has('User-Agent') ? bounded : bounded.append('User-Agent', product);
  }

  #via(route: Route, branch: string): string {
    const parameters = new Map([
      ['branch', branch],
      ['rport', ''],
    ]);
    // The peer may send requests back on this connection [RFC 5923 §5].
    if (route.transport === 'tls') parameters.set('alias', '');
    return printVia({ transport: route.transport.toUpperCase(), ...this.#transports.sentBy(route), parameters });
  }

  #trace(message: SipRequest, { transport, peer }: Route): void {
    this.#options.onEvent?.({ type: 'sent', message, transport, peer });
  }

  /** Requests under way end as 'transport' now, but those that are being cancelled; others may follow. */
  abandon(): void {
    this.#abandonThose((transaction) => !transaction.isCancelling);
  }

  close(): void {
    this.#closed = true;
    this.#abandonThose(() => true);
  }

  #abandonThose(which: (transaction: ClientTransaction) => boolean): void {
    for (const [key, transaction] of this.#transactions.entries()) {
      if (!which(transaction)) continue;
      transaction.abandon();
      this.#transactions.delete(key);
    }
  }
}

const tooLong = `more than ${maxUdpRequestBytes} bytes, and nobody takes TCP there`;

const ours = (detail: string) => ({ ok: false, why: 'transport', detail, isUnsent: true, isOurs: true }) as const;
