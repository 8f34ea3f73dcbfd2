/** One server transaction on the network: a machine, the way back to the peer, and the request as the TU sees it. */
import type { Clock } from '../../primitives/clock.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { writeMessage } from './message-writer.ts';
import { type ResponseParts, responseTo } from './response-to.ts';
import { isFinal, isSuccess } from './status.ts';
import { type Reliability, unansweredInviteMs, unansweredMs } from './timers.ts';
import * as inviteServer from './transactions/invite-server.ts';
import * as nonInviteServer from './transactions/non-invite-server.ts';
import { type Running, runMachine } from './transactions/runner.ts';
import type { Effect, SentResponse } from './transactions/transaction.ts';
import type { Source } from './transport.ts';

export interface ServerTransactionSurroundings {
  readonly clock: Clock;
  /** Sends a response back to where the request came from; false when it could not leave. */
  send(wire: Buffer): Promise<boolean>;
  /** The last touch on every response, before it becomes bytes. */
  finish(response: SipResponse): SipResponse;
  /** A response is on its way, for the first time. */
  onResponse(response: SipResponse, sent: SentResponse): void;
  onAck(ack: SipRequest): void;
  onAckMissing(): void;
  onEnded(): void;
}

type ServerEvent = inviteServer.Event | nonInviteServer.Event;

export class ServerTransaction implements IncomingRequest {
  readonly request: SipRequest;
  readonly source: Source;
  readonly localTag: string;
  readonly #surroundings: ServerTransactionSurroundings;
  /** Made for whoever asks: most requests are never cancelled, and a signal lives until a full collection. */
  #cancel: AbortController | undefined;
  readonly #running: Running<ServerEvent>;
  readonly #unanswered: { cancel(): void };
  #isAnswered = false;
  #lastAck: SipRequest | undefined;

  constructor(
    received: { request: SipRequest; source: Source; localTag: string },
    surroundings: ServerTransactionSurroundings,
  ) {
    this.request = received.request;
    this.source = received.source;
    this.localTag = received.localTag;
    this.#surroundings = surroundings;
    this.#running = this.#run(received.source.transport === 'udp' ? 'unreliable' : 'reliable');
    this.#unanswered = this.#watchTransactionUser();
  }

  get cancelled(): AbortSignal {
    this.#cancel ??= new AbortController();
    return this.#cancel.signal;
  }

  respond(status: number, more?: ResponseParts): void {
    this.#send(this.#surroundings.finish(responseTo(this.request, status, this.localTag, more)));
  }

  respondStateless(status: number, more?: ResponseParts): void {
    if (this.#isAnswered) return;
    this.drop();
    const response = this.#surroundings.finish(responseTo(this.request, status, this.localTag, more));
    const wire = writeMessage(response);
    this.#surroundings.onResponse(response, { status, wire });
    void this.#surroundings.send(wire);
    this.#surroundings.onEnded();
  }

  relay(response: SipResponse): void {
    const headers = response.headers.withAll('Via', response.headers.getAll('Via').slice(1));
    this.#send({ ...response, headers });
  }

  #send(response: SipResponse): void {
    const { status } = response;
    const isRepeatedSuccess = this.#isAnswered && isSuccess(status) && this.#running.stateName() === 'accepted';
    if (this.#isAnswered && !isRepeatedSuccess) return;
    if (isFinal(status)) this.#answered();
    const sent = { status, wire: writeMessage(response) };
    this.#surroundings.onResponse(response, sent);
    this.#running.dispatch({ type: 'respond', response: sent });
  }

  #answered(): void {
    this.#isAnswered = true;
    this.#unanswered.cancel();
  }

  requestRetransmitted(): void {
    this.#running.dispatch({ type: 'request-retransmitted' });
  }

  ackReceived(ack: SipRequest): void {
    this.#lastAck = ack;
    // Only INVITE transactions are found by an ACK: both have the same key.
    (this.#running as Running<inviteServer.Event>).dispatch({ type: 'ack' });
  }

  /** @returns False when the INVITE had its final response already, so that the CANCEL changes nothing [§9.2]. */
  cancelReceived(): boolean {
    if (this.#isAnswered) return false;
    this.respond(487);
    this.#cancel ??= new AbortController();
    this.#cancel.abort();
    return true;
  }

  repeatSuccess(sent: SentResponse): void {
    this.#running.dispatch({ type: 'respond', response: sent });
  }

  /** Forgets everything at once, silently. */
  drop(): void {
    this.#answered();
    this.#running.stop();
  }

  #run(reliability: Reliability): Running<ServerEvent> {
    const { clock } = this.#surroundings;
    const owner = {
      clock,
      perform: (effect: Effect) => this.#perform(effect),
      ended: () => this.#surroundings.onEnded(),
    };
    if (this.request.method === 'INVITE') {
      const step = (state: inviteServer.State, event: inviteServer.Event) =>
        inviteServer.step(state, event, reliability);
      return runMachine({ start: inviteServer.start(), step }, owner) as Running<ServerEvent>;
    }
    const step = (state: nonInviteServer.State, event: nonInviteServer.Event) =>
      nonInviteServer.step(state, event, reliability);
    return runMachine({ start: nonInviteServer.start(), step }, owner) as Running<ServerEvent>;
  }

  #perform(effect: Effect): void {
    if (effect.do === 'send-response') void this.#transmit(effect.response.wire);
    else if (effect.do === 'send-100') this.respond(100);
    else if (effect.do === 'pass-ack-up' && this.#lastAck !== undefined) this.#surroundings.onAck(this.#lastAck);
    else if (effect.do === 'report-failure' && effect.why === 'timeout') this.#surroundings.onAckMissing();
  }

  async #transmit(wire: Buffer): Promise<void> {
    if (!(await this.#surroundings.send(wire))) this.#running.dispatch({ type: 'transport-failed' });
  }

  /** A transaction user that never answers may not keep the transaction for ever; late 408s are forbidden [RFC 4320 §4.2]. */
  #watchTransactionUser(): { cancel(): void } {
    if (this.request.method === 'INVITE') {
      return this.#surroundings.clock.after(unansweredInviteMs, () => this.respond(408));
    }
    return this.#surroundings.clock.after(unansweredMs, () => {
      this.drop();
      this.#surroundings.onEnded();
    });
  }
}
