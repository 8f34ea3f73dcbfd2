/** One client transaction on the network: a machine, its way out, and the promise of a final answer [RFC 3261 §9.1, §17.1]. */
import type { Clock, Timer } from '../../primitives/clock.ts';
import { Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { writeMessage } from './message-writer.ts';
import type { FinalResponse, RequestOptions } from './outgoing-request.ts';
import { isFinal } from './status.ts';
import { timerF } from './timers.ts';
import * as inviteClient from './transactions/invite-client.ts';
import * as nonInviteClient from './transactions/non-invite-client.ts';
import { type Running, runMachine } from './transactions/runner.ts';
import type { Effect } from './transactions/transaction.ts';
import type { Route } from './transport.ts';

export interface ClientTransactionSurroundings {
  readonly clock: Clock;
  readonly options: RequestOptions;
  /** Called once, with the final answer. */
  settle(final: FinalResponse): void;
  sendCancel(cancel: SipRequest): void;
  onEnded(): void;
}

interface Sent {
  readonly request: SipRequest;
  readonly route: Route;
  readonly wire: Buffer;
}

export class ClientTransaction {
  readonly #sent: Sent;
  readonly #surroundings: ClientTransactionSurroundings;
  #running: Running<inviteClient.Event> | undefined;
  #isSettled = false;
  #hasProvisional = false;
  #isCancelled = false;
  #afterCancel: Timer | undefined;
  #failure = 'no answer came in time';

  constructor(sent: Sent, surroundings: ClientTransactionSurroundings) {
    this.#sent = sent;
    this.#surroundings = surroundings;
  }

  start(): void {
    const { signal } = this.#surroundings.options;
    if (this.#sent.request.method === 'INVITE') signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#sent.route.onRefusal?.((reason) => this.#fail(reason));
    this.#running = this.#run();
    if (signal?.aborted === true) this.#onAbort();
  }

  responseReceived(response: SipResponse): void {
    this.#hasProvisional ||= !isFinal(response.status);
    this.#running?.dispatch({ type: 'response', response });
    this.#cancelIfPossible();
  }

  /** Its sender has taken it back, or it is what takes one back: it ends soon, and its last ACK is owed. */
  get isCancelling(): boolean {
    return this.#isCancelled || this.#sent.request.method === 'CANCEL';
  }

  /** The endpoint closes: no further bytes, but an answer for the sender. */
  abandon(): void {
    this.#running?.stop();
    this.#settle({ ok: false, why: 'transport', detail: 'the endpoint was closed', isOurs: true });
  }

  #run(): Running<inviteClient.Event> {
    const { clock } = this.#surroundings;
    const owner = { clock, perform: (effect: Effect) => this.#perform(effect), ended: () => this.#ended() };
    const reliability = this.#sent.route.transport === 'udp' ? 'unreliable' : 'reliable';
    if (this.#sent.request.method === 'INVITE') {
      const step = (state: inviteClient.State, event: inviteClient.Event) =>
        inviteClient.step(state, event, reliability);
      return runMachine({ start: inviteClient.start(reliability), step }, owner);
    }
    const step = (state: nonInviteClient.State, event: nonInviteClient.Event) =>
      nonInviteClient.step(state, event, reliability);
    return runMachine({ start: nonInviteClient.start(reliability), step }, owner);
  }

  #perform(effect: Effect): void {
    if (effect.do === 'send-request') void this.#transmit(this.#sent.wire);
    else if (effect.do === 'send-ack') void this.#transmit(writeMessage(this.#ackOf(effect.response)));
    else if (effect.do === 'pass-up') this.#passUp(effect.response);
    else if (effect.do === 'report-failure') this.#settle({ ok: false, why: effect.why, detail: this.#failure });
  }

  async #transmit(wire: Buffer): Promise<void> {
    const sent = await this.#sent.route.send(wire);
    if (!sent.ok) this.#fail(sent.error);
  }

  #fail(reason: string): void {
    this.#failure = reason;
    this.#running?.dispatch({ type: 'transport-failed' });
  }

  #passUp(response: SipResponse): void {
    const { options } = this.#surroundings;
    if (!isFinal(response.status)) options.onProvisional?.(response);
    else if (this.#isSettled) options.onFurtherSuccess?.(response);
    else this.#settle({ ok: true, response });
  }

  #settle(final: FinalResponse): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#afterCancel?.cancel();
    this.#surroundings.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#surroundings.settle(final);
  }

  #ended(): void {
    this.#afterCancel?.cancel();
    this.#surroundings.onEnded();
  }

  readonly #onAbort = (): void => {
    this.#isCancelled = true;
    this.#cancelIfPossible();
  };

  /** A CANCEL waits for a provisional response, and is pointless after a final one [RFC 3261 §9.1]. */
  #cancelIfPossible(): void {
    if (!this.#isCancelled || !this.#hasProvisional || this.#isSettled || this.#afterCancel !== undefined) return;
    this.#surroundings.sendCancel(this.#cancelRequest());
    this.#afterCancel = this.#surroundings.clock.after(timerF, () => {
      this.#running?.stop();
      this.#failure = 'no answer came after the CANCEL';
      this.#settle({ ok: false, why: 'timeout', detail: this.#failure });
      this.#ended();
    });
  }

  #cancelRequest(): SipRequest {
    return this.#hopRequest('CANCEL', this.#sent.request.headers.get('To') ?? '');
  }

  /** The ACK of a refusal belongs to this transaction and takes its way [RFC 3261 §17.1.1.3]. */
  #ackOf(response: SipResponse): SipRequest {
    return this.#hopRequest('ACK', response.headers.get('To') ?? '');
  }

  #hopRequest(method: 'ACK' | 'CANCEL', to: string): SipRequest {
    const { headers, requestUri } = this.#sent.request;
    const [number = ''] = (headers.get('CSeq') ?? '').split(' ');
    const kept = ['From', 'Call-ID', 'Max-Forwards', 'Route'].flatMap((name) =>
      headers.getAll(name).map((value) => [name, value] as const),
    );
    const fields = [['Via', headers.get('Via') ?? ''] as const, ...kept, ['To', to] as const];
    const all = Headers.of([...fields, ['CSeq', `${number} ${method}`]]);
    return { kind: 'request', method, requestUri, headers: all, body: Buffer.alloc(0) };
  }
}
