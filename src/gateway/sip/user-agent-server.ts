/**
 * The receiving side: each request to its server transaction, new ones to the transaction user [RFC 3261 §8.2, §17.2].
 * Answers itself what needs no user: retransmissions, CANCEL, merged requests, exhausted Max-Forwards, malformed requests.
 */
import { UnderWay } from '../../primitives/under-way.ts';
import { peerName } from './address.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { maxRequestUriLength, maxServerTransactions, overloadRetryAfterSeconds } from './limits.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { ParseFailure } from './message-parser.ts';
import { writeMessage } from './message-writer.ts';
import { isNeverAnswered } from './methods.ts';
import { parseNameAddr, tagOf } from './name-addr.ts';
import { type ResponseParts, responseTo } from './response-to.ts';
import { ServerTransaction } from './server-transaction.ts';
import type { SipOptions } from './sip-options.ts';
import { parseSipUri } from './sip-uri.ts';
import type { SourceLimits } from './source-limits.ts';
import { isSuccess } from './status.ts';
import { type Running, runMachine } from './transactions/runner.ts';
import * as successRepetition from './transactions/success-repetition.ts';
import type { SentResponse } from './transactions/transaction.ts';
import { acknowledgementKey, mergeKey, serverKey } from './transactions/transaction-table.ts';
import type { Source } from './transport.ts';
import { responseDestination, type TransportLayer } from './transport-layer.ts';
import { markReceived, parseVia, printVia } from './via.ts';

export class UserAgentServer {
  readonly #options: SipOptions;
  readonly #transports: TransportLayer;
  readonly #limits: SourceLimits;
  #transactions = new UnderWay<ServerTransaction>();
  /** Transactions of requests without a To tag, by origin: to see the same request come twice [§8.2.2.2]. */
  #origins = new UnderWay<string>();
  readonly #awaitingAck = new Map<string, Running<successRepetition.Event>>();

  constructor(options: SipOptions, transports: TransportLayer, limits: SourceLimits) {
    this.#options = options;
    this.#transports = transports;
    this.#limits = limits;
  }

  receive(raw: SipRequest, source: Source): void {
    const key = serverKey(raw);
    const request = this.#withoutOurRoute(withReceived(raw, source), source);
    const known = this.#transactions.get(key);
    if (!this.#limits.admits(source)) return this.#refuseFlood(request, source, known !== undefined);
    if (request.method === 'ACK') return this.#acknowledge(request, source, known);
    if (known !== undefined) return known.requestRetransmitted();
    if (isNeverAnswered(request.method)) return this.#options.onRequest(this.#unanswerable(request, source));
    const refusal = this.#refusal(request, key);
    if (refusal !== undefined) return this.#respondOnce(request, source, refusal.status, refusal.more);
    const transaction = this.#open(key, request, source);
    if (request.method === 'CANCEL') this.#cancel(raw, transaction);
    else this.#options.onRequest(transaction);
  }

  /** Answers a malformed request where that is possible; the answer is forgotten at once. */
  async refuseMalformed(failure: ParseFailure, source: Source): Promise<void> {
    if (!this.#limits.admits(source)) return;
    this.#options.onEvent?.({ type: 'malformed', reason: failure.reason, peer: peerName(source.address, source.port) });
    if (failure.request === undefined) return;
    const request = withReceived(failure.request, source);
    // Which header it is helps whoever wrote it [RFC 3261 §21.4.1]; the other codes say it by themselves.
    const reason = failure.status === 400 ? failure.reason : undefined;
    const response = this.#finish(responseTo(request, failure.status, this.#options.ids.token(64), { reason }));
    await this.#send(request, source, writeMessage(response));
  }

  /** By datagram nothing is said: the answer could go to somebody whose address was forged. */
  #refuseFlood(request: SipRequest, source: Source, isKnown: boolean): void {
    if (source.transport === 'udp' || isKnown || isNeverAnswered(request.method)) return;
    this.#respondOnce(request, source, 503, { headers: [retryAfter] });
  }

  #refusal(request: SipRequest, key: string): { status: number; more?: ResponseParts } | undefined {
    if (this.#transactions.size >= maxServerTransactions) {
      return { status: 503, more: { headers: [retryAfter] } };
    }
    const origin = mergeKey(request);
    if (origin !== undefined && (this.#origins.get(origin) ?? key) !== key) return { status: 482 };
    if (request.requestUri.length > maxRequestUriLength) return { status: 414 };
    return isOutOfHops(request) ? { status: 483 } : undefined;
  }

  #open(key: string, request: SipRequest, source: Source): ServerTransaction {
    const localTag = request.headers.read('To', tagOf) ?? this.#options.ids.token(64);
    const origin = mergeKey(request);
    const transaction: ServerTransaction = new ServerTransaction(
      { request, source, localTag },
      {
        clock: this.#options.clock,
        send: (wire) => this.#send(request, source, wire),
        finish: (response) => this.#finish(response),
        onResponse: (response, sent) => {
          this.#trace(response, source);
          if (request.method === 'INVITE' && isSuccess(response.status)) this.#repeatUntilAck(transaction, sent);
        },
        onAck: (ack) => this.#passAckUp(ack, source),
        onAckMissing: () => this.#reportAckMissing(transaction),
        onEnded: () => {
          this.#transactions.delete(key);
          if (origin !== undefined) this.#origins.delete(origin);
        },
      },
    );
    this.#transactions.set(key, transaction);
    if (origin !== undefined) this.#origins.set(origin, key);
    return transaction;
  }

  #cancel(raw: SipRequest, cancel: ServerTransaction): void {
    const invite = this.#transactions.get(serverKey(raw, 'INVITE'));
    // Only the hop that sent the INVITE may take it back; its branch could have been read by others.
    const isSameHop = invite?.source.address === cancel.source.address;
    cancel.respond(invite !== undefined && isSameHop ? 200 : 481);
    if (isSameHop) invite?.cancelReceived();
  }

  #acknowledge(ack: SipRequest, source: Source, invite: ServerTransaction | undefined): void {
    if (invite !== undefined) return invite.ackReceived(ack);
    this.#passAckUp(ack, source);
  }

  #passAckUp(ack: SipRequest, source: Source): void {
    this.#awaitingAck.get(acknowledgementKey(ack, ack.headers.read('To', tagOf) ?? ''))?.dispatch({ type: 'ack' });
    this.#options.onRequest(this.#unanswerable(ack, source));
  }

  #repeatUntilAck(transaction: ServerTransaction, sent: SentResponse): void {
    const key = acknowledgementKey(transaction.request, transaction.localTag);
    if (this.#awaitingAck.has(key)) return;
    const running = runMachine(
      { start: successRepetition.start(sent), step: successRepetition.step },
      {
        clock: this.#options.clock,
        perform: (effect) => {
          if (effect.do === 'send-response') transaction.repeatSuccess(effect.response);
          else if (effect.do === 'report-failure') this.#reportAckMissing(transaction);
        },
        ended: () => this.#awaitingAck.delete(key),
      },
    );
    this.#awaitingAck.set(key, running);
  }

  #reportAckMissing({ request, localTag }: ServerTransaction): void {
    this.#options.onEvent?.({ type: 'ack-missing', callId: request.headers.get('Call-ID') ?? '', localTag });
  }

  #unanswerable(request: SipRequest, source: Source): IncomingRequest {
    const nothing = (): void => undefined;
    const localTag = request.headers.read('To', tagOf) ?? '';
    const cancelled = new AbortController().signal;
    return { request, source, localTag, cancelled, respond: nothing, respondStateless: nothing, relay: nothing };
  }

  #respondOnce(request: SipRequest, source: Source, status: number, more?: ResponseParts): void {
    const response = this.#finish(responseTo(request, status, this.#options.ids.token(64), more));
    this.#trace(response, source);
    void this.#send(request, source, writeMessage(response));
  }

  #finish(response: SipResponse): SipResponse {
    const { product } = this.#options;
    if (product === undefined || response.headers.has('Server')) return response;
    return { ...response, headers: response.headers.append('Server', product) };
  }

  #trace(message: SipResponse, source: Source): void {
    const peer = peerName(source.address, source.port);
    this.#options.onEvent?.({ type: 'sent', message, transport: source.transport, peer });
  }

  async #send(request: SipRequest, source: Source, wire: Buffer): Promise<boolean> {
    const via = request.headers.read('Via', parseVia);
    if (!via.ok) return false;
    const destination = responseDestination(via.value, source);
    const route = await this.#transports.routeTo(destination);
    const sent = route.ok ? await route.value.send(wire) : route;
    const peer = peerName(destination.host, destination.port);
    if (!sent.ok) this.#options.onEvent?.({ type: 'send-failed', reason: sent.error, peer });
    return sent.ok;
  }

  /** Clients with an outbound proxy preload a Route to us; it must not travel on [RFC 3261 §16.4]. */
  #withoutOurRoute(request: SipRequest, source: Source): SipRequest {
    const routes = request.headers.getAll('Route');
    const first = parseNameAddr(routes[0] ?? '');
    const uri = first.ok ? parseSipUri(first.value.uri) : undefined;
    if (uri?.ok !== true || !this.#transports.isUs(uri.value.host, uri.value.port, source)) return request;
    return { ...request, headers: request.headers.withAll('Route', routes.slice(1)) };
  }

  close(): void {
    for (const running of this.#awaitingAck.values()) running.stop();
    for (const transaction of this.#transactions.values()) transaction.drop();
    this.#transactions = new UnderWay();
    this.#origins = new UnderWay();
    this.#awaitingAck.clear();
  }
}

const retryAfter = ['Retry-After', String(overloadRetryAfterSeconds)] as const;

function withReceived(request: SipRequest, source: Source): SipRequest {
  const [top = '', ...others] = request.headers.getAll('Via');
  const via = parseVia(top);
  if (!via.ok) return request;
  const marked = printVia(markReceived(via.value, source.address, source.port));
  return { ...request, headers: request.headers.withAll('Via', [marked, ...others]) };
}

/** We send requests on as a new one, which would hide a loop; inside a dialog we are the last hop [RFC 3261 §8.2.2, RFC 5393]. */
function isOutOfHops(request: SipRequest): boolean {
  if (['OPTIONS', 'REGISTER', 'CANCEL'].includes(request.method)) return false;
  return Number(request.headers.get('Max-Forwards') ?? 70) === 0 && request.headers.read('To', tagOf) === undefined;
}
